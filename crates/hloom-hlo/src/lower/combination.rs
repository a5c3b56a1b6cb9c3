//! The computations of two elements that reductions and scatters call.

use hloom_ir::{Binary, DType, Reducer, Type};

use crate::builder::{Computation, Form, Module};
use crate::value::Value;

use super::{binary, convert};

/// The computation that makes one element of two.
pub(super) fn combination(module: &Module, reducer: Reducer, dtype: DType) -> Computation {
    of_two(module, reducer, dtype, "", |y| y)
}

/// The same in a form that no library takes: the second operand is the greater of itself and itself, which costs nothing, as
/// a compiler sees that it changes nothing.
pub(super) fn apart(module: &Module, reducer: Reducer, dtype: DType) -> Computation {
    if !is_of_the_library(dtype) {
        return combination(module, reducer, dtype);
    }
    of_two(module, reducer, dtype, " apart", |y| y.max(y))
}

/// Whether the library of XLA's CPU compiler (YNNPACK) reduces elements of a dtype. Integers and float16 it does not convert.
pub(super) fn is_of_the_library(dtype: DType) -> bool {
    matches!(dtype, DType::F64 | DType::F32 | DType::BF16 | DType::I8 | DType::U8)
}

/// The computation that makes one element of an element and of what `second` makes of another.
fn of_two(
    module: &Module,
    reducer: Reducer,
    dtype: DType,
    form: &str,
    second: fn(Value<'_>) -> Value<'_>,
) -> Computation {
    let row = reducer.row();
    module.shared(format!("{} {dtype}{form}", row.name()), || {
        let b = module.combination(row.name());
        let [x, y] = [(); 2].map(|()| b.parameter(Form::Array(Type::scalar(dtype))));
        b.finish(binary::combined(row, x, second(y)))
    })
}

/// The computation that makes one element of an old and a new one, in the dtype of both. What comes out is first converted to
/// the dtype that it is kept in.
pub(super) fn update(module: &Module, row: Binary, dtype: DType, kept: DType) -> Computation {
    module.shared(format!("{} {dtype} kept {kept}", row.name()), || {
        let b = module.combination(row.name());
        let [x, y] = [(); 2].map(|()| b.parameter(Form::Array(Type::scalar(dtype))));
        b.finish(convert::lower(convert::lower(binary::combined(row, x, y), kept), dtype))
    })
}

/// The computation that keeps the new element.
pub(super) fn replacement(module: &Module, dtype: DType) -> Computation {
    module.shared(format!("replace {dtype}"), || {
        let b = module.combination("replace");
        let [_, new] = [(); 2].map(|()| b.parameter(Form::Array(Type::scalar(dtype))));
        b.finish(new)
    })
}
