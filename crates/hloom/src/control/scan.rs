//! Loops over the rows of arrays: `scan` and `map`.

use std::panic::Location;

use hloom_ir::{Binary, DType, Indexing, Literal, NodeId, Shape, SourceLine, Type};

use super::{Loop, State, TracedFunction, arrays_of, record_loop, refuse_without_arrays, same_structure, trace_body};
use crate::record::{self, Build, Builder, Call, Scope};
use crate::tree::{Tree, Visitor, rebuild};
use crate::{Error, NdArray, Result};

/// Applies a function to a state and each row of some arrays in turn, and returns the last state and what the
/// function returned beside it, stacked.
///
/// **Shapes**: every array of `xs` is `[n, …]` with one `n`; the function sees `[…]`. Its second result's arrays
/// `[…]` are returned as `[n, …]`.
///
/// The function is traced, as the body of a [`while_loop`](crate::while_loop) is, even if there are no rows.
///
/// # Errors
/// The results are in error: `ValueError` if `xs` has no array, or their lengths differ, or one is 0-d; `TypeError` if
/// the function changes structure, dtype or shape of the state; the error of any operation in it.
///
/// # Panics
/// If the function does, as when it asks a row in error for its shape; if nothing that it returns and no part of the
/// state is an array that could be in error.
///
/// # Examples
/// ```
/// use hloom::prelude::*;
/// let x = hloom::array([1.0, 2.0, 3.0]);
/// let (total, sums) = hloom::scan(|sum: NdArray, x: NdArray| { let s = sum + x; (s.clone(), s) }, 0.0, &x);
/// assert_eq!(total.item::<f64>()?, 6.0);
/// assert_eq!(sums.tolist()?, [1.0, 3.0, 6.0]);
/// # Ok::<(), hloom::Error>(())
/// ```
///
/// **Source**: <https://docs.jax.dev/en/latest/_autosummary/jax.lax.scan.html>
#[track_caller]
pub fn scan<C: Tree, X, Y: Tree>(function: impl Fn(C, X) -> (C, Y), init: impl Tree<C>, xs: impl Tree<X>) -> (C, Y) {
    const { assert!(!C::IS_STATIC, "the state of scan holds no arrays: begin with hloom::array(x) for a number x") };
    const { assert!(!Y::IS_STATIC, "scan stacks arrays: return hloom::array(x) for a number x") };
    scanned("scan", function, &init, &xs)
}

/// Applies a function to each row of some arrays, one after another, and stacks the results.
///
/// Shapes and errors as for [`scan`], without a state. Where the function can be written for all rows at once, that
/// is faster.
///
/// # Examples
/// ```
/// use hloom::prelude::*;
/// let x = hloom::array([[1.0, 2.0], [3.0, 4.0]]);
/// let y = hloom::map(|row: NdArray| row.sum(..), &x);
/// assert_eq!(y.tolist()?, [3.0, 7.0]);
/// # Ok::<(), hloom::Error>(())
/// ```
///
/// **Source**: <https://docs.jax.dev/en/latest/_autosummary/jax.lax.map.html>
#[track_caller]
pub fn map<X, Y: Tree>(function: impl Fn(X) -> Y, xs: impl Tree<X>) -> Y {
    const { assert!(!Y::IS_STATIC, "map stacks arrays: return hloom::array(x) for a number x") };
    let ((), ys) = scanned("map", |(), x| ((), function(x)), &(), &xs);
    ys
}

#[track_caller]
fn scanned<C: Tree, X, Y: Tree>(
    name: &str,
    function: impl Fn(C, X) -> (C, Y),
    init: &impl Tree<C>,
    xs: &impl Tree<X>,
) -> (C, Y) {
    // The tree that the function returned beside the state. Its arrays are replaced by the stacked ones.
    let mut template: Option<Y> = None;
    let outcome = loop_over(name, &function, init, xs, &mut template);
    let n_state = Visitor::of(init).leaves.len();
    match (outcome, template) {
        (Ok(arrays), Some(template)) => {
            let (state, stacked) = arrays.split_at(n_state);
            (rebuild(init, state.iter().cloned()), rebuild(&template, stacked.iter().cloned()))
        }
        (outcome, template) => {
            let error = outcome.err().unwrap_or_else(|| Error::internal("a scan returned nothing"));
            // If the function was not run yet, it is run now: only then is the structure known of what it returns.
            let template = template.unwrap_or_else(|| {
                let (carried, row) = (abstract_leaves(init, Type::clone), abstract_leaves(xs, row_type));
                function(rebuild(init, carried), rebuild(xs, row)).1
            });
            refuse_without_arrays(n_state + Visitor::of(&template).leaves.len(), &error);
            let array = Call::named(name).error(error);
            let arrays = || std::iter::repeat(array.clone());
            (rebuild(init, arrays()), rebuild(&template, arrays()))
        }
    }
}

/// Stand-ins for the arrays of a tree: arrays that have a type and no value. An array in error stands for itself.
fn abstract_leaves<T>(tree: &impl Tree<T>, ty: impl Fn(&Type) -> Type) -> Vec<NdArray> {
    let stand_in = |array: NdArray| match array.try_type() {
        Ok(found) => record::specified(ty(&found)),
        Err(_) => array,
    };
    Visitor::of(tree).leaves.iter().map(|leaf| stand_in(leaf.to_array())).collect()
}

/// The arrays of the last state, then the stacked ones.
#[track_caller]
fn loop_over<C: Tree, X, Y: Tree>(
    name: &str,
    function: &impl Fn(C, X) -> (C, Y),
    init: &impl Tree<C>,
    xs: &impl Tree<X>,
    template: &mut Option<Y>,
) -> Result<Vec<NdArray>> {
    let line = Location::caller();
    let rows = State::of(xs)?;
    let n_rows = length(name, &rows)?;
    let carried = State::of(init)?;
    // The state of the loop: a counter, the function's state, and later the arrays that results are written to.
    let counter = Call::named(name).record(|builder| Ok(builder.constant(Literal::new(0i64))));
    let mut state = carried.after(counter, Type::scalar(DType::I64), false);
    let mut rows_made: Vec<NdArray> = Vec::new();
    let mut body = trace_body(name, line, &mut state, |scope, parameters| {
        let counter = &parameters[0];
        let row = |(array, (ty, _)): (&NdArray, &(Type, bool))| match n_rows {
            0 => scope.parameter(row_type(ty)),
            _ => row(line, name, array, counter),
        };
        let xs_now: Vec<NdArray> = rows.arrays.iter().zip(&rows.types).map(row).collect();
        let carried = || rebuild(init, parameters[1..].iter().cloned());
        let (next, y) = function(carried(), rebuild(xs, xs_now));
        same_structure(name, "the state that the function returns", &carried(), &next)?;
        rows_made = arrays_of(&Visitor::of(&y));
        *template = Some(y);
        let mut results = vec![next_row(line, name, counter)];
        results.extend(arrays_of(&Visitor::of(&next)));
        Ok(results)
    })?;
    // The stacked results are part of the state: each iteration writes its row into them.
    for made in rows_made {
        let Type { dtype, shape } = made.try_type()?;
        let ty = Type { dtype, shape: [n_rows].into_iter().chain(shape.iter().copied()).collect::<Shape>() };
        let stacked = body.scope.parameter(ty.clone());
        if n_rows > 0 {
            body.results.push(write_row(line, name, &stacked, &made, &body.parameters[0]));
        } else {
            body.results.push(stacked.clone());
        }
        let empty = Call::named(name).record(|builder| builder.full(Literal::zero(ty.dtype), &ty.shape));
        body.parameters.push(stacked);
        state.arrays.push(empty);
        state.types.push((ty, false));
    }
    if n_rows == 0 {
        return Ok(without_rows(name, &state));
    }
    let scope = Scope::open(name, line);
    let parameters = state.parameters(&scope);
    let limit = Literal::new(n_rows as i64);
    let test = Call::named(name).record(|builder| {
        let limit = builder.constant(limit);
        builder.apply(Binary::Less, parameters[0].node(), limit)
    });
    let condition = TracedFunction { scope, parameters, results: vec![test] };
    let mut arrays = record_loop(name, Loop { state, condition, body, stops: false });
    arrays.remove(0);
    Ok(arrays)
}

/// The results for no rows at all: the state as it was, and empty arrays.
#[track_caller]
fn without_rows(name: &str, state: &State) -> Vec<NdArray> {
    let convert = |(array, (ty, _)): (&NdArray, &(Type, bool))| {
        Call::named(name).record(|builder| builder.convert(array.node(), ty.dtype))
    };
    // The counter, which comes first, is not the user's.
    state.arrays.iter().zip(&state.types).skip(1).map(convert).collect()
}

/// The number of rows that all arrays have.
fn length(name: &str, rows: &State) -> Result<usize> {
    let mut length = None;
    for (idx, (ty, _)) in rows.types.iter().enumerate() {
        let path = rows.paths.iter().filter(|entry| entry.value.is_none()).nth(idx);
        let path = path.map(|entry| entry.path.as_str()).unwrap_or_default();
        let Some(&extent) = ty.shape.first() else {
            return Err(Error::value(format!("{name}: expected arrays with rows, got a 0-d array as xs{path}")));
        };
        let first = *length.get_or_insert(extent);
        if extent != first {
            return Err(Error::value(format!("{name}: xs{path} has {extent} rows, the arrays before it have {first}")));
        }
    }
    length.ok_or_else(|| Error::value(format!("{name}: expected at least one array to take rows of")))
}

fn row_type(ty: &Type) -> Type {
    Type { dtype: ty.dtype, shape: ty.shape.iter().skip(1).copied().collect() }
}

/// The counter of the next iteration.
fn next_row(line: SourceLine, name: &str, counter: &NdArray) -> NdArray {
    Call::named(name).at(line).record(|builder| {
        let one = builder.constant(Literal::new(1i64));
        builder.apply(Binary::Add, counter.node(), one)
    })
}

/// The row of an array at a position that is known when the program runs.
fn row(line: SourceLine, name: &str, array: &NdArray, position: &NdArray) -> NdArray {
    Call::named(name).at(line).record(|builder| {
        let Type { dtype, shape } = builder.ty(array.node())?.clone();
        let cut = [1].into_iter().chain(shape.iter().skip(1).copied()).collect();
        let mut operands = vec![array.node()];
        operands.extend(starts(builder, position.node(), shape.ndim()));
        let row = builder.declared(Indexing::DynamicSlice, &operands, Type { dtype, shape: cut })?;
        builder.reshape(row, shape.iter().skip(1).copied().collect())
    })
}

/// An array with a row replaced.
fn write_row(line: SourceLine, name: &str, array: &NdArray, row: &NdArray, position: &NdArray) -> NdArray {
    Call::named(name).at(line).record(|builder| {
        let shape = builder.shape(array.node())?;
        let wide = [1].into_iter().chain(shape.iter().skip(1).copied()).collect();
        let dtype = builder.dtype(array.node())?;
        let row = builder.convert(row.node(), dtype)?;
        let row = builder.reshape(row, wide)?;
        let mut operands = vec![array.node(), row];
        operands.extend(starts(builder, position.node(), shape.ndim()));
        builder.op(Indexing::DynamicUpdateSlice, &operands)
    })
}

/// The start of a row: its position along the first axis, 0 along the others.
fn starts(builder: &mut Builder<'_>, position: NodeId, ndim: usize) -> Vec<NodeId> {
    let zero = builder.constant(Literal::new(0i64));
    let mut starts = vec![zero; ndim];
    starts[0] = position;
    starts
}
