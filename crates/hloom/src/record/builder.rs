//! Adds operations to the graph under the recorder's lock: the vocabulary of [`hloom_transform::Build`], in which NumPy's
//! functions are written, and their operands.
//!
//! A function of several operations records them all through one builder, so that no other thread sees
//! the half of it. Conversion and broadcasting of operands happen here; what is legal is decided by
//! [`hloom_ir::Op::infer`].

use hloom_ir::{
    ArgType, Binary, DType, Elementwise, Graph, Kind, Leaf, Literal, NodeId, Op, Operands, Shape, SourceLine, Type,
    Unary,
};
use hloom_transform::Build;
use smallvec::SmallVec;

use super::{Content, NodeData, Operand, Recorder};
use crate::check::BuildChecks;
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

    /// The nodes that were added. The caller frees those that nothing uses.
    pub(super) fn finish(self) -> SmallVec<[NodeId; 8]> {
        self.created
    }

    /// What is recorded so far.
    pub(crate) fn recorder(&self) -> &Recorder {
        self.recorder
    }

    /// What an operand contributes to promotion.
    ///
    /// # Errors
    /// The error of an array in error.
    pub(crate) fn arg_type(&self, operand: &Operand<'_>) -> Result<ArgType> {
        match operand {
            Operand::Number(number) => Ok(ArgType::Weak(number.kind())),
            Operand::Borrowed(array) => self.recorder.arg_type(array.node()),
            Operand::Owned(array) => self.recorder.arg_type(array.node()),
        }
    }

    /// The shape of an operand.
    ///
    /// # Errors
    /// The error of an array in error.
    pub(crate) fn arg_shape(&self, operand: &Operand<'_>) -> Result<Shape> {
        match operand.as_array() {
            Some(array) => Ok(self.recorder.ty(array.node())?.shape.clone()),
            None => Ok(Shape::scalar()),
        }
    }

    /// Whether an operand is a scalar without a dtype of its own, or stands for one.
    pub(crate) fn is_weak(&self, operand: &Operand<'_>) -> bool {
        operand.as_array().is_none_or(|array| self.recorder.is_weak(array.node()))
    }

    /// Marks a node as a weak scalar if it is 0-d: it takes the dtype of the array that it is combined with. Python's
    /// operators return such scalars for scalars.
    pub(crate) fn mark_weak(&mut self, id: NodeId) {
        let node = &mut self.recorder.graph[id];
        node.data.weak = node.ty.shape.is_empty();
    }

    /// An operand as a node of a dtype: arrays are converted, scalars become inputs of that dtype.
    ///
    /// # Errors
    /// `OverflowError` if an integer does not fit the dtype; the error of an array in error.
    pub(crate) fn operand_as(&mut self, operand: &Operand<'_>, dtype: DType) -> Result<NodeId> {
        match operand {
            Operand::Number(number) => Ok(self.scalar(number.to_literal(dtype)?)),
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

    fn push(&mut self, op: Op, operands: Operands, ty: Type, content: Content) -> NodeId {
        let id = self.recorder.add(op, operands, ty, self.line, content);
        self.created.push(id);
        id
    }

    /// A scalar that the user wrote: an input of the program.
    pub(crate) fn scalar(&mut self, literal: Literal) -> NodeId {
        self.push(Leaf::Scalar.into(), Operands::new(), Type::scalar(literal.dtype()), Content::Scalar(literal))
    }

    /// An integer that the user wrote, and the line it is written in.
    pub(crate) fn integer(&self, id: NodeId) -> Option<(SourceLine, Literal)> {
        let node = &self.recorder.graph[id];
        match node.data.content {
            Content::Scalar(literal) if literal.dtype().is_integer() => Some((node.line, literal)),
            _ => None,
        }
    }

    /// A position that the user wrote: an int64 input of the program.
    pub(crate) fn position(&mut self, position: usize) -> NodeId {
        self.scalar(Literal::new(position as i64))
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
        let b = match b {
            // A third power is computed as products, which the program has to know: as a number that may change it would
            // round otherwise than in a compiled function.
            Operand::Number(number)
                if matches!(op, Binary::Power | Binary::FloatPower)
                    && number.real() == 3.0
                    && signature.operand.kind() == Kind::Float =>
            {
                self.constant(number.to_literal(signature.operand)?)
            }
            _ => self.operand_as(b, signature.operand)?,
        };
        self.op(op, &[a, b])
    }
}

impl Build for Builder<'_> {
    type Error = Error;

    /// # Errors
    /// The error of a node in error.
    fn ty(&self, id: NodeId) -> Result<&Type> {
        self.recorder.ty(id)
    }

    fn add(&mut self, op: Op, operands: Operands, ty: Type) -> NodeId {
        self.push(op, operands, ty, Content::None)
    }

    fn convert(&mut self, id: NodeId, dtype: DType) -> Result<NodeId> {
        let ty = self.ty(id)?;
        let data = &self.recorder.graph[id].data;
        match data.content {
            // A weak scalar is added again, as if it had been written in the other dtype, with the errors that has.
            Content::Scalar(literal) if data.weak => return Ok(self.scalar(literal.weak().to_literal(dtype)?)),
            _ if ty.dtype == dtype && !data.weak => return Ok(id),
            _ => {}
        }
        let ty = Type { dtype, shape: ty.shape.clone() };
        self.declared(Elementwise::Convert, &[id], ty)
    }
}

impl BuildChecks for Builder<'_> {
    type Data = NodeData;

    fn graph(&self) -> &Graph<NodeData> {
        &self.recorder.graph
    }

    fn at_line<T>(&mut self, line: SourceLine, add: impl FnOnce(&mut Self) -> T) -> T {
        let own = std::mem::replace(&mut self.line, line);
        let added = add(self);
        self.line = own;
        added
    }
}
