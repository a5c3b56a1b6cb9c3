//! Adds operations to the graph under the recorder's lock: the vocabulary in which NumPy's functions
//! are written.
//!
//! A function of several operations records them all through one builder, so that no other thread sees
//! the half of it. Conversion and broadcasting of operands happen here; what is legal is decided by
//! [`hloom_ir::Op::infer`].

use hloom_ir::{
    ArgType, AxisSet, Binary, Control, DType, Elementwise, Layout, Leaf, Literal, NodeId, Op, Operands, Reducer,
    Reduction, Shape, SourceLine, Type, Types, Unary, Weak, WeakKind,
};
use smallvec::SmallVec;

use super::{Content, Operand, Recorder};
use crate::{Error, Result};

/// Records operations for one call of the user's.
pub(crate) struct Builder<'a> {
    recorder: &'a mut Recorder,
    line: SourceLine,
    created: SmallVec<[NodeId; 8]>,
}

impl<'a> Builder<'a> {
    pub(super) fn new(recorder: &'a mut Recorder, line: SourceLine) -> Builder<'a> {
        Builder { recorder, line, created: SmallVec::new() }
    }

    /// The nodes that were added, to be looked at for ones that nothing uses.
    pub(super) fn finish(self) -> SmallVec<[NodeId; 8]> {
        self.created
    }

    /// What is recorded so far.
    pub(crate) fn recorder(&self) -> &Recorder {
        self.recorder
    }

    /// The type of a node.
    ///
    /// # Errors
    /// The error of a node in error.
    pub(crate) fn ty(&self, id: NodeId) -> Result<&Type> {
        self.recorder.ty(id)
    }

    /// The dtype of a node.
    ///
    /// # Errors
    /// The error of a node in error.
    pub(crate) fn dtype(&self, id: NodeId) -> Result<DType> {
        Ok(self.ty(id)?.dtype)
    }

    /// A copy of the shape of a node.
    ///
    /// # Errors
    /// The error of a node in error.
    pub(crate) fn shape(&self, id: NodeId) -> Result<Shape> {
        Ok(self.ty(id)?.shape.clone())
    }

    /// What an operand contributes to promotion.
    ///
    /// # Errors
    /// The error of an array in error.
    pub(crate) fn arg_type(&self, operand: &Operand<'_>) -> Result<ArgType> {
        match operand {
            Operand::Number(number) => Ok(ArgType::Weak(number.kind())),
            _ => operand.as_array().map_or_else(
                || Err(crate::Error::internal("an operand is neither a number nor an array")),
                |array| {
                    let dtype = self.dtype(array.node())?;
                    Ok(match WeakKind::of(dtype) {
                        Some(kind) if self.recorder.graph[array.node()].data.weak => ArgType::Weak(kind),
                        _ => ArgType::Strong(dtype),
                    })
                },
            ),
        }
    }

    /// Whether an operand is a number, or stands for one.
    pub(crate) fn is_weak(&self, operand: &Operand<'_>) -> bool {
        operand.as_array().is_none_or(|array| self.recorder.is_weak(array.node()))
    }

    /// Marks what an operator of Python's makes of numbers as a number, which takes the dtype of what it meets.
    pub(crate) fn mark_weak(&mut self, id: NodeId) {
        let node = &mut self.recorder.graph[id];
        node.data.weak = node.ty.shape.is_empty();
    }

    /// An operand as a node of a dtype: arrays are converted, numbers become inputs of that dtype.
    ///
    /// # Errors
    /// `OverflowError` if an integer does not fit the dtype; the error of an array in error.
    pub(crate) fn operand_as(&mut self, operand: &Operand<'_>, dtype: DType) -> Result<NodeId> {
        match operand {
            Operand::Number(number) => Ok(self.number(number.to_literal(dtype)?)),
            Operand::Borrowed(array) => self.convert(array.node(), dtype),
            Operand::Owned(array) => self.convert(array.node(), dtype),
        }
    }

    /// An operand as a node of the dtype it has on its own.
    ///
    /// # Errors
    /// As [`Builder::operand_as`].
    pub(crate) fn operand(&mut self, operand: &Operand<'_>) -> Result<NodeId> {
        let dtype = self.arg_type(operand)?.default_dtype();
        self.operand_as(operand, dtype)
    }

    /// Adds an operation whose type follows from its operands.
    ///
    /// # Errors
    /// What [`Op::infer`] says.
    pub(crate) fn op(&mut self, op: impl Into<Op>, operands: &[NodeId]) -> Result<NodeId> {
        self.typed(op.into(), operands, None)
    }

    /// Adds an operation with a declared type.
    ///
    /// # Errors
    /// What [`Op::infer`] says.
    pub(crate) fn declared(&mut self, op: impl Into<Op>, operands: &[NodeId], ty: Type) -> Result<NodeId> {
        self.typed(op.into(), operands, Some(ty))
    }

    fn typed(&mut self, op: Op, operands: &[NodeId], declared: Option<Type>) -> Result<NodeId> {
        let [ty] = self
            .infer(&op, operands, declared.as_ref())?
            .into_inner()
            .map_err(|types| Error::internal(format!("{}: expected one result, got {}", op.name(), types.len())))?;
        Ok(self.add(op, Operands::from_slice(operands), ty, Content::None))
    }

    fn infer(&self, op: &Op, operands: &[NodeId], declared: Option<&Type>) -> Result<Types> {
        let mut types: SmallVec<[&Type; 4]> = SmallVec::new();
        for &operand in operands {
            types.push(self.recorder.ty(operand)?);
        }
        Ok(op.infer(&types, declared)?)
    }

    /// Adds operations with another line of the user's than that of the call.
    pub(super) fn at_line<T>(&mut self, line: SourceLine, add: impl FnOnce(&mut Self) -> T) -> T {
        let own = std::mem::replace(&mut self.line, line);
        let added = add(self);
        self.line = own;
        added
    }

    /// Adds an operation of several results and returns them.
    ///
    /// # Errors
    /// What [`Op::infer`] says.
    pub(crate) fn several(&mut self, op: impl Into<Op>, operands: &[NodeId]) -> Result<Vec<NodeId>> {
        let op = op.into();
        let types = self.infer(&op, operands, None)?;
        let node = self.add(op, Operands::from_slice(operands), types[0].clone(), Content::None);
        types.into_iter().enumerate().map(|(idx, ty)| self.declared(Control::Part { idx }, &[node], ty)).collect()
    }

    fn add(&mut self, op: Op, operands: Operands, ty: Type, leaf: Content) -> NodeId {
        let id = self.recorder.add(op, operands, ty, self.line, leaf);
        self.created.push(id);
        id
    }

    /// A number of the user's: an input of the program.
    pub(crate) fn number(&mut self, literal: Literal) -> NodeId {
        self.add(Leaf::Scalar.into(), Operands::new(), Type::scalar(literal.dtype()), Content::Scalar(literal))
    }

    /// A position that the user wrote: an int64 input of the program.
    pub(crate) fn position(&mut self, position: usize) -> NodeId {
        self.number(Literal::new(position as i64))
    }

    /// A number of a formula: part of the program.
    pub(crate) fn constant(&mut self, literal: Literal) -> NodeId {
        self.add(literal.into(), Operands::new(), Type::scalar(literal.dtype()), Content::None)
    }

    /// A number of a formula, of a dtype.
    pub(crate) fn constant_of(&mut self, number: impl Into<Weak>, dtype: DType) -> NodeId {
        let number: Weak = number.into();
        self.constant(number.saturating_literal(dtype))
    }

    /// A node's values in another dtype; the node itself if it has that dtype.
    ///
    /// # Errors
    /// The error of a node in error.
    pub(crate) fn convert(&mut self, id: NodeId, dtype: DType) -> Result<NodeId> {
        let ty = self.ty(id)?;
        let slot = &self.recorder.graph[id].data;
        match slot.leaf {
            // A number is written anew, as it is where it stands in the code.
            Content::Scalar(literal) if slot.weak => return Ok(self.number(literal.weak().to_literal(dtype)?)),
            _ if ty.dtype == dtype && !slot.weak => return Ok(id),
            _ => {}
        }
        let ty = Type { dtype, shape: ty.shape.clone() };
        self.declared(Elementwise::Convert, &[id], ty)
    }

    /// A row of the table of one operand, with its dtype rule.
    ///
    /// # Errors
    /// `TypeError` if the operation does not take the dtype.
    pub(crate) fn unary(&mut self, op: Unary, operand: &Operand<'_>) -> Result<NodeId> {
        let signature = op.resolve(self.arg_type(operand)?)?;
        let operand = self.operand_as(operand, signature.operand)?;
        self.op(op, &[operand])
    }

    /// A row of the table of two operands, with its dtype rule and broadcasting.
    ///
    /// # Errors
    /// `TypeError`, `ValueError`, `OverflowError` as NumPy raises them.
    pub(crate) fn binary(&mut self, op: Binary, a: &Operand<'_>, b: &Operand<'_>) -> Result<NodeId> {
        let signature = op.resolve(self.arg_type(a)?, self.arg_type(b)?)?;
        let a = self.operand_as(a, signature.operand)?;
        let b = self.operand_as(b, signature.operand)?;
        self.op(op, &[a, b])
    }

    /// A row of the table of two operands, on nodes of one dtype.
    ///
    /// # Errors
    /// What [`Op::infer`] says.
    pub(crate) fn apply(&mut self, op: Binary, a: NodeId, b: NodeId) -> Result<NodeId> {
        self.op(op, &[a, b])
    }

    /// The node broadcast to a shape; the node itself if it has that shape.
    ///
    /// # Errors
    /// `ValueError` if it does not broadcast to it.
    pub(crate) fn broadcast(&mut self, id: NodeId, shape: &Shape) -> Result<NodeId> {
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
    pub(crate) fn reshape(&mut self, id: NodeId, shape: Shape) -> Result<NodeId> {
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
    /// What [`Op::infer`] says.
    pub(crate) fn transpose(&mut self, id: NodeId, permutation: &[usize]) -> Result<NodeId> {
        if permutation.iter().enumerate().all(|(to, &from)| to == from) {
            return Ok(id);
        }
        self.op(Layout::Transpose { permutation: permutation.into() }, &[id])
    }

    /// The node reduced over axes, without any conversion.
    ///
    /// # Errors
    /// What [`Op::infer`] says.
    pub(crate) fn reduce(&mut self, reducer: Reducer, id: NodeId, axes: AxisSet) -> Result<NodeId> {
        self.op(Reduction::Reduce { reducer, axes }, &[id])
    }

    /// Elements of `a` where the condition holds, else of `b`.
    ///
    /// # Errors
    /// What [`Op::infer`] says.
    pub(crate) fn select(&mut self, condition: NodeId, a: NodeId, b: NodeId) -> Result<NodeId> {
        self.op(Elementwise::Select, &[condition, a, b])
    }

    /// A filled array.
    ///
    /// # Errors
    /// What [`Op::infer`] says.
    pub(crate) fn full(&mut self, literal: Literal, shape: &Shape) -> Result<NodeId> {
        let constant = self.constant(literal);
        self.broadcast(constant, shape)
    }

    /// Indices along an axis.
    ///
    /// # Errors
    /// What [`Op::infer`] says.
    pub(crate) fn iota(&mut self, ty: Type, axis: usize) -> Result<NodeId> {
        self.declared(Leaf::Iota { axis }, &[], ty)
    }
}
