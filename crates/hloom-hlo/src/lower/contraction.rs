//! Sums of products over axes of two arrays.

use hloom_ir::{AxisSet, Contraction, DType, DotDims, Literal, Reducer, Type};

use crate::Result;
use crate::proto::{DotDimensionNumbers, PrecisionConfig};
use crate::target::Target;
use crate::types::ints;
use crate::value::Value;

use super::{exactly, reduction};

/// A contraction, to a result that is not empty.
pub(super) fn lower<'b>(op: &Contraction, operands: &[Value<'b>], ty: &Type) -> Result<Value<'b>> {
    match op {
        Contraction::Dot(dims) => Ok(dot(exactly(operands)?, dims, ty)),
    }
}

/// Sums of products over contracted axes.
///
/// Half-precision operands are summed in float32 and rounded once. For bool a sum of products is an OR
/// of ANDs: it is taken in float32, where a sum of ones may round but never becomes zero.
fn dot<'b>([x, y]: [Value<'b>; 2], dims: &DotDims, ty: &Type) -> Value<'b> {
    if ty.dtype == DType::Bool {
        return contract(x.convert(DType::F32), y.convert(DType::F32), dims, ty, DType::F32).differs(0);
    }
    let [x, y] = [x, y].map(laid_out);
    contract(x, y, dims, ty, ty.dtype.wide()).convert(ty.dtype)
}

/// A bfloat16 matrix that lies in memory as it is read. A transposition that XLA's CPU compiler takes into a product makes
/// it one that it has no code for in that dtype; without one it is twice as fast as in float32, and left alone.
fn laid_out(x: Value<'_>) -> Value<'_> {
    let b = x.builder();
    let is_taken_in = b.module().target() == Target::Cpu && b.is_of(x, "transpose");
    if is_taken_in && x.dtype() == DType::BF16 { x.barrier() } else { x }
}

fn contract<'b>(x: Value<'b>, y: Value<'b>, dims: &DotDims, ty: &Type, result: DType) -> Value<'b> {
    const HIGHEST: i32 = 2;
    // The compiler divides by the extent of what is summed, and ends the process.
    if dims.lhs_contracting.iter().any(|&axis| x.shape().get(axis) == Some(&0)) {
        return x.builder().constant(Literal::zero(result), &ty.shape);
    }
    let is_line = |value: Value<'b>, axes: &[usize]| axes.len() == 1 && value.shape().ndim() == 1;
    if is_line(x, &dims.lhs_contracting) && is_line(y, &dims.rhs_contracting) && !result.is_complex() {
        // A product of two vectors is no matter for a library of matrix products: as a sum it takes a twentieth of
        // the time for 10 million float32.
        return reduction::reduce([x.convert(result) * y.convert(result)], Reducer::Sum, AxisSet::all(1));
    }
    let ty = Type { dtype: result, shape: ty.shape.clone() };
    x.builder().array("dot", ty, &[x, y], |instruction| {
        instruction.dot_dimension_numbers = Some(Box::new(DotDimensionNumbers {
            lhs_contracting_dimensions: ints(dims.lhs_contracting.iter().copied()),
            rhs_contracting_dimensions: ints(dims.rhs_contracting.iter().copied()),
            lhs_batch_dimensions: ints(dims.lhs_batch.iter().copied()),
            rhs_batch_dimensions: ints(dims.rhs_batch.iter().copied()),
        }));
        // Accelerators would otherwise read float32 operands with fewer bits.
        instruction.precision_config = Some(Box::new(PrecisionConfig { operand_precision: vec![HIGHEST, HIGHEST] }));
    })
}
