//! Which numbers of a loop's body are part of its program: integers that have been the same each time the loop was recorded.
//!
//! A compiler makes better code of `x >> 13` than of a shift by a number that is read from memory, and a number in a loop is read in
//! every iteration. So an integer is a constant until the loop is recorded with another one in its place, and an input from
//! then on: a loop compiles one program more for each place that changes, however often it changes. Floats are always inputs, as
//! they gain nothing. Knows lines and integers, and nothing of graphs.

use std::panic::Location;
use std::sync::LazyLock;

use hloom_ir::{Literal, SourceLine};
use parking_lot::Mutex;
use rustc_hash::FxHashMap;

/// The integers of one recording of a loop, which are asked about in the order in which its body uses them.
pub(super) struct Numbers {
    line: SourceLine,
    /// How many integers were asked about so far, by the line that they were written in.
    asked: FxHashMap<*const Location<'static>, usize>,
}

/// Where an integer is written: the line of the loop, the line of the integer, and which of the integers of this line it is.
///
/// Lines are told apart by their address. The same line may have several, in several crates; then they are told apart needlessly.
type Place = (usize, usize, usize);

/// What was seen in a place.
enum Seen {
    /// The same integer each time.
    Always(Literal),
    /// Several.
    Several,
}

/// Places are bounded by the source of the program, unless it records loops of ever more operations from one line. Integers
/// in places beyond so many are inputs.
const MAX_PLACES: usize = 1 << 16;

static PLACES: LazyLock<Mutex<FxHashMap<Place, Seen>>> = LazyLock::new(Mutex::default);

impl Numbers {
    /// Those of the loop in a line.
    pub(super) fn of(line: SourceLine) -> Numbers {
        Numbers { line, asked: FxHashMap::default() }
    }

    /// Whether the next integer, written in a line, is a constant.
    pub(super) fn is_constant(&mut self, line: SourceLine, number: Literal) -> bool {
        let asked = self.asked.entry(std::ptr::from_ref(line)).or_default();
        let place = (std::ptr::from_ref(self.line).addr(), std::ptr::from_ref(line).addr(), *asked);
        *asked += 1;
        let mut places = PLACES.lock();
        let is_full = places.len() >= MAX_PLACES;
        match places.get_mut(&place) {
            Some(Seen::Always(earlier)) if *earlier == number => true,
            Some(seen) => {
                *seen = Seen::Several;
                false
            }
            None if is_full => false,
            None => {
                places.insert(place, Seen::Always(number));
                true
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is said of one recording of a loop.
    #[track_caller]
    fn recording(line: SourceLine, integers: &[(SourceLine, i64)]) -> Vec<bool> {
        let mut numbers = Numbers::of(line);
        integers.iter().map(|&(line, integer)| numbers.is_constant(line, Literal::new(integer))).collect()
    }

    #[test]
    fn an_integer_is_constant_until_it_changes_in_its_place() {
        let (a_loop, another_loop) = (Location::caller(), here());
        let (shift, mask) = (here(), here());
        // One line may have several, as a body of a Rust loop has.
        let first = [(shift, 13), (shift, 17), (mask, 1)];
        assert_eq!(recording(a_loop, &first), [true; 3]);
        assert_eq!(recording(a_loop, &first), [true; 3]);
        let second = [(shift, 13), (shift, 5), (mask, 1)];
        assert_eq!(recording(a_loop, &second), [true, false, true]);
        assert_eq!(recording(a_loop, &first), [true, false, true]);
        // Elsewhere the same line has integers of its own.
        assert_eq!(recording(another_loop, &second), [true; 3]);
        // Another dtype is another number.
        let mut numbers = Numbers::of(another_loop);
        assert!(!numbers.is_constant(shift, Literal::new(13u8)));
    }

    #[track_caller]
    fn here() -> SourceLine {
        Location::caller()
    }
}
