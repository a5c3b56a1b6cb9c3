//! The vocabulary in which operations are put together. Knows nothing about where they go.

use hloom_ir::{
    AxisSet, Binary, Control, DType, Elementwise, Error, Layout, Leaf, Literal, NodeId, Op, Operands, Reducer,
    Reduction, Shape, Type, Types, Weak,
};
use smallvec::SmallVec;

/// Adds operations to a graph. What is legal, and which types there are, is decided by [`Op::infer`].
///
/// `Self::Error` is what the owner of the graph reports, such as the error of an operand in error.
pub trait Build {
    /// What can go wrong.
    type Error: From<Error>;

    /// The type of a node; of one with several results that of the first.
    ///
    /// # Errors
    /// If the node has none, for a reason of the owner's.
    fn ty(&self, id: NodeId) -> std::result::Result<&Type, Self::Error>;

    /// Adds a node whose type was inferred.
    fn add(&mut self, op: Op, operands: Operands, ty: Type) -> NodeId;

    /// The dtype of a node.
    ///
    /// # Errors
    /// As [`Build::ty`].
    #[inline]
    fn dtype(&self, id: NodeId) -> std::result::Result<DType, Self::Error> {
        Ok(self.ty(id)?.dtype)
    }

    /// A copy of the shape of a node.
    ///
    /// # Errors
    /// As [`Build::ty`].
    #[inline]
    fn shape(&self, id: NodeId) -> std::result::Result<Shape, Self::Error> {
        Ok(self.ty(id)?.shape.clone())
    }

    /// The types of an operation's results.
    ///
    /// # Errors
    /// What [`Op::infer`] says; as [`Build::ty`].
    #[inline(always)]
    fn infer(&self, op: &Op, operands: &[NodeId], declared: Option<&Type>) -> std::result::Result<Types, Self::Error> {
        let mut types: SmallVec<[&Type; 4]> = SmallVec::new();
        for &operand in operands {
            types.push(self.ty(operand)?);
        }
        Ok(op.infer(&types, declared)?)
    }

    /// Adds an operation whose type follows from its operands.
    ///
    /// # Errors
    /// As [`Build::infer`].
    #[inline]
    fn op(&mut self, op: impl Into<Op>, operands: &[NodeId]) -> std::result::Result<NodeId, Self::Error> {
        self.single(op.into(), operands, None)
    }

    /// Adds an operation with a declared type.
    ///
    /// # Errors
    /// As [`Build::infer`].
    #[inline]
    fn declared(
        &mut self,
        op: impl Into<Op>,
        operands: &[NodeId],
        ty: Type,
    ) -> std::result::Result<NodeId, Self::Error> {
        self.single(op.into(), operands, Some(&ty))
    }

    /// Adds an operation of one result.
    ///
    /// # Errors
    /// As [`Build::infer`].
    // Kept apart, so that the operation is passed on where it lies: in pieces it takes ten times as long to move.
    #[inline(never)]
    fn single(
        &mut self,
        op: Op,
        operands: &[NodeId],
        declared: Option<&Type>,
    ) -> std::result::Result<NodeId, Self::Error> {
        match self.infer(&op, operands, declared)?.into_inner() {
            Ok([ty]) => Ok(self.add(op, Operands::from_slice(operands), ty)),
            Err(types) => {
                Err(Error::internal(format!("{}: expected one result, got {}", op.name(), types.len())).into())
            }
        }
    }

    /// Adds an operation of several results and returns them.
    ///
    /// # Errors
    /// As [`Build::infer`].
    fn several(&mut self, op: impl Into<Op>, operands: &[NodeId]) -> std::result::Result<Vec<NodeId>, Self::Error> {
        let op = op.into();
        let types = self.infer(&op, operands, None)?;
        let node = self.add(op, Operands::from_slice(operands), types[0].clone());
        types.into_iter().enumerate().map(|(idx, ty)| self.declared(Control::Part { idx }, &[node], ty)).collect()
    }

    /// A number of a formula: part of the program.
    #[inline]
    fn constant(&mut self, literal: Literal) -> NodeId {
        self.add(literal.into(), Operands::new(), Type::scalar(literal.dtype()))
    }

    /// A number of a formula, of a dtype.
    #[inline]
    fn constant_of(&mut self, number: impl Into<Weak>, dtype: DType) -> NodeId {
        let number: Weak = number.into();
        self.constant(number.saturating_literal(dtype))
    }

    /// A node's values in another dtype; the node itself if it has that dtype.
    ///
    /// # Errors
    /// As [`Build::ty`].
    #[inline]
    fn convert(&mut self, id: NodeId, dtype: DType) -> std::result::Result<NodeId, Self::Error> {
        let ty = self.ty(id)?;
        if ty.dtype == dtype {
            return Ok(id);
        }
        let ty = Type { dtype, shape: ty.shape.clone() };
        self.declared(Elementwise::Convert, &[id], ty)
    }

    /// A row of the table of two operands, on nodes of one dtype.
    ///
    /// # Errors
    /// As [`Build::infer`].
    #[inline]
    fn apply(&mut self, op: Binary, a: NodeId, b: NodeId) -> std::result::Result<NodeId, Self::Error> {
        self.op(op, &[a, b])
    }

    /// The node broadcast to a shape; the node itself if it has that shape.
    ///
    /// # Errors
    /// `ValueError` if it does not broadcast to it.
    #[inline]
    fn broadcast(&mut self, id: NodeId, shape: &Shape) -> std::result::Result<NodeId, Self::Error> {
        let ty = self.ty(id)?;
        if ty.shape == *shape {
            return Ok(id);
        }
        let ty = Type { dtype: ty.dtype, shape: shape.clone() };
        self.declared(Layout::Broadcast, &[id], ty)
    }

    /// The node's elements under another shape of as many; the node itself if it has that shape.
    ///
    /// # Errors
    /// `ValueError` if the number of elements differs.
    #[inline]
    fn reshape(&mut self, id: NodeId, shape: Shape) -> std::result::Result<NodeId, Self::Error> {
        let ty = self.ty(id)?;
        if ty.shape == shape {
            return Ok(id);
        }
        let ty = Type { dtype: ty.dtype, shape };
        self.declared(Layout::Reshape, &[id], ty)
    }

    /// The node with permuted axes; the node itself if they stay in place.
    ///
    /// # Errors
    /// As [`Build::infer`].
    fn transpose(&mut self, id: NodeId, permutation: &[usize]) -> std::result::Result<NodeId, Self::Error> {
        if permutation.iter().enumerate().all(|(to, &from)| to == from) {
            return Ok(id);
        }
        self.op(Layout::Transpose { permutation: permutation.into() }, &[id])
    }

    /// The node reduced over axes, without any conversion.
    ///
    /// # Errors
    /// As [`Build::infer`].
    fn reduce(&mut self, reducer: Reducer, id: NodeId, axes: AxisSet) -> std::result::Result<NodeId, Self::Error> {
        self.op(Reduction::Reduce { reducer, axes }, &[id])
    }

    /// Elements of `a` where the condition holds, else of `b`.
    ///
    /// # Errors
    /// As [`Build::infer`].
    #[inline]
    fn select(&mut self, condition: NodeId, a: NodeId, b: NodeId) -> std::result::Result<NodeId, Self::Error> {
        self.op(Elementwise::Select, &[condition, a, b])
    }

    /// The bits of a node's values as values of another dtype of the same width; the node itself if it has that dtype.
    ///
    /// # Errors
    /// As [`Build::infer`].
    fn bitcast(&mut self, id: NodeId, dtype: DType) -> std::result::Result<NodeId, Self::Error> {
        let ty = self.ty(id)?;
        if ty.dtype == dtype {
            return Ok(id);
        }
        let ty = Type { dtype, shape: ty.shape.clone() };
        self.declared(Elementwise::Bitcast, &[id], ty)
    }

    /// A row of the table of two operands, on nodes of any dtypes.
    ///
    /// # Errors
    /// `TypeError` if the operation does not take the dtypes; as [`Build::infer`].
    fn apply_promoted(&mut self, op: Binary, a: NodeId, b: NodeId) -> std::result::Result<NodeId, Self::Error> {
        let signature = op.resolve(self.dtype(a)?.into(), self.dtype(b)?.into())?;
        let (a, b) = (self.convert(a, signature.operand)?, self.convert(b, signature.operand)?);
        self.apply(op, a, b)
    }

    /// A filled array.
    ///
    /// # Errors
    /// As [`Build::infer`].
    fn full(&mut self, literal: Literal, shape: &Shape) -> std::result::Result<NodeId, Self::Error> {
        let constant = self.constant(literal);
        self.broadcast(constant, shape)
    }

    /// Indices along an axis.
    ///
    /// # Errors
    /// As [`Build::infer`].
    fn iota(&mut self, ty: Type, axis: usize) -> std::result::Result<NodeId, Self::Error> {
        self.declared(Leaf::Iota { axis }, &[], ty)
    }
}
