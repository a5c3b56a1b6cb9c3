//! What makes room in a cache: the entries that were used longest ago.
//!
//! A cache finds its candidates by a hash and compares them in full. Knows nothing of what they are.

use std::collections::HashMap;
use std::hash::BuildHasher;

use smallvec::SmallVec;

/// The entries of a cache by the hash of their key.
pub(crate) type Entries<T, S> = HashMap<u64, SmallVec<[T; 1]>, S>;

/// Takes out the eighth of the entries that were used longest ago, and at least one. They are returned to be dropped
/// where that may take its time.
pub(crate) fn take_oldest<T, S: BuildHasher>(entries: &mut Entries<T, S>, last_use: impl Fn(&T) -> u64) -> Vec<T> {
    let mut uses: Vec<u64> = entries.values().flatten().map(&last_use).collect();
    if uses.is_empty() {
        return Vec::new();
    }
    let n_taken = uses.len() / 8;
    let (_, &mut bound, _) = uses.select_nth_unstable(n_taken);
    let mut taken = Vec::new();
    for candidates in entries.values_mut() {
        let (old, kept) = std::mem::take(candidates).into_iter().partition(|entry| last_use(entry) <= bound);
        *candidates = kept;
        taken.extend::<SmallVec<[T; 1]>>(old);
    }
    entries.retain(|_, candidates| !candidates.is_empty());
    taken
}

#[cfg(test)]
mod tests {
    use std::collections::hash_map::RandomState;

    use super::*;

    #[test]
    fn the_oldest_eighth_goes() {
        let mut entries: Entries<u64, RandomState> = HashMap::default();
        for last_use in 0..32 {
            entries.entry(last_use % 5).or_default().push(last_use);
        }
        let mut taken = take_oldest(&mut entries, |&last_use| last_use);
        taken.sort_unstable();
        assert_eq!(taken, [0, 1, 2, 3, 4]);
        assert_eq!(entries.values().map(SmallVec::len).sum::<usize>(), 27);
        // Some of a few, too, until none are left.
        while !entries.is_empty() {
            assert!(!take_oldest(&mut entries, |&last_use| last_use).is_empty());
        }
        assert!(take_oldest(&mut entries, |&last_use| last_use).is_empty());
    }
}
