//! Means and variances, in NumPy's order of operations.

use hloom_ir::{ArgType, Binary, DType, Kind, Literal, NodeId, Reducer, Signature, Type, Unary, mean_signature};

use super::over::{Over, reduce_masked};
use crate::record::{Build, Builder};
use crate::{Error, Result};

/// Arithmetic mean over axes.
pub(super) fn mean_of(builder: &mut Builder<'_>, x: NodeId, over: &Over<'_>) -> Result<NodeId> {
    let Signature { operand: computed, result } = signature(builder.dtype(x)?, over);
    let total = sum(builder, x, computed, over)?;
    let count = count(builder, x, over)?;
    let mean = quotient_in_own_dtype(builder, total, count)?;
    builder.convert(mean, result)
}

/// Variance over axes.
pub(super) fn var_of(builder: &mut Builder<'_>, x: NodeId, over: &Over<'_>) -> Result<NodeId> {
    let own = builder.dtype(x)?;
    let Signature { operand: computed, result } = signature(own, over);
    let shape = builder.shape(x)?;
    let n_elements = count(builder, x, over)?;
    let mean = match &over.keywords.mean {
        Some(mean) => builder.operand(mean)?,
        None => {
            let total = sum(builder, x, computed, over)?;
            quotient_in_own_dtype(builder, total, n_elements)?
        }
    };
    let mean = if over.keywords.mean.is_none() { builder.reshape(mean, shape.with_ones_at(over.axes))? } else { mean };
    // Distances are taken in what both promote to; half floats are widened before.
    let mean_dtype = builder.dtype(mean)?;
    let common = Binary::Subtract.resolve(ArgType::Strong(own.wide()), ArgType::Strong(mean_dtype))?.operand;
    let x = builder.convert(x, common)?;
    let mean = builder.convert(mean, common)?;
    let distance = builder.apply(Binary::Subtract, x, mean)?;
    let square = squared_magnitude(builder, distance)?;
    let summed = match (over.keywords.dtype, own.kind()) {
        (Some(dtype), _) => dtype,
        (None, Kind::Bool | Kind::Unsigned | Kind::Signed) => DType::F64,
        (None, Kind::Float | Kind::Complex) => builder.dtype(square)?,
    };
    let total = sum(builder, square, summed, over)?;
    let ddof = over.keywords.ddof.unwrap_or_default();
    let divisor = if ddof == 0.0 {
        n_elements
    } else {
        // NumPy counts in float64 once what is taken off is a number.
        let n_elements = builder.convert(n_elements, DType::F64)?;
        let ddof = builder.scalar(Literal::new(ddof));
        let free = builder.apply(Binary::Subtract, n_elements, ddof)?;
        let zero = builder.constant(Literal::zero(DType::F64));
        builder.apply(Binary::Maximum, free, zero)?
    };
    let variance = quotient_in_own_dtype(builder, total, divisor)?;
    let result = match over.keywords.dtype {
        Some(dtype) => dtype,
        None => result.real(),
    };
    builder.convert(variance, result)
}

/// Standard deviation over axes.
pub(super) fn std_of(builder: &mut Builder<'_>, x: NodeId, over: &Over<'_>) -> Result<NodeId> {
    let variance = var_of(builder, x, over)?;
    let Type { dtype: result, shape } = builder.ty(variance)?.clone();
    let signature = Unary::Sqrt.resolve(result.into())?;
    if signature.result != result && !shape.is_empty() {
        return Err(Error::type_(format!(
            "Cannot cast ufunc 'sqrt' output from dtype('{}') to dtype('{result}') with casting rule 'same_kind'",
            signature.result
        )));
    }
    let variance = builder.convert(variance, signature.operand)?;
    let root = builder.op(Unary::Sqrt, &[variance])?;
    builder.convert(root, result)
}

/// What a mean is computed in and what it has: as without a dtype, or in the one that is asked for.
fn signature(own: DType, over: &Over<'_>) -> Signature {
    match over.keywords.dtype {
        Some(dtype) => Signature { operand: dtype.wide(), result: dtype },
        None => mean_signature(own),
    }
}

fn sum(builder: &mut Builder<'_>, x: NodeId, dtype: DType, over: &Over<'_>) -> Result<NodeId> {
    let x = builder.convert(x, dtype)?;
    let reducer = if dtype == DType::Bool { Reducer::Any } else { Reducer::Sum };
    reduce_masked(builder, reducer, x, over)
}

/// How many elements count: int64, one number or, with a mask, one for each result.
pub(super) fn count(builder: &mut Builder<'_>, x: NodeId, over: &Over<'_>) -> Result<NodeId> {
    match over.mask {
        Some(mask) => {
            let ones = builder.convert(mask, DType::I64)?;
            builder.reduce(Reducer::Sum, ones, over.axes)
        }
        None => {
            let shape = builder.shape(x)?;
            let n_elements: usize = over.axes.iter().map(|axis| shape[axis]).product();
            Ok(builder.constant_of(n_elements, DType::I64))
        }
    }
}

/// A total over a count, in the total's dtype; whole numbers are divided as floats and cut off.
pub(super) fn quotient_in_own_dtype(builder: &mut Builder<'_>, total: NodeId, count: NodeId) -> Result<NodeId> {
    let dtype = builder.dtype(total)?;
    let computed = match dtype.kind() {
        Kind::Float | Kind::Complex => dtype,
        Kind::Bool | Kind::Signed | Kind::Unsigned => DType::F64,
    };
    let total = builder.convert(total, computed)?;
    let count = builder.convert(count, computed)?;
    let quotient = builder.apply(Binary::Divide, total, count)?;
    builder.convert(quotient, dtype)
}

/// The square of the magnitude of each element, a real number.
fn squared_magnitude(builder: &mut Builder<'_>, x: NodeId) -> Result<NodeId> {
    if !builder.dtype(x)?.is_complex() {
        return builder.op(Unary::Square, &[x]);
    }
    let (re, im) = (builder.op(Unary::Real, &[x])?, builder.op(Unary::Imag, &[x])?);
    let (re, im) = (builder.op(Unary::Square, &[re])?, builder.op(Unary::Square, &[im])?);
    builder.apply(Binary::Add, re, im)
}
