//! Scenarios that the suites run in processes of their own: `child <scenario> [argument…]`.
//!
//! A scenario prints what it saw; what that should be is known to the suite alone.
#![forbid(unsafe_code)]

mod decisions;
mod device;
mod fork;
mod hostile;
mod jit;
mod memory;
mod random;
mod scale;

use anyhow::{Context, Result, bail};

/// A scenario: takes the arguments after its name.
type Scenario = fn(&[String]) -> Result<()>;

const SCENARIOS: &[(&str, Scenario)] = &[
    ("chain", scale::chain),
    ("handles", scale::handles),
    ("users", scale::users),
    ("unused", scale::unused),
    ("parts", scale::parts),
    ("body", scale::body),
    ("scalar-loop", scale::scalar_loop),
    ("one-compile", scale::one_compile),
    ("numbers", decisions::numbers),
    ("eager", decisions::eager),
    ("sum", device::sum),
    ("twins", device::twins),
    ("family", device::family),
    ("retry", device::retry),
    ("open", device::open),
    ("fork", fork::fork),
    ("jit-executions", jit::executions),
    ("denied", jit::denied),
    ("save-function", jit::save),
    ("load-function", jit::load),
    ("hostile", hostile::table),
    ("allocate", memory::allocate),
    ("constant", memory::constant),
    ("replace", memory::replace),
    ("keep", memory::keep),
    ("contend", memory::contend),
    ("random-loop", random::rounds),
    ("random-seed", random::seed),
];

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let (name, rest) = args.split_first().context("expected the name of a scenario")?;
    let Some((_, scenario)) = SCENARIOS.iter().find(|(known, _)| known == name) else {
        bail!("no scenario is called '{name}'");
    };
    scenario(rest)
}
