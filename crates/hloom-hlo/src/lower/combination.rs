//! The computations of two elements that reductions and scatters call.

use hloom_ir::{Binary, DType, Literal, Reducer, Type};
use num_complex::Complex;

use crate::builder::{Computation, Form, Module};

use super::binary;

/// What leaves every element as it is.
pub(super) fn identity(reducer: Reducer, dtype: DType) -> Literal {
    match (reducer, dtype) {
        // Complex numbers order by both parts, so both must be below or above all others.
        (Reducer::Max, DType::C64) => Literal::new(Complex::new(f32::NEG_INFINITY, f32::NEG_INFINITY)),
        (Reducer::Max, DType::C128) => Literal::new(Complex::new(f64::NEG_INFINITY, f64::NEG_INFINITY)),
        (Reducer::Min, DType::C64) => Literal::new(Complex::new(f32::INFINITY, f32::INFINITY)),
        (Reducer::Min, DType::C128) => Literal::new(Complex::new(f64::INFINITY, f64::INFINITY)),
        (Reducer::Max, _) => Literal::lowest(dtype),
        (Reducer::Min, _) => Literal::highest(dtype),
        (Reducer::Sum | Reducer::Any, _) => Literal::zero(dtype),
        (Reducer::Prod | Reducer::All, _) => Literal::one(dtype),
    }
}

/// The computation that makes one element of two.
pub(super) fn combination(module: &Module, reducer: Reducer, dtype: DType) -> Computation {
    let row = row(reducer);
    module.shared(format!("{} {dtype}", row.name()), || {
        let b = module.computation(row.name());
        let [x, y] = [(); 2].map(|()| b.parameter(Form::Array(Type::scalar(dtype))));
        b.finish(binary::combined(row, x, y))
    })
}

/// The computation that makes one element of two, with its second operand taken in twice.
pub(super) fn twice(module: &Module, reducer: Reducer, dtype: DType) -> Computation {
    let row = row(reducer);
    module.shared(format!("{} {dtype} twice", row.name()), || {
        let b = module.computation(row.name());
        let [x, y] = [(); 2].map(|()| b.parameter(Form::Array(Type::scalar(dtype))));
        b.finish(binary::combined(row, binary::combined(row, x, y), y))
    })
}

const fn row(reducer: Reducer) -> Binary {
    match reducer {
        Reducer::Sum => Binary::Add,
        Reducer::Prod => Binary::Multiply,
        Reducer::Max => Binary::Maximum,
        Reducer::Min => Binary::Minimum,
        Reducer::All => Binary::LogicalAnd,
        Reducer::Any => Binary::LogicalOr,
    }
}

/// The computation that keeps the new element.
pub(super) fn replacement(module: &Module, dtype: DType) -> Computation {
    module.shared(format!("replace {dtype}"), || {
        let b = module.computation("replace");
        let [_, new] = [(); 2].map(|()| b.parameter(Form::Array(Type::scalar(dtype))));
        b.finish(new)
    })
}
