//! NumPy's older functions, which draw from one generator of the process.

use parking_lot::{MappedMutexGuard, Mutex, MutexGuard};

use super::uniform::check_bounds;
use super::{Generator, Seed, Size, default_rng};
use crate::record::{Call, IntoOperand};
use crate::{IntoShape, NdArray};

static SHARED: Mutex<Option<Generator>> = Mutex::new(None);

/// The generator of the process, seeded by the operating system if nobody did.
#[track_caller]
fn shared() -> MappedMutexGuard<'static, Generator> {
    let mut guard = SHARED.lock();
    if guard.is_none() {
        *guard = Some(default_rng(..));
    }
    MutexGuard::map(guard, |generator| generator.get_or_insert_with(|| default_rng(..)))
}

/// Begins the numbers of the process's generator anew, so that they are the same again after the same seed.
///
/// # Errors
/// What is drawn afterwards is in error: `ValueError` for an integer that has not 32 bits.
///
/// # Examples
/// ```
/// use hloom as np;
/// np::random::seed(7);
/// let x = np::random::rand(3);
/// np::random::seed(7);
/// assert!(x.eq(np::random::rand(3)).all(..).truth()?);
/// # Ok::<(), hloom::Error>(())
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/random/generated/numpy.random.seed.html>
#[track_caller]
pub fn seed(seed: impl Into<Seed>) {
    let generator = match seed.into().of_32_bits() {
        Ok(seed) => default_rng(seed),
        Err(error) => Generator::from_state(Call::named("seed").error(error)),
    };
    *SHARED.lock() = Some(generator);
}

macro_rules! simple {
    ($($name:ident $method:ident $what:literal $example:literal;)*) => { $(
        #[doc = concat!($what, ", of the process's generator.")]
        ///
        #[doc = concat!("As [`Generator::", stringify!($method), "`], in float64.")]
        ///
        /// **Shapes**: to the shape given. **Dtypes**: float64.
        ///
        /// # Errors
        /// The result is in error (`ValueError`) for a negative extent.
        ///
        /// # Examples
        /// ```
        #[doc = concat!("assert_eq!(hloom::random::", stringify!($name), "((2, 3)).shape(), [2, 3]);")]
        #[doc = $example]
        /// # Ok::<(), hloom::Error>(())
        /// ```
        ///
        #[doc = concat!(
            "**Source**: <https://numpy.org/doc/stable/reference/random/generated/numpy.random.", stringify!($name), ".html>; the shape \
             is one argument."
        )]
        #[track_caller]
        pub fn $name(shape: impl IntoShape) -> NdArray {
            shared().$method(shape)
        }
    )* };
}

simple! {
    rand random "Numbers from 0 to below 1" "assert!(hloom::random::rand(1000).lt(1).all(..).truth()?);";
    random random "Numbers from 0 to below 1" "assert!(hloom::random::random(1000).ge(0).all(..).truth()?);";
    randn standard_normal "Numbers of the standard normal distribution" "assert!(hloom::random::randn(1000).mean(..).item::<f64>()?.abs() < 0.5);";
    standard_normal standard_normal "Numbers of the standard normal distribution" "assert!(hloom::random::standard_normal(1000).mean(..).item::<f64>()?.abs() < 0.5);";
}

/// Numbers from `low` to below `high`, of the process's generator.
///
/// As [`Generator::uniform`], and `high` may be below `low`.
///
/// **Shapes**: to the size, to which the bounds broadcast. **Dtypes**: float64.
///
/// # Errors
/// The result is in error: `OverflowError` for bounds that are infinite or too far apart; else as of [`Generator::uniform`].
///
/// # Examples
/// ```
/// let x = hloom::random::uniform(10, 20, 1000);
/// assert!(x.ge(10).all(..).truth()? && x.lt(20).all(..).truth()?);
/// # Ok::<(), hloom::Error>(())
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/random/generated/numpy.random.uniform.html>
#[track_caller]
pub fn uniform<'a, 'b>(low: impl IntoOperand<'a>, high: impl IntoOperand<'b>, size: impl Into<Size>) -> NdArray {
    let bounds = [low.into_operand(), high.into_operand()];
    match check_bounds(&bounds, false) {
        Ok(()) => shared().between(&bounds, &size.into()),
        Err(error) => Call::of("uniform", &bounds).error(error),
    }
}

/// Numbers of the normal distribution with a mean and a standard deviation, of the process's generator.
///
/// As [`Generator::normal`], with its shapes, dtypes and errors.
///
/// # Examples
/// ```
/// let x = hloom::random::normal(100, 2, 1000);
/// assert!((x.mean(..).item::<f64>()? - 100.0).abs() < 1.0);
/// # Ok::<(), hloom::Error>(())
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/random/generated/numpy.random.normal.html>
#[track_caller]
pub fn normal<'a, 'b>(loc: impl IntoOperand<'a>, scale: impl IntoOperand<'b>, size: impl Into<Size>) -> NdArray {
    shared().normal(loc, scale, size)
}

/// Integers from `low` to below `high`, of the process's generator.
///
/// As [`Generator::integers`], with its shapes, dtypes and errors; there is no `endpoint`.
///
/// # Examples
/// ```
/// let x = hloom::random::randint(-2, 3, (10, 100));
/// assert_eq!((x.min(..).item::<i64>()?, x.max(..).item::<i64>()?), (-2, 2));
/// # Ok::<(), hloom::Error>(())
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/random/generated/numpy.random.randint.html>
#[track_caller]
pub fn randint<'a, 'b>(low: impl IntoOperand<'a>, high: impl IntoOperand<'b>, size: impl Into<Size>) -> NdArray {
    shared().whole_numbers("randint", [low.into_operand(), high.into_operand()], &size.into())
}

/// Numbers of the Poisson distribution, of the process's generator.
///
/// As [`Generator::poisson`], with its shapes, dtypes and errors.
///
/// # Examples
/// ```
/// let x = hloom::random::poisson(3.5, 10_000);
/// assert!((x.mean(..).item::<f64>()? - 3.5).abs() < 0.2);
/// # Ok::<(), hloom::Error>(())
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/random/generated/numpy.random.poisson.html>
#[track_caller]
pub fn poisson<'a>(lam: impl IntoOperand<'a>, size: impl Into<Size>) -> NdArray {
    shared().poisson(lam, size)
}
