//! Laws that hold for whatever is put in: shapes, indices and programs are drawn at random, and a failure
//! is shrunk to the smallest that still fails. `PROPTEST_CASES` asks for more cases.

mod dice;
mod differential;
mod index;
mod model;
mod programs;
mod shapes;
mod tolerance;

use proptest::test_runner::Config;

/// So many cases, or as many as the environment asks for.
fn cases(n_cases: u32) -> Config {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|text| text.parse().ok());
    // Failures are printed with their input; files of earlier ones would go stale as generators change.
    Config { cases: asked.unwrap_or(n_cases), failure_persistence: None, ..Config::default() }
}
