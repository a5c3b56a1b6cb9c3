//! What only the run of a program can tell to hold: whether a position lies on its axis, or the elements of an array
//! keep a rule.
//!
//! A program cannot raise an error. It computes beside its results what would have to be one, and whoever
//! reads a result looks at that first. Knows nothing of how that is done.

use crate::{Error, Type};

/// What is done at positions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Access {
    /// The elements there are read.
    Get,
    /// They are written.
    Set,
    /// They are taken by a function.
    Take,
    /// They are taken along an axis, each place with positions of its own.
    TakeAlongAxis,
    /// They are put there by a function.
    Put,
    /// They are put along an axis, each place with positions of its own.
    PutAlongAxis,
    /// Arrays are chosen from.
    Choose,
    /// Positions on several axes are made one.
    RavelMultiIndex,
    /// One position is made several.
    UnravelIndex,
}

impl Access {
    const ALL: [Access; 9] = [
        Access::Get,
        Access::Set,
        Access::Take,
        Access::TakeAlongAxis,
        Access::Put,
        Access::PutAlongAxis,
        Access::Choose,
        Access::RavelMultiIndex,
        Access::UnravelIndex,
    ];

    /// NumPy's name.
    pub const fn name(self) -> &'static str {
        match self {
            Access::Get => "getitem",
            Access::Set => "setitem",
            Access::Take => "take",
            Access::TakeAlongAxis => "take_along_axis",
            Access::Put => "put",
            Access::PutAlongAxis => "put_along_axis",
            Access::Choose => "choose",
            Access::RavelMultiIndex => "ravel_multi_index",
            Access::UnravelIndex => "unravel_index",
        }
    }

    /// The access of a name.
    pub fn from_name(name: &str) -> Option<Access> {
        Access::ALL.into_iter().find(|access| access.name() == name)
    }

    /// Whether a negative position counts from the end of its axis.
    pub const fn counts_from_end(self) -> bool {
        match self {
            Access::Get | Access::Set | Access::Take | Access::TakeAlongAxis | Access::Put | Access::PutAlongAxis => {
                true
            }
            Access::Choose | Access::RavelMultiIndex | Access::UnravelIndex => false,
        }
    }
}

/// What an [`super::Indexing::Require`] asks of the operands of an operation.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Requirement {
    /// Positions lie on an axis. The offender is the first that does not.
    Position(Bounds),
    /// Elements keep a rule. The offender is 1 if they do not.
    Rule(Rule),
}

impl Requirement {
    /// NumPy's error for an offender.
    pub fn error(&self, offender: i64) -> Error {
        match self {
            Requirement::Position(bounds) => bounds.error(offender),
            Requirement::Rule(rule) => rule.error(),
        }
    }

    /// The operation at fault, with what it is applied to.
    pub fn context(&self) -> String {
        match self {
            Requirement::Position(bounds) => bounds.context(),
            Requirement::Rule(rule) => rule.function().to_owned(),
        }
    }
}

/// Positions along an axis of an array.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Bounds {
    /// What is done at the positions, for messages.
    pub access: Access,
    /// The array that is read or written.
    pub array: Type,
    /// The axis of it that the positions are on. It has at least one element.
    pub axis: usize,
}

impl Bounds {
    /// The extent of the axis.
    pub fn extent(&self) -> usize {
        self.array.shape.get(self.axis).copied().unwrap_or(0)
    }

    /// NumPy's error for a position that is not on the axis.
    pub fn error(&self, position: i64) -> Error {
        let (axis, extent) = (self.axis, self.extent());
        match self.access {
            Access::Get | Access::Set | Access::Take | Access::TakeAlongAxis | Access::Put | Access::PutAlongAxis => {
                Error::index(format!("index {position} is out of bounds for axis {axis} with size {extent}"))
            }
            Access::Choose => Error::value("invalid entry in choice array"),
            Access::RavelMultiIndex => Error::value("invalid entry in coordinates array"),
            Access::UnravelIndex => {
                Error::value(format!("index {position} is out of bounds for array with size {extent}"))
            }
        }
    }

    /// The operation at fault, with what it is applied to.
    pub fn context(&self) -> String {
        format!("{}({})", self.access.name(), self.array)
    }
}

macro_rules! rules {
    ($($(#[doc = $doc:literal])* $name:ident $function:literal $kind:ident $message:literal;)*) => {
        /// Rules for the elements of arrays.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Rule {
            $($(#[doc = $doc])* $name,)*
        }

        impl Rule {
            const ALL: &[Rule] = &[$(Rule::$name),*];

            /// The name by which saved functions refer to it.
            pub const fn name(self) -> &'static str {
                match self { $(Rule::$name => stringify!($name),)* }
            }

            /// NumPy's name of the function that has it.
            pub const fn function(self) -> &'static str {
                match self { $(Rule::$name => $function,)* }
            }

            /// NumPy's error where it is broken.
            pub fn error(self) -> Error {
                match self { $(Rule::$name => Error::$kind($message),)* }
            }
        }
    };
}

// Rule, NumPy's function, kind of error and message.
rules! {
    /// Every slice has an element that is not NaN.
    NanArgMax "nanargmax" value "All-NaN slice encountered";
    /// Every slice has an element that is not NaN.
    NanArgMin "nanargmin" value "All-NaN slice encountered";
    /// Probabilities are from 0 to 1.
    Quantiles "quantile" value "Quantiles must be in the range [0, 1]";
    /// Percentages are from 0 to 100.
    Percentiles "percentile" value "Percentiles must be in the range [0, 100]";
    /// Weights are not negative.
    QuantileWeights "quantile" value "Weights must be non-negative.";
    /// The sum of weights is a positive number.
    QuantileWeightsSum "quantile" value "Weights included NaN, inf or were all zero.";
    /// The sum of weights is not 0.
    AverageWeightsSum "average" zero_division "Weights sum to zero, can't be normalized";
}

impl Rule {
    /// The rule of a name.
    pub fn from_name(name: &str) -> Option<Rule> {
        Rule::ALL.iter().copied().find(|rule| rule.name() == name)
    }
}
