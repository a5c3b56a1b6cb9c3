//! Typed array graphs: dtypes, promotion, shapes, operations, the graph, its verifier and its printing.
//!
//! Everything that decides whether an operation is legal and which shape and dtype it yields is here,
//! once. This crate knows nothing about HLO, plugins, devices, files or NumPy's function names beyond
//! the names of its own operations.
#![forbid(unsafe_code)]

mod cost;
mod dtype;
mod element;
mod error;
mod graph;
mod literal;
mod op;
mod print;
mod promote;
mod shape;
mod verify;

pub use cost::ProgramCost;
pub use dtype::{DType, Kind};
pub use element::Element;
pub use error::{Error, ErrorKind, Result};
pub use graph::{NodeId, Operands, SourceLine};
pub use literal::{Literal, Weak, WeakKind};
pub use op::*;
pub use promote::{ArgType, Casting, can_cast, promote, result_type};
pub use shape::{MAX_NDIM, Shape, Type, broadcast_shapes, normalize_axes, normalize_axis};
