//! Errors that only a run can find: an index out of bounds that a program has computed.
//!
//! A program yields, beside its results, an index that is out of bounds, or 0 if there is none. Whoever reads
//! a value looks at those it depends on first, and what is computed from the value takes them over. Knows
//! nothing about how a program finds them.

use std::fmt;
use std::sync::Arc;

use hloom_ir::{Bounds, SourceLine};
use smallvec::SmallVec;

use super::Value;
use crate::{Error, Result};

/// A value that has taken over more checks than this waits for those it took over. Without a bound, a loop
/// whose every round depends on the last would gather those of all rounds.
const MAX_TAKEN_OVER: usize = 16;

/// What is wrong if a check fails.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    /// The axis that the index is not on.
    pub(crate) bounds: Bounds,
    /// Where the operation at fault was recorded.
    pub(crate) origin: Origin,
}

/// Where an operation was recorded.
#[derive(Clone, Debug)]
pub(crate) enum Origin {
    /// In this program.
    Line(SourceLine),
    /// In the program that saved a function.
    Elsewhere(Arc<str>),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Line(line) => line.fmt(f),
            Origin::Elsewhere(text) => text.fmt(f),
        }
    }
}

impl Fault {
    fn error(&self, offender: i64) -> Error {
        let error = Error::from(self.bounds.error(offender));
        match &self.origin {
            Origin::Line(line) => error.at(line, || self.bounds.context()),
            Origin::Elsewhere(text) => error.within(format!("{}, recorded at {text}", self.bounds.context())),
        }
    }
}

/// A condition of a value.
#[derive(Clone)]
pub(crate) struct Check {
    /// A 0-d int64: the index that is out of bounds, or 0.
    pub(crate) offender: Arc<Value>,
    pub(crate) fault: Arc<Fault>,
}

impl Check {
    /// Waits for the run, and returns the error that it found.
    fn verify(&self) -> Result<()> {
        let offender = self.offender.read(|bytes| <[u8; 8]>::try_from(bytes).map(i64::from_ne_bytes))?;
        match offender {
            Ok(0) => Ok(()),
            Ok(offender) => Err(self.fault.error(offender)),
            Err(_) => Err(Error::internal("an index that was checked is no int64")),
        }
    }
}

/// The conditions of a value, in the order in which they are looked at. Most values have none.
#[derive(Clone, Default)]
pub(crate) struct Checks {
    /// Those of the inputs of the program that computes the value, then those of the program.
    list: Option<Arc<[Check]>>,
    n_own: usize,
}

impl Checks {
    /// The conditions that the inputs of a program have. Waits for nothing.
    pub(crate) fn of<'a>(inputs: impl Iterator<Item = &'a Arc<Value>>) -> Checks {
        let mut list: SmallVec<[Check; 4]> = SmallVec::new();
        for input in inputs {
            let taken_over = input.checks();
            for check in taken_over.iter() {
                if !list.iter().any(|known| Arc::ptr_eq(&known.offender, &check.offender)) {
                    list.push(check.clone());
                }
            }
        }
        Checks::from_list(list, 0)
    }

    /// The conditions together with those of the program that takes them over.
    pub(crate) fn and(&self, own: &[Check]) -> Checks {
        Checks::from_list(self.iter().chain(own).cloned(), own.len())
    }

    fn from_list(list: impl IntoIterator<Item = Check>, n_own: usize) -> Checks {
        let list: Arc<[Check]> = list.into_iter().collect();
        Checks { list: (!list.is_empty()).then_some(list), n_own }
    }

    /// Waits for what was taken over, if that is much, and leaves out what holds. Called without any lock, and
    /// before the program is run.
    pub(crate) fn trim(&mut self) {
        let Some(list) = &self.list else { return };
        let (taken_over, own) = list.split_at(list.len() - self.n_own);
        if taken_over.len() > MAX_TAKEN_OVER {
            // One that does not hold is what is reported; those after it would not be looked at.
            let broken = taken_over.iter().find(|check| check.verify().is_err());
            *self = Checks::from_list(broken.into_iter().chain(own).cloned(), self.n_own);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.list.is_none()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Check> {
        self.list.iter().flat_map(|list| list.iter())
    }

    /// Waits for the runs that the value depends on, and returns the first error that they found.
    pub(crate) fn verify(&self) -> Result<()> {
        self.iter().try_for_each(Check::verify)
    }
}

#[cfg(test)]
mod tests {
    use super::MAX_TAKEN_OVER;
    use crate::{NdArray, record};

    fn n_checks(array: &NdArray) -> usize {
        record::lock().value(array.node()).unwrap().checks().iter().count()
    }

    #[test]
    fn a_chain_of_calls_does_not_gather_checks() {
        let permute = crate::jit(|i: NdArray| i.get(&i));
        let mut i = crate::array([1i64, 2, 3, 0]);
        let mut most = 0;
        for _ in 0..200 {
            i = permute.call(&i).unwrap();
            most = most.max(n_checks(&i));
        }
        assert!((2..=MAX_TAKEN_OVER + 1).contains(&most), "{most} checks");
        // What does not hold stays.
        let mut bad = permute.call(crate::array([1i64, 2, 3, 4])).unwrap();
        for _ in 0..100 {
            bad = permute.call(&bad).unwrap();
            assert!((1..=MAX_TAKEN_OVER + 2).contains(&n_checks(&bad)));
        }
        assert!(bad.to_vec::<i64>().is_err());
    }
}
