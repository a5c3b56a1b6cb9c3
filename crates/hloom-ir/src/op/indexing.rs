//! Reading and writing at positions that are known when the program runs.

use std::fmt;

use crate::{ArgType, DType, Error, Result, Shape, Type};

use super::{AxisSet, Binary, Facts, InPlace, Positions, Requirement, Types, Work, declared, exactly, one, require};

/// An operation at positions.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Indexing {
    /// The declared shape cut out of the first operand at a position that is known when the program
    /// runs: one int64 0-d operand for each axis follows.
    DynamicSlice,
    /// The first operand with the second written into it at a position that is known when the program
    /// runs: one int64 0-d operand for each axis follows.
    DynamicUpdateSlice,
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
    /// The first operand as it is, if a requirement is met. The second, a 0-d int64, is what is wrong, such as a position
    /// that does not lie on its axis, or 0 if nothing is: what depends on the first is then in error.
    Require(Box<Requirement>),
}

impl Indexing {
    #[inline]
    pub(super) const fn facts(&self) -> Facts {
        const UPDATED: Facts = Facts { in_place: InPlace::Update, ..Facts::WRITTEN };
        match self {
            Indexing::DynamicSlice => {
                Facts { name: "dynamic_slice", shifts_reads: true, in_place: InPlace::Never, ..Facts::VIEW }
            }
            Indexing::DynamicUpdateSlice => Facts { name: "dynamic_update_slice", ..UPDATED },
            Indexing::Gather(_) => Facts { name: "gather", positions: Positions::OfOperand, ..Facts::WRITTEN },
            Indexing::Scatter { .. } => Facts { name: "scatter", work: Work::PerUpdate, ..UPDATED },
            Indexing::Require(_) => {
                Facts { name: "require", in_place: InPlace::Itself, work: Work::None, ..Facts::VIEW }
            }
        }
    }

    pub(super) fn infer(&self, operands: &[&Type], given: Option<&Type>) -> Result<Types> {
        let name = self.facts().name;
        one(match self {
            Indexing::DynamicSlice => infer_dynamic_slice(operands, declared(name, given)?),
            Indexing::DynamicUpdateSlice => infer_dynamic_update_slice(operands),
            Indexing::Gather(dims) => infer_gather(operands, *dims),
            Indexing::Scatter { dims, combine } => infer_scatter(operands, *dims, *combine),
            Indexing::Require(requirement) => infer_require(exactly(name, operands)?, requirement),
        })
    }

    pub(super) fn parameters(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Indexing::DynamicSlice | Indexing::DynamicUpdateSlice => Ok(()),
            Indexing::Gather(dims) => write!(f, " {{axes={} position={}}}", dims.axes, dims.position),
            Indexing::Scatter { dims, combine } => {
                write!(f, " {{axes={} position={} combine={}}}", dims.axes, dims.position, combine.name())
            }
            Indexing::Require(requirement) => match &**requirement {
                Requirement::Position(bounds) => write!(f, " {{axis={} of {}}}", bounds.axis, bounds.array),
                Requirement::Rule(rule) => write!(f, " {{{}}}", rule.name()),
            },
        }
    }
}

/// Which axes index arrays apply to, and where their shape appears in the result.
///
/// `axes.len()` index arrays of one shape `S` name positions along `axes`, in ascending order. The
/// gathered array has the remaining axes in their order with `S` put in before the one at `position`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct IndexDims {
    /// The indexed axes of the array.
    pub axes: AxisSet,
    /// The number of remaining axes that come before the shape of the index arrays.
    pub position: usize,
}

/// What a [`Indexing::Scatter`] does with the old value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Combine {
    /// The new value replaces it.
    Set,
    /// The result of an operation on it and the new value does.
    By {
        /// The operation, of which the old value is the first operand.
        op: Binary,
        /// The dtype that each result is converted to before it becomes an old value.
        kept: DType,
    },
}

impl Combine {
    /// What is done, as printed graphs show it.
    const fn name(self) -> &'static str {
        match self {
            Combine::Set => "set",
            Combine::By { op, .. } => op.name(),
        }
    }

    /// Whether an array of a dtype can be updated so.
    fn takes(self, dtype: DType) -> bool {
        match self {
            Combine::Set => true,
            Combine::By { op, .. } => {
                let signature = op.resolve(ArgType::Strong(dtype), ArgType::Strong(dtype));
                // Logical operations ask elements of any dtype for their truth.
                signature.is_ok_and(|signature| matches!(signature.operand, DType::Bool) || signature.operand == dtype)
            }
        }
    }
}

/// The shape that indexing an array of `shape` with index arrays of `index_shape` yields.
fn gathered_shape(shape: &[usize], dims: IndexDims, index_shape: &[usize]) -> Shape {
    let rest = (0..shape.len()).filter(|&axis| !dims.axes.contains(axis)).map(|axis| shape[axis]);
    rest.clone().take(dims.position).chain(index_shape.iter().copied()).chain(rest.skip(dims.position)).collect()
}

fn check_indices<'a>(name: &str, array: &Type, dims: IndexDims, indices: &[&'a Type]) -> Result<&'a Type> {
    let ndim = array.shape.ndim();
    let axes_exist = dims.axes.iter().all(|axis| axis < ndim) && !dims.axes.is_empty();
    require(name, axes_exist && dims.position <= ndim - dims.axes.len(), || format!("axes of {array}, got {dims:?}"))?;
    let alike = indices.len() == dims.axes.len()
        && indices.iter().all(|index| index.dtype == DType::I64 && index.shape == indices[0].shape);
    require(name, alike, || format!("{} int64 index arrays of one shape, got {indices:?}", dims.axes.len()))?;
    Ok(indices[0])
}

fn infer_gather(operands: &[&Type], dims: IndexDims) -> Result<Type> {
    let [array, indices @ ..] = operands else {
        return Err(Error::internal("gather: expected an array and indices, got nothing"));
    };
    let index = check_indices("gather", array, dims, indices)?;
    let shape = gathered_shape(&array.shape, dims, &index.shape);
    Ok(Type { dtype: array.dtype, shape })
}

fn infer_scatter(operands: &[&Type], dims: IndexDims, combine: Combine) -> Result<Type> {
    let [array, updates, indices @ ..] = operands else {
        return Err(Error::internal("scatter: expected an array, updates and indices"));
    };
    let index = check_indices("scatter", array, dims, indices)?;
    let shape = gathered_shape(&array.shape, dims, &index.shape);
    require("scatter", **updates == Type { dtype: array.dtype, shape: shape.clone() }, || {
        format!("updates of {}{shape}, got {updates}", array.dtype)
    })?;
    require("scatter", combine.takes(array.dtype), || format!("an array that {combine:?} takes, got {array}"))?;
    Ok((*array).clone())
}

fn check_starts(name: &str, array: &Type, starts: &[&Type]) -> Result<()> {
    let legal = starts.len() == array.shape.ndim() && starts.iter().all(|start| **start == Type::scalar(DType::I64));
    require(name, legal, || format!("an int64 start for each axis of {array}, got {starts:?}"))
}

fn check_within(name: &str, array: &Type, part: &Type) -> Result<()> {
    let fits = part.dtype == array.dtype
        && part.shape.ndim() == array.shape.ndim()
        && part.shape.iter().zip(array.shape.iter()).all(|(part, whole)| part <= whole);
    require(name, fits, || format!("a part of {array}, got {part}"))
}

fn infer_dynamic_slice(operands: &[&Type], declared: &Type) -> Result<Type> {
    let [array, starts @ ..] = operands else {
        return Err(Error::internal("dynamic_slice: expected an array and starts, got nothing"));
    };
    check_starts("dynamic_slice", array, starts)?;
    check_within("dynamic_slice", array, declared)?;
    Ok(declared.clone())
}

fn infer_dynamic_update_slice(operands: &[&Type]) -> Result<Type> {
    let [array, update, starts @ ..] = operands else {
        return Err(Error::internal("dynamic_update_slice: expected an array, an update and starts"));
    };
    check_starts("dynamic_update_slice", array, starts)?;
    check_within("dynamic_update_slice", array, update)?;
    Ok((*array).clone())
}

fn infer_require([value, offender]: [&Type; 2], requirement: &Requirement) -> Result<Type> {
    require("require", *offender == Type::scalar(DType::I64), || format!("a 0-d int64 as offender, got {offender}"))?;
    // A position of 0 stands for none that is out of bounds, so that it must not be one itself.
    if let Requirement::Position(bounds) = requirement {
        require("require", bounds.extent() > 0, || format!("an axis with elements, got {bounds:?}"))?;
    }
    Ok(value.clone())
}
