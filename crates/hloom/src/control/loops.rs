//! Loops over a state: `while_loop` and `fori_loop`.

use std::panic::Location;

use hloom_ir::{Binary, DType, Elementwise, Literal, NodeId, SourceLine, Type};

use super::{Loop, State, TracedFunction, arrays_of, in_error, record_loop, same_structure, trace_body, truth};
use crate::check::BuildChecks;
use crate::record::{Build, Builder, Call, IntoOperand, Operand, Scope};
use crate::tree::{Tree, Visitor, rebuild};
use crate::{NdArray, Result};

/// Applies `body` to a state as long as `condition` holds for it, and returns the state that it does not hold for.
///
/// The state is a [`Tree`]; its structure, dtypes and shapes must stay the same from iteration to iteration. Scalars
/// in the initial state take the dtypes that the body gives them. Both functions are traced: they are run on arrays
/// without values, and may use any arrays from around them. The body is traced a second time if a scalar changes its
/// dtype. The loop is one operation of the program, however many iterations it makes. An integer in the body is part of
/// the program; recorded with another one, the loop compiles once more, and then no more for this integer. If an index in
/// the condition has to be checked while the program runs, the condition is run on the initial state as well.
///
/// **Shapes**: those of the initial state; what the condition returns is 0-d. **Dtypes**: those of the initial state,
/// except for scalars; of what the condition returns any, of which zero is false.
///
/// # Errors
/// The results are in error: `TypeError` if the body changes structure, dtype or shape of the state, with the first
/// difference; `ValueError` if the condition is not 0-d; the error of any operation in the functions.
///
/// # Panics
/// If the body changes the structure of a state without arrays, so that nothing can be in error.
///
/// # Examples
/// ```
/// use hloom::prelude::*;
///
/// // The first power of 2 above 1000, and its exponent.
/// let (exponent, power): (NdArray, NdArray) = hloom::while_loop(
///     (0, 1.0),
///     |(_, power): (NdArray, NdArray)| power.le(1000),
///     |(exponent, power)| (exponent + 1, power * 2),
/// );
/// assert_eq!((exponent.item::<i64>()?, power.item::<f64>()?), (10, 1024.0));
/// # Ok::<(), hloom::Error>(())
/// ```
///
/// **Source**: <https://docs.jax.dev/en/latest/_autosummary/jax.lax.while_loop.html>, with the state first.
#[track_caller]
pub fn while_loop<T: Tree>(init: impl Tree<T>, condition: impl Fn(T) -> NdArray, body: impl Fn(T) -> T) -> T {
    const { assert!(!T::IS_STATIC, "the state of while_loop holds no arrays: begin with hloom::array(x) for a number x") };
    let name = "while_loop";
    let tree = |arrays: &[NdArray]| rebuild(&init, arrays.iter().cloned());
    let test = |arrays: &[NdArray]| condition(tree(arrays));
    let step = |arrays: &[NdArray]| {
        let next = body(tree(arrays));
        same_structure(name, "what the body returns", &tree(arrays), &next)?;
        Ok(arrays_of(&Visitor::of(&next)))
    };
    looped(name, true, &init, None, &test, &step)
}

/// Records a loop and returns its final state. `counter` is an array in front of the state that is not the user's.
/// `stops` says whether the loop ends early when a check in its body fails.
#[track_caller]
fn looped<T>(
    name: &str,
    stops: bool,
    init: &impl Tree<T>,
    counter: Option<NdArray>,
    test: &dyn Fn(&[NdArray]) -> NdArray,
    step: &dyn Fn(&[NdArray]) -> Result<Vec<NdArray>>,
) -> T {
    let n_own = usize::from(counter.is_some());
    // Not `and_then`: in a closure the line would not be the caller's.
    let left = match (State::of(init), counter) {
        (Ok(state), Some(counter)) => {
            left_by(name, stops, state.after(counter, Type::scalar(DType::I64), true), test, step)
        }
        (Ok(state), None) => left_by(name, stops, state, test, step),
        (Err(error), _) => Err(error),
    };
    match left {
        Ok(arrays) => rebuild(init, arrays.into_iter().skip(n_own)),
        Err(error) => in_error(name, init, error),
    }
}

/// The arrays of a loop's final state; see [`looped`].
///
/// # Errors
/// As of [`trace_body`]; the error of a condition in error.
#[track_caller]
fn left_by(
    name: &str,
    stops: bool,
    mut state: State,
    test: &dyn Fn(&[NdArray]) -> NdArray,
    step: &dyn Fn(&[NdArray]) -> Result<Vec<NdArray>>,
) -> Result<Vec<NdArray>> {
    let line = Location::caller();
    let body = trace_body(name, line, &mut state, |_, parameters| step(parameters))?;
    let scope = Scope::open(name, line);
    let parameters = state.parameters(&scope);
    let results = vec![test(&parameters)];
    let condition = TracedFunction { scope, parameters, results };
    if state.arrays.is_empty() {
        // A loop without a state computes nothing.
        return Ok(Vec::new());
    }
    if condition.checks()?.is_empty() {
        return Ok(record_loop(name, Loop { state, condition, body, stops }));
    }
    // The condition of a loop returns one bool and cannot return offenders as well. So the body computes the condition
    // too, as a part of the next state, and returns the offenders.
    let answer = |arrays: &[NdArray]| {
        let answer = test(arrays);
        Call::named(name).at(line).record(|builder| truth(builder, answer.node()))
    };
    let step = |arrays: &[NdArray]| {
        let mut next = step(&arrays[1..])?;
        next.insert(0, answer(&next));
        Ok(next)
    };
    let first = answer(&state.arrays);
    let state = state.after(first, Type::scalar(DType::Bool), false);
    let mut left = left_by(name, true, state, &|arrays| arrays[0].clone(), &step)?;
    left.remove(0);
    Ok(left)
}

/// Applies `body` to a counter and a state, for each integer from `lower` to before `upper`.
///
/// The counter is a scalar, as Python's `range` yields them: it takes the dtype of the array that it is combined with,
/// and is int64 on its own. A bound beyond int64 counts as the greatest int64. Both bounds may be arrays, also of a
/// trace. Bounds that are scalars are inputs of the program, so that another number of iterations compiles no new
/// program. Integers in the body are part of the program until they change. All else is as for [`while_loop`].
///
/// **Shapes**: bounds are 0-d; else as for [`while_loop`]. **Dtypes**: of bounds any integer; else as for [`while_loop`].
///
/// # Errors
/// The results are in error: as for [`while_loop`]; `TypeError` for bounds that are not integers.
///
/// # Panics
/// As [`while_loop`].
///
/// # Examples
/// ```
/// use hloom::prelude::*;
/// let x = hloom::fori_loop(0, 10, hloom::ones(2), |i, x: NdArray| x + i);
/// assert_eq!(x.tolist()?, [46.0, 46.0]);
/// # Ok::<(), hloom::Error>(())
/// ```
///
/// **Source**: <https://docs.jax.dev/en/latest/_autosummary/jax.lax.fori_loop.html>, with the state before the body.
#[track_caller]
pub fn fori_loop<'a, 'b, T: Tree>(
    lower: impl IntoOperand<'a>,
    upper: impl IntoOperand<'b>,
    init: impl Tree<T>,
    body: impl Fn(NdArray, T) -> T,
) -> T {
    const { assert!(!T::IS_STATIC, "the state of fori_loop holds no arrays: begin with hloom::array(x) for a number x") };
    let (name, line) = ("fori_loop", Location::caller());
    let (lower, upper) = match (bound(lower.into_operand()), bound(upper.into_operand())) {
        (Ok(lower), Ok(upper)) => (lower, upper),
        (Err(error), _) | (_, Err(error)) => return in_error(name, &init, error),
    };
    let one = Call::named(name).record(|builder| Ok(builder.constant(Literal::new(1i64))));
    let test =
        |arrays: &[NdArray]| counted(line, |builder| builder.apply(Binary::Less, arrays[0].node(), upper.node()));
    let step = |arrays: &[NdArray]| {
        let tree = || rebuild(&init, arrays[1..].iter().cloned());
        let next = body(arrays[0].clone(), tree());
        same_structure(name, "what the body returns", &tree(), &next)?;
        let counter = counted(line, |builder| {
            let counter = builder.apply(Binary::Add, arrays[0].node(), one.node())?;
            builder.mark_weak(counter);
            Ok(counter)
        });
        Ok([counter].into_iter().chain(arrays_of(&Visitor::of(&next))).collect())
    };
    looped(name, false, &init, Some(lower), &test, &step)
}

/// Records an operation on the counter.
fn counted(line: SourceLine, build: impl FnOnce(&mut Builder<'_>) -> Result<NodeId>) -> NdArray {
    Call::named("fori_loop").at(line).record(build)
}

/// A bound of a counter as a weak int64 scalar.
#[track_caller]
fn bound(operand: Operand<'_>) -> Result<NdArray> {
    let array = operand.into_recorded();
    let Type { dtype, shape } = array.try_type()?;
    if !dtype.is_integer() || !shape.is_empty() {
        let message = format!("fori_loop: expected a 0-d integer as bound, got {dtype} {shape}");
        return Err(crate::Error::type_(message));
    }
    let bound = |builder: &mut Builder<'_>| {
        let given = builder.within_i64(array.node())?;
        // A node of its own, even if nothing is converted: marking the user's array as weak would change it.
        let bound = builder.declared(Elementwise::Convert, &[given], Type::scalar(DType::I64))?;
        builder.mark_weak(bound);
        Ok(bound)
    };
    Ok(Call::named("fori_loop").record(bound))
}
