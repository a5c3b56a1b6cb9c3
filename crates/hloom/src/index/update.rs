//! How an operation updates elements: in which dtype, and how often it is done to one.

use hloom_ir::{ArgType, Binary, Combine, DType, IndexDims, Indexing, Kind, Literal, NodeId, Signature, Weak, promote};
use num_complex::Complex;
use smallvec::SmallVec;

use crate::record::{Build, Builder, Operand};
use crate::{Error, Result};

/// How an old element becomes a new one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Update {
    op: Binary,
    /// The dtype of the array, to which each result is converted.
    kept: DType,
    /// The dtype that is computed in.
    computed: DType,
}

/// An update of elements of `x`, and the value in the dtype that it is computed in.
///
/// # Errors
/// `TypeError` for dtypes that the operation does not take; the error of an array in error.
pub(super) fn update_by(
    builder: &mut Builder<'_>,
    op: Binary,
    x: NodeId,
    value: &Operand<'_>,
) -> Result<(NodeId, Update)> {
    let kept = builder.dtype(x)?;
    let own = builder.arg_type(value)?.default_dtype();
    let in_own = op.resolve(ArgType::Strong(kept), ArgType::Strong(kept));
    if let (Binary::Power, Operand::Number(Weak::Int(..0)), Kind::Bool | Kind::Signed | Kind::Unsigned) =
        (op, value, kept.kind())
    {
        return Err(Error::value("Integers to negative integer powers are not allowed."));
    }
    let is_closed = in_own.is_ok_and(|signature| signature == Signature { operand: kept, result: kept });
    if is_closed && is_of(builder, value, kept) {
        // The result is the same in the array's dtype, and takes less to compute.
        let value = builder.operand_as(value, kept)?;
        return Ok((value, Update { op, kept, computed: kept }));
    }
    let signature = op.resolve(ArgType::Strong(kept), ArgType::Strong(own))?;
    let value = builder.operand(value)?;
    let computed = match signature.operand {
        // Asked for its truth alone, an element may stay what it is.
        DType::Bool => kept,
        _ if is_closed && wraps_alike(op, kept, own) => kept,
        wide => wide,
    };
    let value = match signature.operand {
        DType::Bool => builder.convert(value, DType::Bool)?,
        _ => value,
    };
    let value = builder.convert(value, computed)?;
    Ok((value, Update { op, kept, computed }))
}

/// Whether an operand is a number of a dtype: one that the dtype holds, or one of a trace that takes the dtype.
fn is_of(builder: &Builder<'_>, value: &Operand<'_>, dtype: DType) -> bool {
    match value {
        Operand::Number(number) => {
            let is_equal = |literal: Literal| match (*number, literal.weak()) {
                (Weak::Float(a), Weak::Float(b)) => a == b || a.is_nan() && b.is_nan(),
                (Weak::Int(a), Weak::Float(b)) => b.is_finite() && b as i128 == a && a.unsigned_abs() < 1 << 100,
                (Weak::Complex(a), Weak::Complex(b)) => a == b,
                (Weak::Int(a), Weak::Complex(b)) => b.re as i128 == a && a.unsigned_abs() < 1 << 100,
                (Weak::Float(a), Weak::Complex(b)) => a == b.re,
                (a, b) => a == b,
            };
            let raises = number.kind() > hloom_ir::WeakKind::Bool && dtype == DType::Bool;
            !raises && number.to_literal(dtype).is_ok_and(is_equal)
        }
        Operand::Borrowed(_) | Operand::Owned(_) => {
            let raised =
                builder.arg_type(value).and_then(|value| Ok(hloom_ir::result_type(&[ArgType::Strong(dtype), value])?));
            builder.is_weak(value) && raised.is_ok_and(|raised| raised == dtype)
        }
    }
}

/// Whether integers that wrap come out the same in the dtype of the array as in a wider one.
fn wraps_alike(op: Binary, kept: DType, value: DType) -> bool {
    let is_ring = matches!(
        op,
        Binary::Add | Binary::Subtract | Binary::Multiply | Binary::BitwiseAnd | Binary::BitwiseOr | Binary::BitwiseXor
    );
    is_ring && kept.is_integer() && value.is_integer() && promote(kept, value).is_integer()
}

impl Update {
    /// What becomes of elements of the array beside as many values.
    pub(super) fn apply(self, builder: &mut Builder<'_>, old: NodeId, value: NodeId) -> Result<NodeId> {
        let old = builder.convert(old, self.computed)?;
        let signature = self.op.resolve(ArgType::Strong(self.computed), ArgType::Strong(self.computed))?;
        let (old, value) = (builder.convert(old, signature.operand)?, builder.convert(value, signature.operand)?);
        let new = builder.apply(self.op, old, value)?;
        builder.convert(new, self.kept)
    }

    /// The array with values combined into the places that index arrays name.
    pub(super) fn scatter(
        self,
        builder: &mut Builder<'_>,
        x: NodeId,
        value: NodeId,
        places: &[NodeId],
        dims: IndexDims,
    ) -> Result<NodeId> {
        let wide = builder.convert(x, self.computed)?;
        let combine = Combine::By { op: self.op, kept: self.kept };
        let updated = scatter(builder, wide, value, places, dims, combine)?;
        let updated = builder.convert(updated, self.kept)?;
        if !self.is_lossy() {
            return Ok(updated);
        }
        // What no index names stays as it is.
        let (shape, of_value) = (builder.shape(x)?, builder.shape(value)?);
        let none = builder.full(Literal::new(false), &shape)?;
        let all = builder.full(Literal::new(true), &of_value)?;
        let touched = scatter(builder, none, all, places, dims, Combine::Set)?;
        builder.select(touched, updated, x)
    }

    /// Whether an element changes by being converted to the dtype that is computed in and back.
    fn is_lossy(self) -> bool {
        let is_wide = self.kept.is_integer() && self.kept.size() == 8;
        is_wide && matches!(self.computed.kind(), Kind::Float | Kind::Complex)
    }

    /// The number that leaves every other one as it is, if there is one.
    pub(super) fn neutral(self) -> Option<Literal> {
        let dtype = self.kept;
        let is_complex = dtype.kind() == Kind::Complex;
        if self.computed != dtype {
            return None;
        }
        match self.op {
            // The sum of a negative zero and a positive one is positive.
            Binary::Add if is_complex || dtype.kind() == Kind::Float => {
                Some(Weak::Complex(Complex::new(-0.0, -0.0)).saturating_literal(dtype))
            }
            Binary::Add | Binary::Subtract | Binary::BitwiseOr | Binary::BitwiseXor => Some(Literal::zero(dtype)),
            // An infinite part of a complex number would not survive a product, and its order is no number's.
            Binary::Multiply if !is_complex => Some(Literal::one(dtype)),
            Binary::Minimum if !is_complex => Some(Literal::highest(dtype)),
            Binary::Maximum if !is_complex => Some(Literal::lowest(dtype)),
            _ => None,
        }
    }
}

/// An array with values at places that index arrays name.
pub(super) fn scatter(
    builder: &mut Builder<'_>,
    x: NodeId,
    value: NodeId,
    places: &[NodeId],
    dims: IndexDims,
    combine: Combine,
) -> Result<NodeId> {
    let mut operands: SmallVec<[NodeId; 8]> = SmallVec::from_slice(&[x, value]);
    operands.extend_from_slice(places);
    builder.op(Indexing::Scatter { dims, combine }, &operands)
}
