//! Choices made from random numbers, so that a case of any form shrinks as a list of numbers does:
//! shorter, and towards the first choice.

use proptest::prelude::*;

/// The numbers of one case.
pub(super) fn dice(n_throws: usize) -> impl Strategy<Value = Dice> {
    proptest::collection::vec(any::<u32>(), 0..=n_throws).prop_map(|throws| Dice { throws, next: 0 })
}

/// Random numbers, and zeros after they are used up.
#[derive(Clone, Debug)]
pub(super) struct Dice {
    throws: Vec<u32>,
    next: usize,
}

impl Dice {
    fn throw(&mut self) -> u32 {
        let throw = self.throws.get(self.next).copied().unwrap_or(0);
        self.next += 1;
        throw
    }

    /// A number below `n`, which is positive.
    pub(super) fn below(&mut self, n: usize) -> usize {
        self.throw() as usize % n
    }

    /// A number from `low` to `high`, both included.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        low + i64::from(self.throw()) % (high - low + 1)
    }

    /// True once in `n` times.
    pub(super) fn once_in(&mut self, n: usize) -> bool {
        self.below(n) == n - 1
    }

    /// A shape of at most `max_ndim` axes of at most `max_extent`; few extents are zero.
    pub(super) fn shape(&mut self, max_ndim: usize, max_extent: usize) -> Vec<usize> {
        let ndim = self.below(max_ndim + 1);
        (0..ndim).map(|_| if self.once_in(12) { 0 } else { 1 + self.below(max_extent) }).collect()
    }
}
