//! What the tables of all libraries share: a row, how its function is run, and what it takes and returns. Knows nothing of
//! any library.

use anyhow::{Context, Result};
use hloom::NdArray;
use hloom_bench::NativeRun;

/// A computation by a library: the benchmark's name, and what gets it ready.
pub(super) struct Row {
    /// The name of the benchmark.
    pub(super) name: &'static str,
    /// Converts the inputs, and returns what computes with them.
    pub(super) make: fn(&[NdArray]) -> Result<Box<dyn NativeRun>>,
}

/// Rows of a table: the name, and a closure over references to the inputs, in the order in which the benchmark has them.
macro_rules! table {
    ($($name:literal => |$($input:ident: $ty:ty),*| $body:expr;)*) => {
        &[$($crate::native::run::Row {
            name: $name,
            make: |inputs| {
                let [$($input),*] = inputs else {
                    let expected = [$(stringify!($input)),*].len();
                    anyhow::bail!("{}: expected {expected} inputs, got {}", $name, inputs.len());
                };
                let inputs = ($(<$ty as $crate::native::run::Input>::from_array($input)?,)*);
                Ok($crate::native::run::Computation::boxed(inputs, |($($input,)*): &($($ty,)*)| $body))
            },
        }),*]
    };
}
pub(super) use table;

/// A form of arrays that a library computes with.
pub(super) trait Input: Sized {
    /// The same elements in this form.
    fn from_array(array: &NdArray) -> Result<Self>;
}

/// What a function returns: arrays, a number, several of them, or an error.
pub(super) trait Results {
    /// Whether there are any.
    fn check(&self) -> Result<()> {
        Ok(())
    }

    /// Them as hloom's arrays.
    fn to_arrays(&self) -> Result<Vec<NdArray>>;
}

/// Inputs in a library's form, a function of them, and its last results.
pub(super) struct Computation<I, R, F> {
    inputs: I,
    function: F,
    results: Option<R>,
}

impl<I: 'static, R: Results + 'static, F: Fn(&I) -> R + 'static> Computation<I, R, F> {
    pub(super) fn boxed(inputs: I, function: F) -> Box<dyn NativeRun> {
        Box::new(Computation { inputs, function, results: None })
    }
}

impl<I, R: Results, F: Fn(&I) -> R> NativeRun for Computation<I, R, F> {
    fn call(&mut self) -> Result<()> {
        // Freed before the next ones are made, which may then take their memory.
        self.results = None;
        let results = (self.function)(&self.inputs);
        results.check()?;
        self.results = Some(results);
        Ok(())
    }

    fn results(&self) -> Result<Vec<NdArray>> {
        self.results.as_ref().context("nothing has been computed yet")?.to_arrays()
    }
}

impl<R: Results, E: std::fmt::Display> Results for std::result::Result<R, E> {
    fn check(&self) -> Result<()> {
        match self {
            Ok(results) => results.check(),
            Err(error) => Err(anyhow::anyhow!("{error}")),
        }
    }

    fn to_arrays(&self) -> Result<Vec<NdArray>> {
        self.check()?;
        self.as_ref().map_or_else(|_| Ok(Vec::new()), Results::to_arrays)
    }
}

macro_rules! tuples {
    ($($($part:ident)+;)*) => { $(
        impl<$($part: Results),+> Results for ($($part,)+) {
            fn check(&self) -> Result<()> {
                #[allow(non_snake_case, reason = "the parts are named as their types")]
                let ($($part,)+) = self;
                $($part.check()?;)+
                Ok(())
            }

            fn to_arrays(&self) -> Result<Vec<NdArray>> {
                #[allow(non_snake_case, reason = "the parts are named as their types")]
                let ($($part,)+) = self;
                let mut arrays = Vec::new();
                $(arrays.extend($part.to_arrays()?);)+
                Ok(arrays)
            }
        }
    )* };
}

tuples! {
    A B;
    A B C D;
}

macro_rules! numbers {
    ($($ty:ty)*) => { $(
        impl Input for $ty {
            fn from_array(array: &NdArray) -> Result<$ty> {
                Ok(array.item::<$ty>()?)
            }
        }

        impl Results for $ty {
            fn to_arrays(&self) -> Result<Vec<NdArray>> {
                Ok(vec![(*self).into()])
            }
        }
    )* };
}

numbers! { f32 f64 i64 u16 bool }
