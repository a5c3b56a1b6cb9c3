//! Random numbers: NumPy's `random`, of a counter-based generator whose state is an array.
//!
//! The numbers come from Philox4x32-10: each is computed from its own number, so that a program draws any number of them at
//! once, the same lazily and compiled. They are not the numbers that NumPy draws from the
//! same seed. [`Generator`] is what programs use; the functions of this module share one of the process.

mod elementary;
mod integers;
mod normal;
mod permute;
mod philox;
mod poisson;
mod seed;
mod shared;
mod size;
mod state;
mod uniform;
mod words;

use hloom_ir::SourceLine;

use crate::NdArray;
use crate::record::IntoOperand;
use crate::tree::{Arrays, Tree, Visitor};

pub use seed::Seed;
pub use shared::{normal, poisson, rand, randint, randn, random, seed, standard_normal, uniform};
pub use size::{Size, size};

use state::{Cell, Source};

/// Draws random numbers. Each draw goes on in the stream of the generator, so that none is drawn twice.
///
/// A generator is a [`Tree`]: it can be passed to compiled functions and through loops, and returned from them. There, its
/// state is an array, and so an input of the program. A clone draws the same numbers as the generator.
///
/// # Examples
/// ```
/// use hloom as np;
/// use np::NdArray;
/// use np::random::{Generator, default_rng};
///
/// let mut rng = default_rng(42);
/// let (a, b) = (rng.random(2), rng.random(2));
/// assert!(a.ne(&b).all(..).truth()?);
///
/// let (_, total): (Generator, NdArray) = np::fori_loop(0, 10, (rng, 0.0), |_, (mut rng, total): (Generator, NdArray)| {
///     let total = total + rng.random(1000).sum(..);
///     (rng, total)
/// });
/// assert!((4_800.0..5_200.0).contains(&total.item::<f64>()?));
/// # Ok::<(), hloom::Error>(())
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/random/generator.html>; the numbers are those of Philox4x32-10,
/// <https://doi.org/10.1145/2063384.2063405>, not those of NumPy's PCG64.
#[derive(Clone, Debug)]
pub struct Generator {
    state: Cell,
}

/// A generator of a seed: an integer, several integers, or `..` for a seed that the operating system draws.
///
/// The seed is the key of the generator if it is one integer below 2^64.
///
/// # Errors
/// What is drawn is in error: `ValueError` for a negative integer, `OSError` if the operating system has no random numbers.
///
/// # Examples
/// ```
/// use hloom::random::default_rng;
/// let x = default_rng(1).random(3);
/// assert!(x.eq(default_rng(1).random(3)).all(..).truth()?);
/// assert!(x.ne(default_rng([1, 2]).random(3)).all(..).truth()?);
/// # Ok::<(), hloom::Error>(())
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/random/generator.html#numpy.random.default_rng>
#[track_caller]
pub fn default_rng(seed: impl Into<Seed>) -> Generator {
    let state = match seed.into().state() {
        Ok(state) => Cell::known(state),
        Err(error) => Cell::of_array(crate::record::Call::named("default_rng").error(error)),
    };
    Generator { state }
}

impl Generator {
    /// The generator of a state that [`Generator::state`] returned.
    ///
    /// # Errors
    /// What is drawn is in error: `ValueError` for an array that is no state.
    ///
    /// # Examples
    /// ```
    /// use hloom::random::{Generator, default_rng};
    /// let mut rng = default_rng(1);
    /// rng.random(100);
    /// let mut other = Generator::from_state(rng.state());
    /// assert!(rng.random(3).eq(other.random(3)).all(..).truth()?);
    /// # Ok::<(), hloom::Error>(())
    /// ```
    #[track_caller]
    pub fn from_state<'a>(state: impl IntoOperand<'a>) -> Generator {
        Generator { state: Cell::checked(state.into_operand().into_array()) }
    }

    /// The state: key, stream, number of the next block and number of spawned generators, as uint64 of shape `[4]`.
    #[track_caller]
    pub fn state(&self) -> NdArray {
        self.state.array().clone()
    }

    /// Generators of their own, whose numbers have nothing to do with each other or with those of this one. Those that are
    /// spawned later are others. What this one draws stays what it was.
    ///
    /// The identity of each, of 120 bits, is a value of the generator's own random function.
    ///
    /// # Examples
    /// ```
    /// let mut rng = hloom::random::default_rng(1);
    /// let mut workers = rng.spawn(2);
    /// let draws: Vec<_> = workers.iter_mut().map(|rng| rng.random(3)).collect();
    /// assert!(draws[0].ne(&draws[1]).all(..).truth()?);
    /// # Ok::<(), hloom::Error>(())
    /// ```
    ///
    /// **Source**: <https://numpy.org/doc/stable/reference/random/generated/numpy.random.Generator.spawn.html>
    #[track_caller]
    pub fn spawn(&mut self, n_children: usize) -> Vec<Generator> {
        let children = self.state.spawn(n_children as u64, std::panic::Location::caller());
        children.into_iter().map(|state| Generator { state }).collect()
    }

    /// Where the next blocks come from; the generator goes on behind them.
    fn take(&mut self, n_blocks: usize, line: SourceLine) -> Source {
        self.state.take(n_blocks as u64, line)
    }
}

impl Tree for Generator {
    fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
        visitor.array(self.state.array());
    }

    fn rebuild(&self, arrays: &mut Arrays<'_>) -> Generator {
        Generator { state: Cell::of_array(arrays.next()) }
    }
}
