//! Why a program has to be compiled, for people.

use super::program::Compilation;
use super::programs::Programs;

/// Why a program is not among those that are compiled.
pub(super) fn why_new(program: &Compilation, known: &Programs) -> String {
    let steps = program.steps();
    let what = match steps.last() {
        Some(last) => {
            let n_operations = steps.iter().filter(|step| step.is_operation()).count();
            format!("a program of {n_operations} operations that ends in {last} would be compiled")
        }
        None => "a program would be compiled".to_owned(),
    };
    let Some(nearest) = known.nearest(steps) else {
        return format!("{what}; none is compiled yet");
    };
    let nearest = nearest.steps();
    let difference = steps.iter().zip(nearest).position(|(a, b)| a != b);
    match difference {
        Some(idx) => format!(
            "{what}; the nearest compiled program has {} as step {idx} where this one has {}",
            nearest[idx], steps[idx]
        ),
        None => match (steps.get(nearest.len()), nearest.get(steps.len())) {
            (Some(next), _) => {
                format!("{what}; the nearest compiled program ends where this one goes on with {next}")
            }
            (_, Some(next)) => {
                format!("{what}; the nearest compiled program goes on with {next} where this one ends")
            }
            (None, None) => {
                format!("{what}; the nearest compiled program has the same steps and reads or returns others of them")
            }
        },
    }
}
