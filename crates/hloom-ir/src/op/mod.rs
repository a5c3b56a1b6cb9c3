//! The operations of a graph. One definition decides what an operation takes and yields.
//!
//! Operations come in families, and each family has a file: its operations with their parameters, one row of [`Facts`] for
//! each, what types they take and yield, and how their parameters are printed. Element-wise operations of one and two
//! operands are rows of the tables in [`unary`] and [`binary`]. The programs that loops and choices run, made of operations in
//! turn, are in [`program`] and [`region`]. Nothing here knows how an operation is computed.

mod axis_set;
mod binary;
mod contraction;
mod control;
mod elementwise;
mod facts;
mod indexing;
mod layout;
mod leaf;
mod program;
mod reduction;
mod region;
mod requirement;
mod signature;
mod sort;
mod unary;

use std::fmt;
use std::hash::{Hash, Hasher};

use smallvec::SmallVec;

use crate::{Error, Result, Type};

pub use axis_set::AxisSet;
pub use binary::Binary;
pub use contraction::{Contraction, DotDims};
pub use control::{Control, Switch, While};
pub use elementwise::Elementwise;
pub use facts::{Chain, Cost, Facts, InPlace, Positions, Recompute, Results, Work};
pub use indexing::{Combine, IndexDims, Indexing};
pub use layout::{Layout, PadDims, SliceDims};
pub use leaf::Leaf;
pub use program::{Graph, Node, Program};
pub use reduction::{Extreme, Reducer, Reduction, mean_signature};
pub use region::Region;
pub use requirement::{Access, Bounds, Requirement, Rule};
pub use signature::{Signature, not_supported};
pub use sort::Sort;
pub use unary::{Unary, real_float};

/// The types of an operation's results; nearly always one.
pub type Types = SmallVec<[Type; 1]>;

/// One operation, by its family.
///
/// An operation with a *declared* type says what it yields through its node's type: the result of
/// `Reshape` is the node's shape. For every other the type follows from the operands
/// ([`Op::infer`]).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Op {
    /// What a graph begins with.
    Leaf(Leaf),
    /// Computed element by element.
    Elementwise(Elementwise),
    /// Elements moved.
    Layout(Layout),
    /// Reading and writing at positions.
    Indexing(Indexing),
    /// Many elements made one.
    Reduction(Reduction),
    /// Elements in order.
    Sort(Sort),
    /// Sums of products.
    Contraction(Contraction),
    /// Loops and choices.
    Control(Control),
}

macro_rules! operations {
    ($($family:ident)*) => { $(
        impl From<$family> for Op {
            fn from(op: $family) -> Op {
                Op::$family(op)
            }
        }
    )* };
}

impl Hash for Op {
    // As for the facts: keys of programs are made of this.
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        if let Op::Elementwise(op) = self {
            std::mem::discriminant(self).hash(state);
            op.hash(state);
        } else {
            self.hash_any(state);
        }
    }
}

operations!(Leaf Elementwise Layout Indexing Reduction Sort Contraction Control);

impl Op {
    /// What is known of the operation.
    // Asked for of every operation that is read. Of element-wise ones, which most are, that is short enough to be made part of
    // the caller, who as a rule needs one or two of the facts.
    #[inline]
    pub const fn facts(&self) -> Facts {
        if let Op::Elementwise(op) = self { op.facts() } else { self.facts_of_any() }
    }

    fn hash_any<H: Hasher>(&self, state: &mut H) {
        std::mem::discriminant(self).hash(state);
        match self {
            Op::Leaf(op) => op.hash(state),
            Op::Elementwise(op) => op.hash(state),
            Op::Layout(op) => op.hash(state),
            Op::Indexing(op) => op.hash(state),
            Op::Reduction(op) => op.hash(state),
            Op::Sort(op) => op.hash(state),
            Op::Contraction(op) => op.hash(state),
            Op::Control(op) => op.hash(state),
        }
    }

    const fn facts_of_any(&self) -> Facts {
        match self {
            Op::Leaf(op) => op.facts(),
            Op::Elementwise(op) => op.facts(),
            Op::Layout(op) => op.facts(),
            Op::Indexing(op) => op.facts(),
            Op::Reduction(op) => op.facts(),
            Op::Sort(op) => op.facts(),
            Op::Contraction(op) => op.facts(),
            Op::Control(op) => op.facts(),
        }
    }

    /// Whether the result is at hand: nothing is computed. Only of leaves it can be, so that the facts of others, which are
    /// asked for whenever something is recorded, need not be put together.
    #[inline]
    pub const fn is_at_hand(&self) -> bool {
        matches!(self, Op::Leaf(op) if matches!(op.facts().cost, Cost::Leaf))
    }

    /// The name used in printed graphs and messages.
    pub const fn name(&self) -> &'static str {
        self.facts().name
    }

    /// The types of the results that follow from the operands; for operations with a declared type, that type if it is
    /// possible. There is at least one.
    ///
    /// # Errors
    /// In NumPy's kind and wording where a user can cause it, else [`crate::ErrorKind::Internal`].
    pub fn infer(&self, operands: &[&Type], declared: Option<&Type>) -> Result<Types> {
        let types = match self {
            Op::Leaf(op) => op.infer(operands, declared),
            Op::Elementwise(op) => op.infer(operands, declared),
            Op::Layout(op) => op.infer(operands, declared),
            Op::Indexing(op) => op.infer(operands, declared),
            Op::Reduction(op) => op.infer(operands),
            Op::Sort(op) => op.infer(operands),
            Op::Contraction(op) => op.infer(operands),
            Op::Control(op) => op.infer(operands, declared),
        };
        for ty in types.iter().flatten() {
            ty.shape.check()?;
        }
        types
    }

    /// The programs that the operation runs.
    pub fn regions(&self) -> SmallVec<[&Region; 2]> {
        if let Op::Control(op) = self { op.regions() } else { SmallVec::new() }
    }

    /// The operation with other programs in the place of those that it runs.
    pub fn with_regions(&self, f: impl FnMut(&Region) -> Region) -> Op {
        if let Op::Control(op) = self { op.with_regions(f).into() } else { self.clone() }
    }

    /// The operation's parameters as they are printed after its operands.
    pub(crate) fn write_parameters(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Op::Leaf(op) => op.parameters(f),
            Op::Elementwise(op) => op.parameters(f),
            Op::Layout(op) => op.parameters(f),
            Op::Indexing(op) => op.parameters(f),
            Op::Reduction(op) => op.parameters(f),
            Op::Sort(op) => op.parameters(f),
            Op::Contraction(op) => op.parameters(f),
            Op::Control(op) => op.parameters(f),
        }
    }
}

/// The types of a single result.
#[inline(always)]
fn one(ty: Result<Type>) -> Result<Types> {
    ty.map(|ty| Types::from_buf([ty]))
}

/// The types of several results, of which there has to be one: a node has the type of the first.
fn several(name: &str, results: Vec<Type>) -> Result<Types> {
    require(name, !results.is_empty(), || "at least one result".to_owned())?;
    Ok(results.into())
}

/// As many operands as an operation takes.
#[inline(always)]
fn exactly<'a, const N: usize>(name: &str, operands: &[&'a Type]) -> Result<[&'a Type; N]> {
    let n_given = operands.len();
    operands.try_into().map_err(|_| Error::internal(format!("{name}: expected {N} operands, got {n_given}")))
}

/// The type that a node declares.
fn declared<'a>(name: &str, given: Option<&'a Type>) -> Result<&'a Type> {
    given.ok_or_else(|| Error::internal(format!("{name}: expected a declared type")))
}

fn require(name: &str, holds: bool, expected: impl FnOnce() -> String) -> Result<()> {
    if holds { Ok(()) } else { Err(Error::internal(format!("{name}: expected {}", expected()))) }
}
