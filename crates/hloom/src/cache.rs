//! A cache with a bound: what was used longest ago makes room for what is new.
//!
//! A hash finds the candidates, and the caller compares them in full; the values hold their own keys. What makes room
//! is handed to the caller, to be dropped where that may take its time. Has no lock, and knows nothing of what it keeps.

use std::collections::HashMap;

use rustc_hash::FxBuildHasher;
use smallvec::SmallVec;

/// Values by the hash of their keys.
pub(crate) struct Cache<T> {
    entries: HashMap<u64, SmallVec<[Entry<T>; 1]>, FxBuildHasher>,
    n_entries: usize,
    weight: usize,
    max_entries: usize,
    max_weight: usize,
    /// Counts uses, to tell which was the last.
    clock: u64,
}

struct Entry<T> {
    value: T,
    weight: usize,
    last_use: u64,
}

impl<T> Cache<T> {
    /// An empty cache. It makes room when it holds `max_entries` values, or values of `max_weight` together.
    pub(crate) const fn new(max_entries: usize, max_weight: usize) -> Cache<T> {
        Cache {
            entries: HashMap::with_hasher(FxBuildHasher),
            n_entries: 0,
            weight: 0,
            max_entries,
            max_weight,
            clock: 0,
        }
    }

    /// How many values there are.
    pub(crate) fn len(&self) -> usize {
        self.n_entries
    }

    /// All values, in no order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.entries.values().flatten().map(|entry| &entry.value)
    }

    /// The value with a key of this hash that `is_it` holds for. It counts as used.
    pub(crate) fn get(&mut self, hash: u64, is_it: impl Fn(&T) -> bool) -> Option<&T> {
        let entry = self.entries.get_mut(&hash)?.iter_mut().find(|entry| is_it(&entry.value))?;
        self.clock += 1;
        entry.last_use = self.clock;
        Some(&entry.value)
    }

    /// The values with keys of this hash, for who must not compare them here. All count as used: more than one have the
    /// same hash only by chance.
    pub(crate) fn candidates(&mut self, hash: u64) -> SmallVec<[T; 1]>
    where
        T: Clone,
    {
        self.clock += 1;
        let clock = self.clock;
        let used = |entry: &mut Entry<T>| {
            entry.last_use = clock;
            entry.value.clone()
        };
        self.entries.get_mut(&hash).into_iter().flatten().map(used).collect()
    }

    /// Adds a value, whose key no other has. Returns what made room for it: an eighth of the values, those that were
    /// used longest ago.
    pub(crate) fn insert(&mut self, hash: u64, value: T, weight: usize) -> Vec<T> {
        let is_full = self.n_entries >= self.max_entries || self.weight >= self.max_weight;
        let evicted = if is_full { self.take_oldest() } else { Vec::new() };
        self.clock += 1;
        self.n_entries += 1;
        self.weight += weight;
        self.entries.entry(hash).or_default().push(Entry { value, weight, last_use: self.clock });
        evicted
    }

    /// Takes out the values with keys of this hash that `is_it` holds for.
    pub(crate) fn remove(&mut self, hash: u64, is_it: impl Fn(&T) -> bool) -> Vec<T> {
        self.take(Some(hash), |entry| is_it(&entry.value))
    }

    /// Takes out the eighth that was used longest ago, and at least one.
    fn take_oldest(&mut self) -> Vec<T> {
        let mut uses: Vec<u64> = self.entries.values().flatten().map(|entry| entry.last_use).collect();
        if uses.is_empty() {
            return Vec::new();
        }
        let n_taken = uses.len() / 8;
        let (_, &mut bound, _) = uses.select_nth_unstable(n_taken);
        self.take(None, |entry| entry.last_use <= bound)
    }

    /// Takes out entries, of one hash or of all.
    fn take(&mut self, hash: Option<u64>, is_taken: impl Fn(&Entry<T>) -> bool) -> Vec<T> {
        let mut taken = Vec::new();
        self.entries.retain(|&of, candidates| {
            if hash.is_none_or(|hash| hash == of) {
                let (out, kept): (SmallVec<[Entry<T>; 1]>, _) =
                    std::mem::take(candidates).into_iter().partition(&is_taken);
                *candidates = kept;
                for Entry { value, weight, .. } in out {
                    self.n_entries -= 1;
                    self.weight -= weight;
                    taken.push(value);
                }
            }
            !candidates.is_empty()
        });
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_eighth_that_was_used_longest_ago_makes_room() {
        let mut cache = Cache::new(32, usize::MAX);
        for value in 0..32u64 {
            assert!(cache.insert(value % 5, value, 1).is_empty());
        }
        // What is used stays, whether one value is asked for or all of a hash.
        assert_eq!(cache.get(0, |&value| value == 0), Some(&0));
        assert_eq!(cache.candidates(1)[..], [1, 6, 11, 16, 21, 26, 31]);
        let mut evicted = cache.insert(7, 32, 1);
        evicted.sort_unstable();
        assert_eq!((evicted, cache.len()), (vec![2, 3, 4, 5, 7], 28));
        assert_eq!(cache.get(2, |&value| value == 2), None);
        assert_eq!(cache.get(7, |&value| value == 32), Some(&32));
    }

    #[test]
    fn weight_makes_room_too() {
        let mut cache = Cache::new(usize::MAX, 100);
        assert!(cache.insert(1, 'a', 60).is_empty());
        assert!(cache.insert(1, 'b', 60).is_empty());
        assert_eq!(cache.insert(2, 'c', 10), ['a']);
        assert!(cache.insert(2, 'd', 30).is_empty());
        assert_eq!(cache.remove(2, |&value| value == 'd'), ['d']);
        assert!(cache.remove(2, |&value| value == 'd').is_empty());
        assert!(cache.insert(3, 'e', 30).is_empty());
        // The last is not kept from being added by being heavy itself.
        assert_eq!(cache.insert(4, 'f', 1000), ['b']);
        assert_eq!(cache.iter().count(), 3);
    }
}
