//! Operations element by element. How the rows of the tables are computed is in [`super::unary`] and [`super::binary`].

use hloom_ir::{Elementwise, Type, broadcast_shapes};

use crate::value::Value;
use crate::{Error, Result};

use super::{binary, convert, exactly, unary};

/// An operation element by element, of arrays that are broadcast against each other.
pub(super) fn lower<'b>(op: &Elementwise, operands: &[Value<'b>], ty: &Type) -> Result<Value<'b>> {
    Ok(match op {
        Elementwise::Unary(row) => unary::lower(*row, exactly(operands).map(|[x]| x)?),
        Elementwise::Binary(row) => {
            let [x, y] = exactly(operands)?;
            let shape = broadcast_shapes([&*x.shape(), &*y.shape()].into_iter())
                .map_err(|error| Error::Internal(error.message))?;
            binary::lower(*row, x.broadcast(&shape), y.broadcast(&shape))
        }
        Elementwise::Convert => convert::lower(exactly(operands).map(|[x]| x)?, ty.dtype),
        Elementwise::Bitcast => exactly(operands).map(|[x]| x)?.bitcast(ty.dtype),
        Elementwise::Complex => {
            let [re, im] = exactly(operands)?.map(|operand: Value<'b>| operand.broadcast(&ty.shape));
            re.complex(im)
        }
        Elementwise::Select => {
            let [predicate, x, y] = exactly(operands)?.map(|operand: Value<'b>| operand.broadcast(&ty.shape));
            predicate.select(x, y)
        }
    })
}
