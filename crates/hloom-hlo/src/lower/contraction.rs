//! Sums of products over axes of two arrays.

use hloom_ir::{AxisSet, Contraction, DType, DotDims, Literal, Reducer, Type};

use crate::Result;
use crate::proto::{DotDimensionNumbers, PrecisionConfig};
use crate::types::ints;
use crate::value::Value;

use super::{exactly, layout, reduce};

/// A contraction, to a result that is not empty.
pub(super) fn lower<'b>(op: &Contraction, operands: &[Value<'b>], ty: &Type) -> Result<Value<'b>> {
    match op {
        Contraction::Dot(dims) => Ok(dot(exactly(operands)?, dims, ty)),
    }
}

/// Sums of products over contracted axes.
///
/// Half-precision operands are summed in float32 and rounded once. For bool a sum of products is an OR
/// of ANDs: it is taken in float32, where a sum of ones may round but never becomes zero. Complex ones are taken part by part:
/// libraries multiply complex results by one, which makes NaN of the other part of what is infinite.
fn dot<'b>([x, y]: [Value<'b>; 2], dims: &DotDims, ty: &Type) -> Value<'b> {
    if ty.dtype == DType::Bool {
        return contract(x.convert(DType::F32), y.convert(DType::F32), dims, ty, DType::F32).differs(0);
    }
    if ty.dtype.is_complex() && summed_in_place(x, y, dims).is_none() {
        let part = |x: Value<'b>, y: Value<'b>| contract(x, y, dims, ty, ty.dtype.real());
        let ([a, b], [c, d]) = ([x.real(), x.imag()], [y.real(), y.imag()]);
        return (part(a, c) - part(b, d)).complex(part(a, d) + part(b, c));
    }
    let [x, y] = [x, y].map(laid_out);
    contract(x, y, dims, ty, ty.dtype.wide()).convert(ty.dtype)
}

/// Whether XLA's CPU compiler takes the value into a product as a transposition.
fn is_taken_in(x: Value<'_>) -> bool {
    let b = x.builder();
    b.module().target().is_cpu() && b.is_of(x, "transpose")
}

/// A bfloat16 matrix that lies in memory as it is read. A transposition that is taken into a product makes
/// it one that XLA's CPU compiler has no code for in that dtype; without one it is twice as fast as in float32, and left alone.
fn laid_out(x: Value<'_>) -> Value<'_> {
    if x.dtype() == DType::BF16 && is_taken_in(x) { x.barrier() } else { x }
}

/// As many columns the result of a float64 product has to have for a copy of its left matrix to take less time than it
/// saves.
const MIN_COLUMNS: usize = 128;

/// The left matrix of a product with the contracted axis last in memory, if it is not and gains by that. XLA's library for CPUs
/// takes float64 matrices whose columns are contracted at half to a third of its speed: `x.T @ x` of 1600 by 800 numbers took
/// 61 ms, and 29 ms with the copy. It does not with other dtypes, or with the right matrix.
fn by_rows<'b>(x: Value<'b>, dims: &DotDims, ty: &Type) -> Option<Value<'b>> {
    let is_matrix = x.dtype() == DType::F64 && x.shape().ndim() == 2 && dims.lhs_batch.is_empty();
    let n_columns: usize = ty.shape.iter().skip(1).product();
    if !x.builder().module().target().is_cpu() || !is_matrix || n_columns < MIN_COLUMNS {
        return None;
    }
    match (&dims.lhs_contracting[..], is_taken_in(x)) {
        ([0], false) => Some(layout::transposed(x, &[1, 0]).barrier()),
        ([1], true) => Some(x.barrier()),
        _ => None,
    }
}

fn contract<'b>(x: Value<'b>, y: Value<'b>, dims: &DotDims, ty: &Type, result: DType) -> Value<'b> {
    const HIGHEST: i32 = 2;
    // The compiler divides by the extent of what is summed, and ends the process.
    if dims.lhs_contracting.iter().any(|&axis| x.shape().get(axis) == Some(&0)) {
        return x.builder().constant(Literal::zero(result), &ty.shape);
    }
    if let Some(axes) = summed_in_place(x, y, dims) {
        // What has no axis of its own on either side is no matter for a library of matrix products: as a sum it takes a
        // twentieth of the time for vectors of 10 million float32.
        return reduce::reduce([(x.convert(result) * y.convert(result)).wrapped()], Reducer::Sum, axes);
    }
    let ty = Type { dtype: result, shape: ty.shape.clone() };
    let (x, lhs_contracting) = match by_rows(x, dims, &ty) {
        Some(x) => (x, ints([1])),
        None => (x, ints(dims.lhs_contracting.iter().copied())),
    };
    x.builder().array("dot", ty, &[x, y], |instruction| {
        instruction.dot_dimension_numbers = Some(Box::new(DotDimensionNumbers {
            lhs_contracting_dimensions: lhs_contracting,
            rhs_contracting_dimensions: ints(dims.rhs_contracting.iter().copied()),
            lhs_batch_dimensions: ints(dims.lhs_batch.iter().copied()),
            rhs_batch_dimensions: ints(dims.rhs_batch.iter().copied()),
        }));
        // Accelerators would otherwise read float32 operands with fewer bits.
        instruction.precision_config = Some(Box::new(PrecisionConfig { operand_precision: vec![HIGHEST, HIGHEST] }));
    })
}

/// As many elements have to be summed for a real sum to be faster than a product of many short rows.
const MIN_SUMMED: usize = 32;

/// The axes that are summed over, if each element of one array meets the one at its place in the other, the other axes are
/// kept in their order, and that is worth while.
fn summed_in_place(x: Value<'_>, y: Value<'_>, dims: &DotDims) -> Option<AxisSet> {
    let is_aligned = x.shape() == y.shape()
        && dims.lhs_contracting == dims.rhs_contracting
        && dims.lhs_batch == dims.rhs_batch
        && dims.lhs_batch.is_sorted();
    let n_axes = dims.lhs_batch.len() + dims.lhs_contracting.len();
    let n_summed: usize = dims.lhs_contracting.iter().filter_map(|&axis| x.shape().get(axis).copied()).product();
    let is_worth_while = n_summed >= MIN_SUMMED || dims.lhs_batch.is_empty() || x.dtype().is_complex();
    (is_aligned && is_worth_while && n_axes == x.shape().ndim()).then(|| dims.lhs_contracting.iter().copied().collect())
}

#[cfg(test)]
mod tests {
    use hloom_ir::Layout;
    use hloom_transform::{Build, ProgramBuilder};

    use super::*;
    use crate::lower::{Options, lower as lower_program};

    const SUMMED: usize = 20;

    /// The text of a product of matrices of which the left one is transposed, or read by its columns.
    fn text(dtype: DType, n: usize, is_transposed: bool) -> String {
        let mut b = ProgramBuilder::new();
        let operands = [5, n].map(|extent| b.input(Type::new(dtype, [SUMMED, extent])));
        let [mut x, y] = operands;
        if is_transposed {
            x = b.op(Layout::Transpose { permutation: [1, 0].as_slice().into() }, &[x]).unwrap();
        }
        let dims = DotDims {
            lhs_batch: Default::default(),
            rhs_batch: Default::default(),
            lhs_contracting: [usize::from(is_transposed)].as_slice().into(),
            rhs_contracting: [0].as_slice().into(),
        };
        let product = b.op(Contraction::Dot(Box::new(dims)), &[x, y]).unwrap();
        lower_program(&b.finish(&[product]), &Options::default()).unwrap().text()
    }

    #[test]
    fn wide_float64_products_read_the_left_matrix_by_rows() {
        for is_transposed in [false, true] {
            let wide = text(DType::F64, MIN_COLUMNS, is_transposed);
            assert!(wide.contains("opt-barrier") && wide.contains("lhs_contracting_dims={1}"), "{wide}");
            assert!(!text(DType::F64, MIN_COLUMNS - 1, is_transposed).contains("opt-barrier"));
            assert!(!text(DType::F32, MIN_COLUMNS, is_transposed).contains("opt-barrier"));
        }
    }
}
