//! What a caller may write for a seed, and the state that it comes to.

use super::philox::{wide_block, with_purpose};
use super::state::State;
use crate::{Error, Result};

/// A seed as a caller writes it: an integer that is not negative, several of these, or `..` for one that the operating system
/// draws.
#[derive(Clone, Debug)]
pub struct Seed(Form);

#[derive(Clone, Debug)]
enum Form {
    Drawn,
    One(i128),
    /// Beyond what `One` holds.
    Great(u128),
    Several(Vec<i128>),
}

/// In the place of a stream's number while seeds of several words are taken up; an arbitrary number.
const ABSORBING: u64 = 0x5EED;

impl Seed {
    /// The state that the seed stands for. An integer below 2^64 is the key.
    ///
    /// # Errors
    /// `ValueError` for a negative integer; `OSError` if the operating system has no random numbers.
    pub(super) fn state(&self) -> Result<State> {
        let words = match &self.0 {
            Form::Drawn => {
                let mut bytes = [0; 16];
                getrandom::fill(&mut bytes)
                    .map_err(|error| Error::new(crate::ErrorKind::Io, format!("no seed from the system: {error}")))?;
                let [key, stream] = bytemuck::cast(bytes);
                return Ok(State { key, stream: with_purpose(stream, 0), counter: 0, children: 0 });
            }
            Form::One(seed) => vec![not_negative(*seed)?],
            Form::Great(seed) => vec![*seed],
            Form::Several(seeds) => seeds.iter().map(|&seed| not_negative(seed)).collect::<Result<Vec<u128>>>()?,
        };
        if let &[seed] = words.as_slice()
            && let Ok(key) = u64::try_from(seed)
        {
            return Ok(State { key, stream: 0, counter: 0, children: 0 });
        }
        let mut state = State { key: words.len() as u64, stream: ABSORBING, counter: 0, children: 0 };
        for word in words.into_iter().flat_map(|seed| [seed as u64, (seed >> 64) as u64]) {
            let [key, stream] = wide_block(word, state.stream, state.key);
            state = State { key, stream: with_purpose(stream, 0), ..state };
        }
        Ok(state)
    }

    /// The seed, if it is one that NumPy's `seed` takes.
    ///
    /// # Errors
    /// `ValueError` for integers that have not 32 bits.
    pub(super) fn of_32_bits(self) -> Result<Seed> {
        let refused = || Err(Error::value("Seed must be between 0 and 2**32 - 1"));
        let is_fine = |seed: &i128| (0..1 << 32).contains(seed);
        match &self.0 {
            Form::One(seed) if !is_fine(seed) => refused(),
            Form::Several(seeds) if !seeds.iter().all(is_fine) => refused(),
            Form::Great(_) => refused(),
            _ => Ok(self),
        }
    }
}

fn not_negative(seed: i128) -> Result<u128> {
    u128::try_from(seed).map_err(|_| Error::value("expected non-negative integer"))
}

impl From<std::ops::RangeFull> for Seed {
    fn from(_: std::ops::RangeFull) -> Seed {
        Seed(Form::Drawn)
    }
}

impl From<u128> for Seed {
    fn from(seed: u128) -> Seed {
        Seed(i128::try_from(seed).map_or(Form::Great(seed), Form::One))
    }
}

macro_rules! seeds {
    ($($ty:ty),*) => { $(
        impl From<$ty> for Seed {
            fn from(seed: $ty) -> Seed {
                Seed(Form::One(seed as i128))
            }
        }

        impl From<Vec<$ty>> for Seed {
            fn from(seeds: Vec<$ty>) -> Seed {
                Seed::from(seeds.as_slice())
            }
        }

        impl From<&[$ty]> for Seed {
            fn from(seeds: &[$ty]) -> Seed {
                Seed(Form::Several(seeds.iter().map(|&seed| seed as i128).collect()))
            }
        }

        impl<const N: usize> From<[$ty; N]> for Seed {
            fn from(seeds: [$ty; N]) -> Seed {
                Seed::from(seeds.as_slice())
            }
        }
    )* };
}

seeds!(i32, i64, isize, u32, u64, usize);

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn state(seed: impl Into<Seed>) -> [u64; 2] {
        let State { key, stream, counter, children } = seed.into().state().unwrap();
        assert_eq!((counter, children), (0, 0));
        [key, stream]
    }

    #[test]
    fn an_integer_is_the_key() {
        assert_eq!(state(7), [7, 0]);
        assert_eq!(state(u64::MAX), [u64::MAX, 0]);
        assert_eq!(state([7]), [7, 0]);
    }

    #[test]
    fn other_seeds_are_other_states() {
        let states = [
            state(7),
            state([7, 0]),
            state([0, 7]),
            state(Vec::<u64>::new()),
            state(1u128 << 64),
            state(1u128 << 127),
            state(u128::MAX),
            state(..),
            state(..),
        ];
        for (idx, one) in states.iter().enumerate() {
            assert!(states[..idx].iter().all(|other| other != one), "{states:x?}");
        }
        assert!(states.iter().all(|[_, stream]| stream >> 56 == 0));
    }

    #[test]
    fn negative_seeds_are_refused() {
        for seed in [Seed::from(-1), Seed::from([3, -1])] {
            assert_eq!(seed.state().unwrap_err().to_string(), "ValueError: expected non-negative integer");
        }
        for seed in [Seed::from(-1), Seed::from(1u64 << 32), Seed::from([-1]), Seed::from(u128::MAX)] {
            let error = seed.of_32_bits().unwrap_err();
            assert_eq!(error.to_string(), "ValueError: Seed must be between 0 and 2**32 - 1");
        }
        assert!(Seed::from(u32::MAX).of_32_bits().is_ok());
    }
}
