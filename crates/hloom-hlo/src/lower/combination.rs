//! The computations of two elements that reductions and scatters call.

use hloom_ir::{Binary, DType, Literal, Reducer, Type, Weak};
use num_complex::Complex;

use crate::builder::{Computation, Form, Module};

use super::{binary, convert};

/// What leaves every element as it is.
pub(super) fn identity(reducer: Reducer, dtype: DType) -> Literal {
    // Complex numbers order by both parts, so both must be below or above all others.
    let both_parts = |part: f64| Weak::Complex(Complex::new(part, part)).saturating_literal(dtype);
    match reducer {
        Reducer::Max if dtype.is_complex() => both_parts(f64::NEG_INFINITY),
        Reducer::Min if dtype.is_complex() => both_parts(f64::INFINITY),
        Reducer::Fmax | Reducer::Fmin if dtype.is_complex() => both_parts(f64::NAN),
        Reducer::Fmax | Reducer::Fmin if dtype.is_float() => Weak::Float(f64::NAN).saturating_literal(dtype),
        Reducer::Max | Reducer::Fmax => Literal::lowest(dtype),
        Reducer::Min | Reducer::Fmin => Literal::highest(dtype),
        Reducer::Sum | Reducer::Any => Literal::zero(dtype),
        Reducer::Prod | Reducer::All => Literal::one(dtype),
    }
}

/// The computation that makes one element of two.
pub(super) fn combination(module: &Module, reducer: Reducer, dtype: DType) -> Computation {
    let row = reducer.row();
    module.shared(format!("{} {dtype}", row.name()), || {
        let b = module.computation(row.name());
        let [x, y] = [(); 2].map(|()| b.parameter(Form::Array(Type::scalar(dtype))));
        b.finish(binary::combined(row, x, y))
    })
}

/// The computation that makes one element of two, with its second operand taken in twice.
pub(super) fn twice(module: &Module, reducer: Reducer, dtype: DType) -> Computation {
    let row = reducer.row();
    module.shared(format!("{} {dtype} twice", row.name()), || {
        let b = module.computation(row.name());
        let [x, y] = [(); 2].map(|()| b.parameter(Form::Array(Type::scalar(dtype))));
        b.finish(binary::combined(row, binary::combined(row, x, y), y))
    })
}

/// The computation that makes one element of an old and a new one, in the dtype of both. What comes out is first converted to
/// the dtype that it is kept in.
pub(super) fn update(module: &Module, row: Binary, dtype: DType, kept: DType) -> Computation {
    module.shared(format!("{} {dtype} kept {kept}", row.name()), || {
        let b = module.computation(row.name());
        let [x, y] = [(); 2].map(|()| b.parameter(Form::Array(Type::scalar(dtype))));
        b.finish(convert::lower(convert::lower(binary::combined(row, x, y), kept), dtype))
    })
}

/// The computation that keeps the new element.
pub(super) fn replacement(module: &Module, dtype: DType) -> Computation {
    module.shared(format!("replace {dtype}"), || {
        let b = module.computation("replace");
        let [_, new] = [(); 2].map(|()| b.parameter(Form::Array(Type::scalar(dtype))));
        b.finish(new)
    })
}
