//! What becomes of positions that are not on their axis.

/// What a function does with a position that is not on its axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum IndexMode {
    /// It is an error; negative positions count from the end.
    #[default]
    Raise,
    /// It is counted round and round, in both directions.
    Wrap,
    /// The nearest position on the axis is taken, the first for negative ones.
    Clip,
}

impl From<std::ops::RangeFull> for IndexMode {
    fn from(_: std::ops::RangeFull) -> IndexMode {
        IndexMode::Raise
    }
}
