//! Many elements made one, at once or one after another: which operation is lowered where.

use hloom_ir::{Reduction, Type};

use crate::Result;
use crate::value::Value;

use super::{accumulate, arg_reduce, exactly, reduce};

/// A reduction, to a result that is not empty.
pub(super) fn lower<'b>(op: &Reduction, operands: &[Value<'b>], ty: &Type) -> Result<Value<'b>> {
    let operand = exactly(operands)?;
    Ok(match op {
        Reduction::Reduce { reducer, axes } => reduce::reduce(operand, *reducer, *axes),
        Reduction::ArgReduce { extreme, axis } => arg_reduce::lower(operand, *extreme, *axis, ty),
        Reduction::Accumulate { op, axis } => accumulate::lower(operand, *op, *axis)?,
    })
}
