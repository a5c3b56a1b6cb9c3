//! What is known of an operation beside its parameters: one row for each, in the file of its family.

/// What is known of an operation. Whoever walks programs asks for this and never for the operation itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The name used in printed graphs and messages.
    pub name: &'static str,
    /// What computing the result again would cost.
    pub cost: Cost,
    /// How many results there are.
    pub results: Results,
    /// Whether the operation reads its operand at places other than the one it writes, so that two different such reads
    /// of one value would compute the value twice in a fused program.
    pub shifts_reads: bool,
    /// Whether reading the result at another place computes something again.
    pub recomputes: Recompute,
    /// How the result, where it is as large as its first operand, can be written where that is.
    pub in_place: InPlace,
    /// What is known of the result's elements as positions along an axis.
    pub positions: Positions,
    /// What is computed, for estimates.
    pub work: Work,
}

impl Facts {
    /// A value that is there.
    pub(super) const AT_HAND: Facts = Facts {
        name: "",
        cost: Cost::Leaf,
        results: Results::One,
        shifts_reads: false,
        recomputes: Recompute::Nothing,
        in_place: InPlace::Never,
        positions: Positions::Unknown,
        work: Work::None,
    };
    /// Computed element by element.
    pub(super) const PER_ELEMENT: Facts = Facts {
        cost: Cost::Cheap,
        recomputes: Recompute::Itself,
        in_place: InPlace::Always,
        work: Work::PerElement,
        ..Facts::AT_HAND
    };
    /// The elements of the operand, in its order.
    pub(super) const VIEW: Facts = Facts {
        cost: Cost::Cheap,
        recomputes: Recompute::Operand,
        in_place: InPlace::Always,
        positions: Positions::OfOperand,
        work: Work::Moves,
        ..Facts::AT_HAND
    };
    /// Computed once and written to memory of its own.
    pub(super) const WRITTEN: Facts = Facts { cost: Cost::Expensive, work: Work::Moves, ..Facts::AT_HAND };
}

/// What an operation costs to compute again, as opposed to keeping its result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cost {
    /// Nothing is computed: the value is at hand.
    Leaf,
    /// Element-wise or a change of layout: cheaper to compute again than to write to memory.
    Cheap,
    /// Worth keeping.
    Expensive,
}

/// How many results an operation has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Results {
    /// One, which its node is the value of.
    One,
    /// Any number: [`super::Control::Part`] takes them apart, and nothing else may read the node.
    Several,
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
    /// It is the operand.
    Itself,
    /// It is the operand with some elements replaced.
    Update,
    /// Each element follows from that in its place, or all are read before the first is written.
    Always,
    /// Elements follow from those at other places, which would be overwritten; or there is no operand.
    Never,
}

/// What is known of elements as positions along an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Positions {
    /// They are positions along this axis of the result.
    AlongResult(usize),
    /// They are positions along this axis of the first operand.
    AlongOperand(usize),
    /// They are elements of the first operand.
    OfOperand,
    /// Nothing.
    Unknown,
}

/// The chains that element-wise operations are links of, whose parts compilers add, multiply or round together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chain {
    /// Sums and differences.
    Sum,
    /// Products.
    Product,
    /// None.
    Other,
}

/// What an operation computes, as far as it is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// Nothing is computed or moved.
    None,
    /// Elements are moved.
    Moves,
    /// An addition, a multiplication or the like for each element of the result.
    PerElement,
    /// A function that takes many additions' time, as exponentials and sines do, for each element of the result.
    Transcendental,
    /// One combination for each element of the operand that vanishes.
    PerReduced,
    /// One combination for each element of the second operand.
    PerUpdate,
    /// As many comparisons for each element of the operand as it takes to find its place along an axis.
    Comparisons {
        /// The axis.
        axis: usize,
    },
    /// A multiplication and an addition for each term of each element of the result.
    Products,
    /// What its regions compute, once each.
    AllRegions,
    /// What one of its regions computes.
    OneRegion,
}
