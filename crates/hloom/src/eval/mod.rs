//! From a piece of graph to values: cache, compile, execute, read. Knows nothing about how operations
//! are recorded, and no HLO.

pub(crate) mod call;
pub(crate) mod device;
pub(crate) mod driver;
pub(crate) mod exit;
mod explain;
mod in_place;
mod pool;
pub(crate) mod program;
mod programs;
mod queue;
pub(crate) mod runtime;
pub(crate) mod stats;
pub(crate) mod value;
pub(crate) mod worker;

pub(crate) use value::{job, join};
