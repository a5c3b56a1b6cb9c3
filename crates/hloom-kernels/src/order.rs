//! Integers in order. Which threads there are is not known here.

use std::collections::TryReserveError;

use rayon::prelude::*;
use rdst::{RadixKey, RadixSort};

use crate::pool;

/// An integer.
pub trait Key: RadixKey + Copy + Ord + Send + Sync {}

impl<T: RadixKey + Copy + Ord + Send + Sync> Key for T {}

/// Up to so many keys of so many bytes are compared sooner than their digits are counted.
const fn most_compared(n_bytes: usize) -> usize {
    128 << n_bytes
}

/// From so many keys on it pays to wake other threads.
const LEAST_SHARED: usize = 1 << 14;

/// Puts each line in ascending order.
///
/// `keys` are lines of `extent` elements; what does not fill a line is left alone.
pub fn sort<T: Key>(keys: &mut [T], extent: usize) {
    if extent < 2 {
        return;
    }
    let n_lines = keys.len() / extent;
    let alone = |keys: &mut [T]| keys.chunks_exact_mut(extent).for_each(|line| sort_line(line, false));
    // Lines that are compared are sorted by one thread each.
    if keys.len() < LEAST_SHARED || n_lines == 1 && extent <= most_compared(size_of::<T>()) {
        return alone(keys);
    }
    let work = || {
        let shares_lines = n_lines < pool::n_threads();
        let lines = keys.par_chunks_exact_mut(extent).with_min_len((LEAST_SHARED / 4).div_ceil(extent));
        lines.for_each(|line| sort_line(line, shares_lines));
    };
    // Given back, the work still has the keys.
    if pool::run(work).is_err() {
        alone(keys);
    }
}

fn sort_line<T: Key>(line: &mut [T], in_parallel: bool) {
    if line.len() <= most_compared(size_of::<T>()) {
        line.sort_unstable();
    } else if !line.is_sorted() {
        line.radix_sort_builder().with_parallel(in_parallel).sort();
    }
}

/// The elements that would be at positions if each line were in ascending order.
///
/// `keys` are lines of `extent` elements, `positions` and `selected` as many lines of `n_positions`. A position behind the
/// end of its line is taken for its last one, one before its start for the first.
///
/// # Errors
/// If there is no memory for the copy of a line that is put in order.
pub fn select<T: Key>(
    keys: &[T],
    extent: usize,
    positions: &[i64],
    n_positions: usize,
    selected: &mut [T],
) -> Result<(), TryReserveError> {
    if extent == 0 || n_positions == 0 {
        return Ok(());
    }
    let lines = (keys, positions);
    let alone = |(keys, positions): (&[T], &[i64]), selected: &mut [T]| {
        let mut scratch = Scratch::default();
        let lines = keys.chunks_exact(extent).zip(positions.chunks_exact(n_positions));
        let mut lines = lines.zip(selected.chunks_exact_mut(n_positions));
        lines.try_for_each(|((line, positions), selected)| scratch.select(line, positions, selected))
    };
    let n_lines = keys.len() / extent;
    if keys.len() < LEAST_SHARED || n_lines < 2 {
        return alone(lines, selected);
    }
    let mut outcome = Ok(());
    let work = || {
        let n_each = (LEAST_SHARED / 4).div_ceil(extent).max(n_lines.div_ceil(4 * pool::n_threads()));
        let parts = keys.par_chunks(n_each * extent).zip(positions.par_chunks(n_each * n_positions));
        let parts = parts.zip(selected.par_chunks_mut(n_each * n_positions));
        outcome = parts.try_for_each(|(lines, selected)| alone(lines, selected));
    };
    if pool::run(work).is_err() {
        return alone(lines, selected);
    }
    outcome
}

/// Memory that one line after the other takes.
struct Scratch<T> {
    keys: Vec<T>,
    /// The positions that are asked for, in order and each once.
    asked: Vec<usize>,
}

impl<T> Default for Scratch<T> {
    fn default() -> Scratch<T> {
        Scratch { keys: Vec::new(), asked: Vec::new() }
    }
}

impl<T: Key> Scratch<T> {
    fn select(&mut self, line: &[T], positions: &[i64], selected: &mut [T]) -> Result<(), TryReserveError> {
        let last = line.len() - 1;
        let place = |position: i64| usize::try_from(position).unwrap_or(0).min(last);
        self.asked.clear();
        self.asked.try_reserve(positions.len())?;
        self.asked.extend(positions.iter().map(|&position| place(position)));
        self.asked.sort_unstable();
        self.asked.dedup();
        self.keys.clear();
        self.keys.try_reserve(line.len())?;
        self.keys.extend_from_slice(line);
        if self.asked.len() > line.len() / 16 {
            sort_line(&mut self.keys, false);
        } else {
            arrange(&mut self.keys, &self.asked, 0);
        }
        for (selected, &position) in selected.iter_mut().zip(positions) {
            *selected = self.keys[place(position)];
        }
        Ok(())
    }
}

/// Puts the elements at places where they would be in order, those in the middle first. The slice begins at a place of the
/// whole.
fn arrange<T: Key>(keys: &mut [T], places: &[usize], start: usize) {
    if places.is_empty() || keys.is_empty() {
        return;
    }
    let middle = places.len() / 2;
    let place = places[middle] - start;
    let (below, _, above) = keys.select_nth_unstable(place);
    arrange(below, &places[..middle], start);
    arrange(above, &places[middle + 1..], start + place + 1);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Integers with many and with few different values, in order, the other way round and equal.
    fn patterns(n: usize) -> Vec<Vec<i64>> {
        let mut rng = fastrand::Rng::with_seed(7 + n as u64);
        let random: Vec<i64> = (0..n).map(|_| rng.i64(..)).collect();
        let few: Vec<i64> = (0..n).map(|_| rng.i64(-3..4)).collect();
        let mut ends: Vec<i64> = few.iter().map(|&key| if key < 0 { i64::MIN } else { i64::MAX - key }).collect();
        ends.rotate_left(n / 3);
        let up: Vec<i64> = (0..n as i64).collect();
        let down: Vec<i64> = up.iter().rev().copied().collect();
        vec![random, few, ends, up, down, vec![5; n]]
    }

    /// The keys cut to a narrower type.
    fn check<T: Key + std::fmt::Debug>(cut: impl Fn(i64) -> T) {
        for n in [0, 1, 2, 5, 256, 257, 1000, 2049, LEAST_SHARED - 1, LEAST_SHARED, 3 * LEAST_SHARED + 1] {
            for pattern in patterns(n) {
                let keys: Vec<T> = pattern.into_iter().map(&cut).collect();
                for extent in [1, 2, 7, 300, 2100, n.max(1)] {
                    let mut expected = keys.clone();
                    expected.chunks_exact_mut(extent).for_each(<[T]>::sort);
                    let mut found = keys.clone();
                    sort(&mut found, extent);
                    assert!(found == expected, "{n} {extent}");

                    let n_lines = n / extent;
                    for n_positions in [1, 3, 20] {
                        let wanted = |at: usize| match at % n_positions {
                            0 => extent as i64 - 1,
                            1 => at as i64 % extent as i64,
                            other => other as i64 * extent as i64 / 19 - 1,
                        };
                        let positions: Vec<i64> = (0..n_lines * n_positions).map(wanted).collect();
                        let mut found = vec![cut(0); positions.len()];
                        select(&keys, extent, &positions, n_positions, &mut found).unwrap();
                        for (at, &position) in positions.iter().enumerate() {
                            let position = position.clamp(0, extent as i64 - 1) as usize;
                            assert_eq!(found[at], expected[at / n_positions * extent + position], "{n} {extent} {at}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn integers_of_all_widths_are_put_in_order() {
        check(|key| key);
        check(|key| key as u64);
        check(|key| (key >> 7) as i32);
        check(|key| (key >> 7) as u32);
        check(|key| key as i16);
        check(|key| key as u16);
        check(|key| key as i8);
        check(|key| key as u8);
    }

    #[test]
    fn positions_outside_of_a_line_are_those_at_its_ends() {
        let mut selected = [0; 4];
        select(&[3, 1, 2, 6, 5, 4], 3, &[i64::MIN, 9, -1, i64::MAX], 2, &mut selected).unwrap();
        assert_eq!(selected, [1, 3, 4, 6]);
        let keys: [i32; 0] = [];
        select(&keys, 0, &[], 3, &mut selected).unwrap();
        sort(&mut selected[..0], 0);
    }
}
