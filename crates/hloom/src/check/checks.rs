//! The door of evaluation: the checks that a value depends on.
//!
//! Whoever reads a value looks at its checks first. What is computed from the value takes them over.

use std::fmt;
use std::sync::Arc;

use hloom_ir::{Requirement, SourceLine};
use smallvec::SmallVec;

use crate::{Error, Result};

/// A value that has taken over more checks than this waits for those it took over. Without a bound, a loop
/// whose every iteration depends on the last would gather those of all iterations.
const MAX_TAKEN_OVER: usize = 16;

/// What is wrong if a check fails.
#[derive(Debug)]
pub(crate) struct Fault {
    /// What is not met.
    pub(crate) requirement: Requirement,
    /// Where the operation at fault was recorded.
    pub(crate) recorded: RecordedAt,
}

/// Where an operation was recorded.
#[derive(Clone, Debug)]
pub(crate) enum RecordedAt {
    /// In this program.
    Line(SourceLine),
    /// In the program that saved a function.
    Elsewhere(Arc<str>),
}

impl fmt::Display for RecordedAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RecordedAt::Line(line) => line.fmt(f),
            RecordedAt::Elsewhere(text) => text.fmt(f),
        }
    }
}

impl Fault {
    /// That of an operation recorded in this program.
    pub(crate) fn at(line: SourceLine, requirement: Requirement) -> Arc<Fault> {
        Arc::new(Fault { requirement, recorded: RecordedAt::Line(line) })
    }

    fn error(&self, offender: i64) -> Error {
        let error = Error::from(self.requirement.error(offender));
        match &self.recorded {
            RecordedAt::Line(line) => error.at(line, || self.requirement.context()),
            RecordedAt::Elsewhere(text) => error.within(format!("{}, recorded at {text}", self.requirement.context())),
        }
    }
}

/// A value that may turn out to be an error when the program that computes it runs.
pub(crate) trait Conditional: Sized {
    /// Whether it depends on any checks.
    fn is_conditional(&self) -> bool;

    /// The checks that it depends on.
    fn checks(&self) -> Checks<Self>;

    /// Waits for the value, which is a 0-d int64, and reads it.
    ///
    /// # Errors
    /// What computing it reported.
    fn read_offender(&self) -> Result<i64>;
}

/// A check that a value depends on.
pub(crate) struct Check<V> {
    /// A 0-d int64: what is wrong, such as the index that is out of bounds, or 0.
    pub(crate) offender: Arc<V>,
    pub(crate) fault: Arc<Fault>,
}

impl<V> Clone for Check<V> {
    fn clone(&self) -> Check<V> {
        Check { offender: self.offender.clone(), fault: self.fault.clone() }
    }
}

impl<V: Conditional> Check<V> {
    /// Waits for the run, and returns the error that it found.
    fn verify(&self) -> Result<()> {
        match self.offender.read_offender()? {
            0 => Ok(()),
            offender => Err(self.fault.error(offender)),
        }
    }
}

/// The checks that a value depends on, in the order in which they are looked at. Most values have none.
pub(crate) struct Checks<V> {
    /// Those of the inputs of the program that computes the value, then those of the program.
    list: Option<Arc<[Check<V>]>>,
    n_own: usize,
}

impl<V> Clone for Checks<V> {
    fn clone(&self) -> Checks<V> {
        Checks { list: self.list.clone(), n_own: self.n_own }
    }
}

impl<V> Default for Checks<V> {
    fn default() -> Checks<V> {
        Checks { list: None, n_own: 0 }
    }
}

impl<V: Conditional> Checks<V> {
    /// The checks that the inputs of a program depend on. Waits for nothing.
    pub(crate) fn of<'a>(inputs: impl Iterator<Item = &'a Arc<V>>) -> Checks<V>
    where
        V: 'a,
    {
        let mut list: SmallVec<[Check<V>; 4]> = SmallVec::new();
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

    /// The checks together with those of the program that takes them over.
    pub(crate) fn and(&self, own: &[Check<V>]) -> Checks<V> {
        Checks::from_list(self.iter().chain(own).cloned(), own.len())
    }

    fn from_list(list: impl IntoIterator<Item = Check<V>>, n_own: usize) -> Checks<V> {
        let list: Arc<[Check<V>]> = list.into_iter().collect();
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

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Check<V>> {
        self.list.iter().flat_map(|list| list.iter())
    }

    /// Waits for the runs that the value depends on, and returns the first error that they found.
    pub(crate) fn verify(&self) -> Result<()> {
        self.iter().try_for_each(Check::verify)
    }
}

#[cfg(test)]
mod tests {
    use super::{Conditional, MAX_TAKEN_OVER};
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
