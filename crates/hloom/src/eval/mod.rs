//! From a piece of graph to values: cache, compile, execute, read. Knows nothing about how operations
//! are recorded, and no HLO.

pub(crate) mod cache;
pub(crate) mod call;
pub(crate) mod check;
pub(crate) mod device;
pub(crate) mod driver;
pub(crate) mod exit;
pub(crate) mod job;
pub(crate) mod join;
pub(crate) mod lru;
mod pool;
pub(crate) mod program;
pub(crate) mod stats;
pub(crate) mod value;
pub(crate) mod worker;
