//! Choices between functions: `cond` and `switch`.

use std::sync::atomic::Ordering;

use hloom_ir::{Control, DType, Literal, NodeId, Region, Switch, Type};

use super::{arrays_of, checked, in_error, raises, same_structure, truth, union};
use crate::check::TracedCheck;
use crate::eval::stats;
use crate::record::{self, Build, Call, Inside, IntoOperand, Operand, Scalars};
use crate::tree::{Tree, Visitor, rebuild};
use crate::{Error, NdArray, Result};

/// What one of two functions returns: `on_true` if the predicate holds, else `on_false`.
///
/// Both functions are traced once. When the program runs, it runs one of them. Both may use arrays from around them,
/// and must return the same structure, dtypes and shapes. [`where_`](crate::where_) chooses element by element.
///
/// **Shapes**: the predicate is 0-d; the results have the shapes that both functions return. **Dtypes**: of the
/// predicate any, of which zero is false; of the results those that both functions return, where a scalar takes that of
/// the other.
///
/// # Errors
/// The results are in error: `ValueError` if the predicate is not 0-d; `TypeError` if the functions return different
/// types, with the first difference; the error of any operation in them.
///
/// # Panics
/// If the functions return different structures and neither holds an array, so that nothing can be in error.
///
/// # Examples
/// ```
/// use hloom::prelude::*;
/// let x = hloom::array([3.0, 4.0]);
/// let y = hloom::cond(x.sum(..).gt(5), || &x / x.sum(..), || x.clone());
/// assert_eq!(y.sum(..).item::<f64>()?, 1.0);
/// # Ok::<(), hloom::Error>(())
/// ```
///
/// **Source**: <https://docs.jax.dev/en/latest/_autosummary/jax.lax.cond.html>
#[track_caller]
pub fn cond<'a, T: Tree>(
    predicate: impl IntoOperand<'a>,
    on_true: impl FnOnce() -> T,
    on_false: impl FnOnce() -> T,
) -> T {
    const { assert!(!T::IS_STATIC, "the branches of cond return no arrays: return hloom::array(x) for a number x") };
    let (on_true, true_branch) = branch(on_true);
    let (on_false, false_branch) = branch(on_false);
    choice("cond", predicate.into_operand(), true, vec![(on_false, false_branch), (on_true, true_branch)])
}

/// What one of several functions returns: the one at `index`, counted from 0. An index out of range is clamped to the
/// first or the last function.
///
/// **Shapes**: the index is 0-d; else as for [`cond`]. **Dtypes**: of the index any integer; else as for [`cond`].
///
/// # Errors
/// The results are in error: `TypeError` if the index is not a 0-d integer; as for [`cond`].
///
/// # Panics
/// As [`cond`].
///
/// # Examples
/// ```
/// use hloom::prelude::*;
/// let x = hloom::array(2.0);
/// let y = hloom::switch(hloom::array(1), [&|| &x + 1, &|| &x * 10, &|| -&x]);
/// assert_eq!(y.item::<f64>()?, 20.0);
/// # Ok::<(), hloom::Error>(())
/// ```
///
/// **Source**: <https://docs.jax.dev/en/latest/_autosummary/jax.lax.switch.html>
#[track_caller]
pub fn switch<'a, T: Tree, const N: usize>(index: impl IntoOperand<'a>, branches: [&dyn Fn() -> T; N]) -> T {
    const { assert!(N > 0, "switch needs at least one branch") };
    const { assert!(!T::IS_STATIC, "the branches of switch return no arrays: return hloom::array(x) for a number x") };
    let traced = branches.into_iter().map(|function| branch(function)).collect();
    choice("switch", index.into_operand(), false, traced)
}

/// Runs the function of a branch. Nothing that it records is computed in the background meanwhile, as the program
/// may never take this branch.
fn branch<T>(function: impl FnOnce() -> T) -> (T, Inside) {
    struct Recording;
    impl Drop for Recording {
        fn drop(&mut self) {
            record::lock().leave_branch();
        }
    }
    stats::COUNTERS.traces.fetch_add(1, Ordering::Relaxed);
    let mark = record::lock().enter_branch();
    let _recording = Recording;
    (function(), Inside::Since(mark))
}

#[track_caller]
fn choice<T: Tree>(name: &str, selector: Operand<'_>, is_bool: bool, branches: Vec<(T, Inside)>) -> T {
    let selector = selector.into_recorded();
    let first = &branches[0].0;
    let agreed = branches[1..].iter().enumerate().try_for_each(|(idx, (result, _))| {
        same_structure(name, &format!("what {} returns", branch_name(is_bool, idx + 1)), first, result)
    });
    if let Err(error) = agreed {
        let most = branches.iter().map(|(result, _)| result).max_by_key(|result| Visitor::of(*result).leaves.len());
        return in_error(name, most.unwrap_or(first), error);
    }
    let results: Vec<Vec<NdArray>> = branches.iter().map(|(result, _)| arrays_of(&Visitor::of(result))).collect();
    if results[0].is_empty() {
        return rebuild(first, []);
    }
    let chosen = Call::named(name).record_several(results[0].len(), |builder| {
        let selector =
            if is_bool { truth(builder, selector.node())? } else { number(builder, &selector, results.len())? };
        let types = common_types(name, is_bool, builder.recorder(), &results)?;
        let mut outputs: Vec<Vec<NodeId>> = Vec::with_capacity(results.len());
        for arrays in &results {
            let converted = arrays.iter().zip(&types).map(|(array, ty)| builder.convert(array.node(), ty.dtype));
            outputs.push(converted.collect::<Result<_>>()?);
        }
        let checks = watch(builder, &branches, &mut outputs)?;
        let recorder = builder.recorder();
        let mut traced = Vec::with_capacity(outputs.len());
        for ((_, inside), outputs) in branches.iter().zip(&outputs) {
            traced.push(recorder.traced(*inside, outputs, Scalars::Inputs)?);
        }
        let captures = traced.iter().fold(Vec::new(), |all, traced| union(&all, &traced.captures));
        let region = |(traced, outputs)| Region::new(recorder.closed(traced, &captures, outputs, Scalars::Inputs));
        let branches = traced.iter().zip(outputs.iter().map(Vec::as_slice)).map(region).collect();
        let mut operands = vec![selector];
        operands.extend(&captures);
        let chosen = builder.several(Control::Switch(Box::new(Switch { branches })), &operands)?;
        let (chosen, offenders) = chosen.split_at(results[0].len());
        let concerns = |result: usize, check: usize| checks[check].results.contains(&result);
        let traced: Vec<TracedCheck> = checks.iter().map(|watched| watched.check.clone()).collect();
        checked(builder, chosen, offenders, &traced, concerns)
    });
    rebuild(first, chosen)
}

/// A check in a branch, and the results that depend on it there.
struct Watched {
    check: TracedCheck,
    results: Vec<usize>,
}

/// Collects the checks of all branches and adds their offenders to the outputs. All branches must have the same number
/// of outputs, so each returns its own offenders, and 0, which means no error, for those of the others.
fn watch<T>(
    builder: &mut record::Builder<'_>,
    branches: &[(T, Inside)],
    outputs: &mut [Vec<NodeId>],
) -> Result<Vec<Watched>> {
    let mut all = Vec::new();
    for ((_, inside), outputs) in branches.iter().zip(&*outputs) {
        let recorder = builder.recorder();
        let traced = recorder.traced(*inside, outputs, Scalars::Inputs)?;
        let checks = recorder.checks_among(&traced);
        let reach = recorder.dependences(&traced, &[], &checks, outputs);
        let watched = checks.into_iter().enumerate().map(|(idx, check)| {
            let results = (0..outputs.len()).filter(|&result| reach[result].contains(idx)).collect();
            Watched { check, results }
        });
        all.push(watched.collect::<Vec<_>>());
    }
    let zero = builder.constant(Literal::new(0i64));
    for (of, watched) in all.iter().enumerate() {
        for Watched { check, .. } in watched {
            for (idx, outputs) in outputs.iter_mut().enumerate() {
                outputs.push(if idx == of { check.offender } else { zero });
            }
        }
    }
    Ok(all.into_iter().flatten().collect())
}

/// The types that all branches return.
fn common_types(name: &str, is_bool: bool, recorder: &record::Recorder, results: &[Vec<NdArray>]) -> Result<Vec<Type>> {
    /// A type, whether it is a weak scalar's, and the branch that it was found in.
    type Seen = (Type, bool, usize);
    let mut types: Vec<Seen> = Vec::new();
    for (branch, arrays) in results.iter().enumerate() {
        for (idx, array) in arrays.iter().enumerate() {
            let (found, is_weak) = (recorder.ty(array.node())?, recorder.is_weak(array.node()));
            match types.get_mut(idx) {
                None => types.push((found.clone(), is_weak, branch)),
                Some((ty, ..)) if ty == found => {}
                Some((ty, weak, earlier)) if ty.shape == found.shape && *weak && raises(ty, found) => {
                    (*ty, *weak, *earlier) = (found.clone(), is_weak, branch);
                }
                Some((ty, ..)) if ty.shape == found.shape && is_weak && raises(found, ty) => {}
                Some((ty, _, earlier)) => {
                    let (one, other) = (branch_name(is_bool, branch), branch_name(is_bool, *earlier));
                    return Err(Error::type_(format!(
                        "{name}: branches return different types: result {idx} of {one} is {found}, of {other} {ty}"
                    )));
                }
            }
        }
    }
    Ok(types.into_iter().map(|(ty, ..)| ty).collect())
}

/// A branch as its user calls it.
fn branch_name(is_bool: bool, branch: usize) -> String {
    match (is_bool, branch) {
        (true, 0) => "on_false".to_owned(),
        (true, _) => "on_true".to_owned(),
        (false, _) => format!("branch {branch}"),
    }
}

/// The index of a branch as an int32, clamped to the branches there are.
fn number(builder: &mut record::Builder<'_>, index: &NdArray, n_branches: usize) -> Result<NodeId> {
    let ty = builder.ty(index.node())?.clone();
    if !ty.shape.is_empty() || !ty.dtype.is_integer() {
        return Err(Error::type_(format!("switch: expected a 0-d integer as index, got {ty}")));
    }
    let wide = builder.convert(index.node(), if ty.dtype == DType::U64 { DType::U64 } else { DType::I64 })?;
    let dtype = builder.dtype(wide)?;
    let zero = builder.constant_of(0, dtype);
    let last = builder.constant_of(n_branches - 1, dtype);
    let low = builder.apply(hloom_ir::Binary::Maximum, wide, zero)?;
    let within = builder.apply(hloom_ir::Binary::Minimum, low, last)?;
    builder.convert(within, DType::I32)
}
