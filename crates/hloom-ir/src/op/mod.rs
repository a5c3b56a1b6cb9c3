//! The operations of a graph. One definition decides what an operation takes and yields.
//!
//! Element-wise operations are rows of the tables in [`unary`] and [`binary`]; every other family has
//! a file of its own. Nothing here knows how an operation is computed.

mod arg_reduce;
mod binary;
mod check;
mod index;
mod reduce;
mod structural;
mod unary;

use crate::region::{self, Switch, While};
use crate::{DType, Error, Literal, Result, Shape, Type, broadcast_shapes};

pub use arg_reduce::Extreme;
pub use binary::Binary;
pub use check::{Access, Bounds};
pub use index::{Combine, IndexDims};
pub use reduce::{Reducer, mean_signature};
pub use structural::{DotDims, PadDims, SliceDims};
pub use unary::Unary;

/// The most axes an array may have, as in NumPy.
pub const MAX_NDIM: usize = 64;

/// A set of axes. Iterates in ascending order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct AxisSet(u64);

impl AxisSet {
    /// All axes of an array of `ndim` axes.
    pub fn all(ndim: usize) -> AxisSet {
        (0..ndim).collect()
    }

    /// Whether the axis is in the set.
    pub const fn contains(self, axis: usize) -> bool {
        axis < MAX_NDIM && self.0 >> axis & 1 == 1
    }

    /// The number of axes in the set.
    pub const fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// Whether the set has no axis.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The axes in ascending order.
    pub fn iter(self) -> impl Iterator<Item = usize> + Clone {
        (0..MAX_NDIM).filter(move |&axis| self.contains(axis))
    }

    /// The set as a bit mask, axis 0 lowest.
    pub const fn bits(self) -> u64 {
        self.0
    }
}

impl FromIterator<usize> for AxisSet {
    /// Axes from [`MAX_NDIM`] on are left out: no array has them.
    fn from_iter<I: IntoIterator<Item = usize>>(axes: I) -> AxisSet {
        AxisSet(axes.into_iter().filter(|&axis| axis < MAX_NDIM).fold(0, |bits, axis| bits | 1 << axis))
    }
}

/// The dtypes an element-wise operation computes with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signature {
    /// What every operand is converted to.
    pub operand: DType,
    /// What the operation yields.
    pub result: DType,
}

impl Signature {
    const fn uniform(dtype: DType) -> Signature {
        Signature { operand: dtype, result: dtype }
    }
}

/// One operation.
///
/// An operation with a *declared* type says what it yields through its node's type: the result of
/// `Reshape` is the node's shape. For every other the type follows from the operands
/// ([`Op::infer`]).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Op {
    /// An array known before the program runs. No operands; declared type.
    Input,
    /// A number written by the user: an input of the program, never part of its identity. No
    /// operands; declared 0-d type.
    Scalar,
    /// A number of a formula. No operands; 0-d.
    Constant(Literal),
    /// Each element is its index along `axis`. No operands; declared type of any dtype but bool.
    Iota {
        /// The axis that is counted along.
        axis: usize,
    },
    /// A row of [`crate::unary_ops!`] on one operand.
    Unary(Unary),
    /// A row of [`crate::binary_ops!`] on two operands of one dtype, which broadcast.
    Binary(Binary),
    /// The operand's values in the declared dtype, as `astype` converts.
    Convert,
    /// Elements of the second operand where the first is true, else of the third; all broadcast.
    Select,
    /// The operand broadcast to the declared shape by NumPy's rule.
    Broadcast,
    /// The operand's elements in row-major order under the declared shape.
    Reshape,
    /// The operand with axis `permutation[i]` as its axis `i`.
    Transpose {
        /// For each axis of the result, the operand's axis.
        permutation: Box<[usize]>,
    },
    /// Every `stride`-th element from `start` to before `limit`, for each axis.
    Slice(Box<SliceDims>),
    /// The operand with the order of elements along some axes reversed.
    Reverse {
        /// The reversed axes.
        axes: AxisSet,
    },
    /// The declared shape cut out of the first operand at a position that is known when the program
    /// runs: one int64 0-d operand for each axis follows.
    DynamicSlice,
    /// The first operand with the second written into it at a position that is known when the program
    /// runs: one int64 0-d operand for each axis follows.
    DynamicUpdateSlice,
    /// The first operand surrounded, and its elements set apart, by the second, which is 0-d.
    Pad(Box<PadDims>),
    /// The operands one after another along an axis.
    Concatenate {
        /// The axis that grows.
        axis: usize,
    },
    /// The elements of the first operand that int64 index arrays of one shape name.
    Gather(IndexDims),
    /// The first operand with the second combined into the places that int64 index arrays name. Where
    /// a place is named twice, `Set` keeps the last.
    Scatter {
        /// Where the indices apply.
        dims: IndexDims,
        /// What happens to the old value.
        combine: Combine,
    },
    /// The operand's elements along some axes made one by an associative operation.
    Reduce {
        /// The associative operation.
        reducer: Reducer,
        /// The axes that vanish.
        axes: AxisSet,
    },
    /// Where along an axis the extreme elements of the operand are, as int64.
    ArgReduce {
        /// Which elements.
        extreme: Extreme,
        /// The axis that vanishes.
        axis: usize,
    },
    /// Sums of products over contracted axes of two operands of one dtype.
    Dot(Box<DotDims>),
    /// The first operand as it is. The second, a 0-d int64, is an index that is out of bounds, or 0 if there is
    /// none: what depends on the first is then in error.
    Checked(Box<Bounds>),
    /// The state that a body leaves once a condition does not hold for it. The operands are the state at the
    /// beginning and what the loop reads beside it; several results, the state.
    While(Box<While>),
    /// What one of some branches computes. The first operand, a 0-d int32 or bool, chooses; the others are the
    /// branches' inputs. Several results. Numbers that name no branch choose the last.
    Switch(Box<Switch>),
    /// One result of an operation that has several; declared type.
    Part {
        /// Which.
        idx: usize,
    },
}

/// What an operation costs to compute again, as opposed to keeping its result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cost {
    /// Nothing is computed: the value is at hand.
    Leaf,
    /// Element-wise or a change of layout: cheaper to compute again than to write to memory.
    Cheap,
    /// Worth keeping.
    Dear,
}

/// What a fused program computes again when it reads a result at another place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recompute {
    /// The operation.
    Itself,
    /// What the operation's first operand computes.
    Operand,
    /// Nothing: the result is in memory, or follows from its place.
    Nothing,
}

/// How a result can take the place of the operand that it follows from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InPlace {
    /// It is the operand, of which some elements may be replaced.
    Update,
    /// Each element follows from that in its place, or all are read before the first is written.
    Always,
    /// Elements follow from those at other places, which would be overwritten.
    Never,
}

/// What is known of elements as positions along an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Positions {
    /// They are at least 0 and below this.
    Below(usize),
    /// They are elements of the first operand.
    OfOperand,
    /// Nothing.
    Unknown,
}

impl Op {
    /// The name used in printed graphs and messages.
    pub const fn name(&self) -> &'static str {
        match self {
            Op::Input => "input",
            Op::Scalar => "scalar",
            Op::Constant(_) => "constant",
            Op::Iota { .. } => "iota",
            Op::Unary(op) => op.name(),
            Op::Binary(op) => op.name(),
            Op::Convert => "convert",
            Op::Select => "select",
            Op::Broadcast => "broadcast",
            Op::Reshape => "reshape",
            Op::Transpose { .. } => "transpose",
            Op::Slice(_) => "slice",
            Op::Reverse { .. } => "reverse",
            Op::DynamicSlice => "dynamic_slice",
            Op::DynamicUpdateSlice => "dynamic_update_slice",
            Op::Pad(_) => "pad",
            Op::Concatenate { .. } => "concatenate",
            Op::Gather(_) => "gather",
            Op::Scatter { .. } => "scatter",
            Op::Reduce { reducer, .. } => reducer.name(),
            Op::ArgReduce { extreme, .. } => extreme.name(),
            Op::Dot(_) => "dot",
            Op::Checked(_) => "checked",
            Op::While(_) => "while",
            Op::Switch(_) => "switch",
            Op::Part { .. } => "part",
        }
    }

    /// What computing the result again would cost.
    pub const fn cost(&self) -> Cost {
        match self {
            Op::Input | Op::Scalar | Op::Constant(_) => Cost::Leaf,
            Op::Iota { .. }
            | Op::Unary(_)
            | Op::Binary(_)
            | Op::Convert
            | Op::Select
            | Op::Broadcast
            | Op::Reshape
            | Op::Transpose { .. }
            | Op::Slice(_)
            | Op::Reverse { .. }
            | Op::DynamicSlice
            | Op::Pad(_)
            | Op::Checked(_) => Cost::Cheap,
            Op::DynamicUpdateSlice
            | Op::Concatenate { .. }
            | Op::Gather(_)
            | Op::Scatter { .. }
            | Op::Reduce { .. }
            | Op::ArgReduce { .. }
            | Op::Dot(_)
            | Op::While(_)
            | Op::Switch(_)
            | Op::Part { .. } => Cost::Dear,
        }
    }

    /// Whether the operation reads its operand at places other than the one it writes, so that two
    /// different such reads of one value would compute the value twice in a fused program.
    pub const fn shifts_reads(&self) -> bool {
        match self {
            Op::Slice(_) | Op::DynamicSlice | Op::Pad(_) | Op::Reverse { .. } | Op::Concatenate { .. } => true,
            Op::Input
            | Op::Scalar
            | Op::Constant(_)
            | Op::Iota { .. }
            | Op::Unary(_)
            | Op::Binary(_)
            | Op::Convert
            | Op::Select
            | Op::Broadcast
            | Op::Reshape
            | Op::Transpose { .. }
            | Op::DynamicUpdateSlice
            | Op::Gather(_)
            | Op::Scatter { .. }
            | Op::Reduce { .. }
            | Op::ArgReduce { .. }
            | Op::Dot(_)
            | Op::Checked(_)
            | Op::While(_)
            | Op::Switch(_)
            | Op::Part { .. } => false,
        }
    }

    /// Whether reading the result at another place computes something again: an element-wise operation
    /// does, one that moves elements if what it moves does, a kept or constant value does not.
    pub const fn recomputes(&self) -> Recompute {
        match self {
            Op::Unary(_) | Op::Binary(_) | Op::Convert | Op::Select => Recompute::Itself,
            Op::Broadcast
            | Op::Reshape
            | Op::Transpose { .. }
            | Op::Slice(_)
            | Op::Reverse { .. }
            | Op::DynamicSlice
            | Op::Pad(_)
            | Op::Checked(_) => Recompute::Operand,
            Op::Input
            | Op::Scalar
            | Op::Constant(_)
            | Op::Iota { .. }
            | Op::DynamicUpdateSlice
            | Op::Concatenate { .. }
            | Op::Gather(_)
            | Op::Scatter { .. }
            | Op::Reduce { .. }
            | Op::ArgReduce { .. }
            | Op::Dot(_)
            | Op::While(_)
            | Op::Switch(_)
            | Op::Part { .. } => Recompute::Nothing,
        }
    }

    /// How the result, where it is as large as its first operand, can be written where that is.
    pub const fn in_place(&self) -> InPlace {
        match self {
            Op::DynamicUpdateSlice | Op::Scatter { .. } | Op::Checked(_) => InPlace::Update,
            Op::Slice(_)
            | Op::DynamicSlice
            | Op::Pad(_)
            | Op::Reverse { .. }
            | Op::Concatenate { .. }
            | Op::Transpose { .. }
            | Op::Gather(_)
            | Op::Dot(_) => InPlace::Never,
            Op::Input
            | Op::Scalar
            | Op::Constant(_)
            | Op::Iota { .. }
            | Op::Unary(_)
            | Op::Binary(_)
            | Op::Convert
            | Op::Select
            | Op::Broadcast
            | Op::Reshape
            | Op::Reduce { .. }
            | Op::ArgReduce { .. }
            | Op::While(_)
            | Op::Switch(_)
            | Op::Part { .. } => InPlace::Always,
        }
    }

    /// What is known of the result's elements as positions, of operands of types.
    pub fn positions(&self, operands: &[&Type], result: &Type) -> Positions {
        let extent = |ty: Option<&Type>, axis: usize| ty.and_then(|ty| ty.shape.get(axis)).copied();
        let below = |extent: Option<usize>| extent.map_or(Positions::Unknown, Positions::Below);
        match self {
            Op::Iota { axis } => below(extent(Some(result), *axis)),
            Op::ArgReduce { axis, .. } => below(extent(operands.first().copied(), *axis)),
            Op::Broadcast
            | Op::Reshape
            | Op::Transpose { .. }
            | Op::Slice(_)
            | Op::Reverse { .. }
            | Op::DynamicSlice
            | Op::Gather(_)
            | Op::Checked(_) => Positions::OfOperand,
            Op::Input
            | Op::Scalar
            | Op::Constant(_)
            | Op::Unary(_)
            | Op::Binary(_)
            | Op::Convert
            | Op::Select
            | Op::DynamicUpdateSlice
            | Op::Pad(_)
            | Op::Concatenate { .. }
            | Op::Scatter { .. }
            | Op::Reduce { .. }
            | Op::Dot(_)
            | Op::While(_)
            | Op::Switch(_)
            | Op::Part { .. } => Positions::Unknown,
        }
    }

    /// The result type that follows from the operands; for operations with a declared type, that type
    /// if it is possible.
    ///
    /// # Errors
    /// In NumPy's kind and wording where a user can cause it, else [`crate::ErrorKind::Internal`].
    pub fn infer(&self, operands: &[&Type], declared: Option<&Type>) -> Result<Type> {
        let ty = self.infer_unchecked(operands, declared)?;
        ty.shape.check()?;
        Ok(ty)
    }

    fn infer_unchecked(&self, operands: &[&Type], declared: Option<&Type>) -> Result<Type> {
        match self {
            Op::Input => self.leaf(operands, declared),
            Op::Scalar => {
                let ty = self.leaf(operands, declared)?;
                self.require(ty.shape.is_empty(), || format!("a 0-d type, got {ty}"))?;
                Ok(ty)
            }
            Op::Constant(literal) => self.leaf(operands, Some(&Type::scalar(literal.dtype()))),
            Op::Iota { axis } => {
                let ty = self.leaf(operands, declared)?;
                self.require(*axis < ty.shape.ndim(), || format!("an axis of {ty}, got {axis}"))?;
                self.require(ty.dtype != DType::Bool, || format!("a number type, got {ty}"))?;
                Ok(ty)
            }
            Op::Unary(op) => {
                let [operand] = self.operands(operands)?;
                let signature = op.resolve(operand.dtype.into())?;
                self.require(signature.operand == operand.dtype, || {
                    format!("an operand of {}, got {operand}", signature.operand)
                })?;
                Ok(Type { dtype: signature.result, shape: operand.shape.clone() })
            }
            Op::Binary(op) => {
                let [a, b] = self.operands(operands)?;
                let signature = op.resolve(a.dtype.into(), b.dtype.into())?;
                self.require(signature.operand == a.dtype && a.dtype == b.dtype, || {
                    format!("operands of {}, got {a} and {b}", signature.operand)
                })?;
                let shape = broadcast(&[a, b])?;
                Ok(Type { dtype: signature.result, shape })
            }
            Op::Select => {
                let [predicate, a, b] = self.operands(operands)?;
                self.require(predicate.dtype == DType::Bool, || format!("a bool condition, got {predicate}"))?;
                self.require(a.dtype == b.dtype, || format!("choices of one dtype, got {a} and {b}"))?;
                Ok(Type { dtype: a.dtype, shape: broadcast(&[predicate, a, b])? })
            }
            Op::Convert => {
                let ([operand], declared) = (self.operands(operands)?, self.declared(declared)?);
                self.require(operand.shape == declared.shape, || format!("shape {}, got {declared}", operand.shape))?;
                Ok(declared.clone())
            }
            Op::Broadcast => structural::infer_broadcast(self.operands(operands)?, self.declared(declared)?),
            Op::Reshape => structural::infer_reshape(self.operands(operands)?, self.declared(declared)?),
            Op::Transpose { permutation } => structural::infer_transpose(self.operands(operands)?, permutation),
            Op::Slice(dims) => structural::infer_slice(self.operands(operands)?, dims),
            Op::Reverse { axes } => {
                let [operand] = self.operands(operands)?;
                self.require(axes.iter().all(|axis| axis < operand.shape.ndim()), || {
                    format!("axes of {operand}, got {axes:?}")
                })?;
                Ok(operand.clone())
            }
            Op::Pad(dims) => structural::infer_pad(self.operands(operands)?, dims),
            Op::Concatenate { axis } => structural::infer_concatenate(operands, *axis),
            Op::DynamicSlice => index::infer_dynamic_slice(operands, self.declared(declared)?),
            Op::DynamicUpdateSlice => index::infer_dynamic_update_slice(operands),
            Op::Gather(dims) => index::infer_gather(operands, *dims),
            Op::Scatter { dims, .. } => index::infer_scatter(operands, *dims),
            Op::Reduce { reducer, axes } => reduce::infer(self.operands(operands)?, *reducer, *axes),
            Op::ArgReduce { extreme, axis } => arg_reduce::infer(self.operands(operands)?, *extreme, *axis),
            Op::Dot(dims) => structural::infer_dot(self.operands(operands)?, dims),
            Op::Checked(bounds) => check::infer(self.operands(operands)?, bounds),
            Op::While(parts) => region::infer_while(operands, parts),
            Op::Switch(parts) => region::infer_switch(operands, parts),
            Op::Part { .. } => {
                // The operand's node has the type of its first result; the verifier compares the others.
                let [_] = self.operands(operands)?;
                self.declared(declared).cloned()
            }
        }
    }

    fn leaf(&self, operands: &[&Type], declared: Option<&Type>) -> Result<Type> {
        let [] = self.operands(operands)?;
        self.declared(declared).cloned()
    }

    fn declared<'a>(&self, declared: Option<&'a Type>) -> Result<&'a Type> {
        declared.ok_or_else(|| Error::internal(format!("{}: expected a declared type", self.name())))
    }

    fn operands<'a, const N: usize>(&self, operands: &[&'a Type]) -> Result<[&'a Type; N]> {
        operands
            .try_into()
            .map_err(|_| Error::internal(format!("{}: expected {N} operands, got {}", self.name(), operands.len())))
    }

    fn require(&self, holds: bool, expected: impl FnOnce() -> String) -> Result<()> {
        require(self.name(), holds, expected)
    }
}

fn require(name: &str, holds: bool, expected: impl FnOnce() -> String) -> Result<()> {
    if holds { Ok(()) } else { Err(Error::internal(format!("{name}: expected {}", expected()))) }
}

fn broadcast(operands: &[&Type]) -> Result<Shape> {
    if operands.windows(2).all(|pair| pair[0].shape == pair[1].shape) {
        return Ok(operands[0].shape.clone());
    }
    broadcast_shapes(operands.iter().map(|ty| &*ty.shape))
}

fn not_supported(name: &str) -> Error {
    Error::type_(format!(
        "ufunc '{name}' not supported for the input types, and the inputs could not be safely coerced \
         to any supported types according to the casting rule ''safe''"
    ))
}
