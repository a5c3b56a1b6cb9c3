//! Computes programs in several ways. Knows which must agree.

use hloom::NdArray;

use super::action::Action;
use super::agree::{compare, has_subnormal, moved};
use super::functions::Accuracy;
use super::program::{Program, Source, download, upload};
use crate::conformance::value::HostArray;

/// How often a program with inexact steps is computed with moved values.
const N_MOVED: usize = 8;

/// What a program must yield, however it is computed.
#[derive(Clone, Debug)]
pub struct Expected {
    value: HostArray,
    moved: Vec<HostArray>,
}

/// A program whose results differ.
#[derive(Clone, Debug)]
pub struct Difference {
    /// The program.
    pub program: Program,
    /// The way of computing it that differs.
    pub how: &'static str,
    /// What differs.
    pub what: String,
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}\n{}", self.how, self.what, self.program)
    }
}

/// Computes a program step by step, each step a program of its own on data. `None` if a step comes to a subnormal number,
/// of which it depends on the compiler what becomes of it.
///
/// # Errors
/// The error of a step.
pub fn stepwise(program: &Program) -> hloom::Result<Option<Expected>> {
    let Some((value, is_inexact)) = run_steps(program, None)? else { return Ok(None) };
    let mut moved = Vec::new();
    if is_inexact {
        for turn in 0..N_MOVED {
            let rng = fastrand::Rng::with_seed(program.seed.wrapping_mul(31).wrapping_add(turn as u64));
            moved.extend(run_steps(program, Some(rng))?.map(|(value, _)| value));
        }
    }
    Ok(Some(Expected { value, moved }))
}

/// The result, and whether any step is inexact. With `rng`, inexact values are moved.
fn run_steps(program: &Program, mut rng: Option<fastrand::Rng>) -> hloom::Result<Option<(HostArray, bool)>> {
    let mut values: Vec<HostArray> = Vec::new();
    let mut is_inexact = false;
    for source in &program.sources {
        values.push(match source {
            Source::Data(host) => host.clone(),
            other => download(&other.build(None))?,
        });
    }
    for step in &program.steps {
        let (a, b) = (upload(&values[step.a]), upload(&values[step.b]));
        let mut value = download(&step.action.apply(&a, &b))?;
        if rng.is_none() && has_subnormal(&value) {
            return Ok(None);
        }
        let accuracy = step.action.accuracy(values[step.a].dtype, value.dtype);
        is_inexact |= accuracy != Accuracy::Exact;
        if let Some(rng) = &mut rng {
            value = match accuracy {
                Accuracy::Exact => value,
                Accuracy::Relative => moved(&value, None, rng),
                Accuracy::Accumulated => moved(&value, Some(&magnitude(&step.action, &a, &b)?), rng),
            };
        }
        values.push(value);
    }
    Ok(Some((values.swap_remove(values.len() - 1), is_inexact)))
}

/// The sum of the magnitudes of what a step adds.
fn magnitude(action: &Action, a: &NdArray, b: &NdArray) -> hloom::Result<HostArray> {
    download(&action.apply(&a.abs(), &b.abs()))
}

/// Checks programs in every way. Those of one call are compiled together, so that many can be checked in little time.
///
/// # Errors
/// The differences.
pub fn check(programs: &[Program]) -> Vec<Difference> {
    let mut differences = Vec::new();
    let mut known: Vec<(&Program, Expected)> = Vec::new();
    for program in programs.iter().filter(|program| !program.steps.is_empty()) {
        match stepwise(program) {
            Ok(Some(expected)) => known.push((program, expected)),
            Ok(None) => {}
            Err(error) => differences.push(difference(program, "step by step", error.to_string())),
        }
    }
    for (program, expected) in &known {
        let found = download(&program.record(&program.inputs()));
        hold(program, expected, "lazily", found, &mut differences);
    }
    let owned: Vec<Program> = known.iter().map(|(program, _)| (*program).clone()).collect();
    for (how, way) in [("compiled", plain as Way), ("in a branch", in_branch), ("in a loop", in_loop)] {
        let programs = owned.clone();
        let compiled = hloom::jit(move |inputs: Vec<Vec<NdArray>>, two: NdArray| -> Vec<NdArray> {
            programs.iter().zip(&inputs).map(|(program, inputs)| way(program, inputs, &two)).collect()
        });
        match compiled.call((owned.iter().map(Program::inputs).collect::<Vec<_>>(), NdArray::from(2))) {
            Ok(results) => {
                for ((program, expected), result) in known.iter().zip(&results) {
                    hold(program, expected, how, download(result), &mut differences);
                }
            }
            Err(error) => {
                differences.extend(known.first().map(|(program, _)| difference(program, how, error.to_string())))
            }
        }
    }
    differences
}

/// A way to compute a program. The last argument is a 2 that the compiler does not know.
type Way = fn(&Program, &[NdArray], &NdArray) -> NdArray;

fn plain(program: &Program, inputs: &[NdArray], _: &NdArray) -> NdArray {
    program.record(inputs)
}

fn in_branch(program: &Program, inputs: &[NdArray], two: &NdArray) -> NdArray {
    // `False` would take other results of the same type.
    hloom::cond(two.gt(1), || program.record(inputs), || hloom::zeros_like(program.record(inputs)))
}

fn in_loop(program: &Program, inputs: &[NdArray], two: &NdArray) -> NdArray {
    let start = hloom::zeros_like(program.record(inputs));
    hloom::fori_loop(0, two, start, |iteration, _| {
        // What is the same in every iteration would be computed before the loop.
        let inputs = inputs.iter().map(|input| hloom::where_(iteration.lt(two), input, hloom::zeros_like(input)));
        program.record(&inputs.collect::<Vec<_>>())
    })
}

fn hold(
    program: &Program,
    expected: &Expected,
    how: &'static str,
    found: hloom::Result<HostArray>,
    differences: &mut Vec<Difference>,
) {
    let outcome = match found {
        Ok(found) => compare(&expected.value, &found, &expected.moved),
        Err(error) => Err(error.to_string()),
    };
    if let Err(what) = outcome {
        differences.push(difference(program, how, what));
    }
}

fn difference(program: &Program, how: &'static str, what: String) -> Difference {
    Difference { program: program.clone(), how, what }
}
