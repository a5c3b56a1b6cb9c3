//! Reductions over axes, with NumPy's dtypes.

use hloom_ir::{Binary, DType, Extreme, NodeId, Reducer, Reduction, Shape};

use super::moments::{mean_of, std_of, var_of};
use super::over::{Over, over_axes, reduce_masked};
use crate::record::{Build, Builder, Call, IntoOperand};
use crate::{Axes, NdArray, Result};

/// The functions of a table of reductions.
macro_rules! reduction_functions {
    ($($name:ident ($reduce:expr) $resolve:ident [$($keyword:literal),*] $meaning:literal, $dtypes:literal, $errors:literal, $example:literal, $result:literal;)*) => {
        $(
            #[doc = concat!($meaning, ".")]
            ///
            /// **Shapes**: the reduced axes vanish, or stay with extent 1 with
            /// [`Axes::keepdims`](crate::Axes::keepdims).
            #[doc = concat!("**Dtypes**: ", $dtypes, ".")]
            #[doc = concat!("**Keywords**, through [`axis`](crate::axis()): keepdims" $(, " ", $keyword)*, ".")]
            ///
            /// # Errors
            #[doc = concat!("The result is in error: ", $errors, ".")]
            ///
            /// # Examples
            /// ```
            /// use hloom::prelude::*;
            #[doc = concat!("let y = hloom::", stringify!($name), "(", $example, ");")]
            #[doc = concat!("assert_eq!(y.to_string(), \"", $result, "\");")]
            /// ```
            ///
            #[doc = concat!(
                "**Source**: <https://numpy.org/doc/stable/reference/generated/numpy.", stringify!($name), ".html>"
            )]
            #[track_caller]
            pub fn $name<'a>(x: impl IntoOperand<'a>, axes: impl Into<Axes>) -> NdArray {
                let (x, axes) = (x.into_operand(), axes.into());
                Call::of(stringify!($name), &x).record(|builder| {
                    let keywords = axes.keywords(stringify!($name), &[$($keyword),*])?;
                    let x = builder.operand(&x)?;
                    over_axes(builder, x, &axes, keywords, Axes::$resolve, $reduce)
                })
            }
        )*
    };
}

pub(super) use reduction_functions;

/// The functions of a table of reductions, and methods of the same names.
macro_rules! reductions {
    ($($name:ident ($reduce:expr) $resolve:ident [$($keyword:literal),*] $meaning:literal, $dtypes:literal, $errors:literal, $example:literal, $result:literal;)*) => {
        reduction_functions! {
            $($name ($reduce) $resolve [$($keyword),*] $meaning, $dtypes, $errors, $example, $result;)*
        }

        /// Reductions.
        impl NdArray {
            $(
                #[doc = concat!($meaning, "; see [`", stringify!($name), "`](crate::", stringify!($name), ").")]
                #[track_caller]
                pub fn $name(&self, axes: impl Into<Axes>) -> NdArray {
                    $name(self, axes)
                }
            )*
        }
    };
}

reductions! {
    sum (by(Reducer::Sum)) resolve_0d ["dtype", "initial", "where"] "Sum of the elements",
        "any; bool and signed integers to int64, unsigned to uint64", "`AxisError`", "[[1, 2], [3, 4]], 0", "[4 6]";
    prod (by(Reducer::Prod)) resolve_0d ["dtype", "initial", "where"] "Product of the elements",
        "any; bool and signed integers to int64, unsigned to uint64", "`AxisError`", "[[1, 2], [3, 4]], ..", "24";
    mean (mean_of) resolve ["dtype", "where"] "Arithmetic mean; NaN of no elements", "any; bool and integers to float64",
        "`AxisError`", "[[1, 2], [3, 4]], axis(1).keepdims()", "[[1.5]\\n [3.5]]";
    var (var_of) resolve ["dtype", "where", "ddof", "mean"]
        "Variance: the mean of the squares of the distances from the mean; NaN of no elements",
        "any; bool and integers to float64, complex to its real dtype", "`AxisError`",
        "[1, 2, 3, 4], axis(..).ddof(1)", "1.6666666666666667";
    std (std_of) resolve ["dtype", "where", "ddof", "mean"] "Standard deviation, the square root of the variance",
        "any; bool and integers to float64, complex to its real dtype", "`AxisError`", "[[1, 2], [3, 7]], 1", "[0.5 2. ]";
    max (by(Reducer::Max)) resolve_0d ["initial", "where"] "The greatest element, NaN if there is one",
        "any, to the same dtype", "`AxisError`, `ValueError` of no elements without `initial`", "[3.0, 1.0, 2.0], ..", "3.0";
    min (by(Reducer::Min)) resolve_0d ["initial", "where"] "The least element, NaN if there is one",
        "any, to the same dtype", "`AxisError`, `ValueError` of no elements without `initial`", "[3.0, 1.0, 2.0], ..", "1.0";
    amax (by(Reducer::Max)) resolve_0d ["initial", "where"] "Another name of `max`",
        "any, to the same dtype", "`AxisError`, `ValueError` of no elements without `initial`", "[3.0, 1.0, 2.0], ..", "3.0";
    amin (by(Reducer::Min)) resolve_0d ["initial", "where"] "Another name of `min`",
        "any, to the same dtype", "`AxisError`, `ValueError` of no elements without `initial`", "[3.0, 1.0, 2.0], ..", "1.0";
    ptp (range_of) resolve_0d [] "The greatest element minus the least",
        "numbers, to the same dtype; bool is a `TypeError`", "`AxisError`, `ValueError` of no elements", "[3, 1, 5], ..", "4";
    all (by(Reducer::All)) resolve_0d ["where"] "Whether all elements are true; NaN is", "any, to bool",
        "`AxisError`", "[1, 0, 2], ..", "False";
    any (by(Reducer::Any)) resolve_0d ["where"] "Whether any element is true; NaN is", "any, to bool",
        "`AxisError`", "[1, 0, 2], ..", "True";
    count_nonzero (count) resolve_0d [] "How many elements are not zero; NaN is not", "any, to int64",
        "`AxisError`", "[[1, 0], [2, 3]], 0", "[2 1]";
    argmax (position_of(Extreme::Max)) resolve_position []
        "Where the greatest element is: the first of equal ones, or the first NaN if there is one. With `..`, the position \
         is that in the flattened array",
        "any, to int64; complex numbers order by the real part, then by the imaginary one",
        "`AxisError`, `ValueError` of no elements, `TypeError` for several axes", "[[3, 1, 4], [1, 5, 9]], 1", "[2 2]";
    argmin (position_of(Extreme::Min)) resolve_position []
        "Where the least element is: the first of equal ones, or the first NaN if there is one. With `..`, the position is \
         that in the flattened array",
        "any, to int64; complex numbers order by the real part, then by the imaginary one",
        "`AxisError`, `ValueError` of no elements, `TypeError` for several axes", "[[3, 1, 4], [1, 5, 9]], 1", "[1 0]";
}

/// A reduction in the dtype that NumPy takes it in.
pub(super) fn by(reducer: Reducer) -> impl FnOnce(&mut Builder<'_>, NodeId, &Over<'_>) -> Result<NodeId> {
    move |builder, x, over| {
        let dtype = over.keywords.dtype.unwrap_or_else(|| {
            let own = builder.dtype(x).unwrap_or(DType::Bool);
            reducer.resolve(own)
        });
        let x = builder.convert(x, dtype)?;
        // The sum of bools as a bool is whether there is one, their product whether all are.
        let reducer = match (reducer, dtype) {
            (Reducer::Sum, DType::Bool) => Reducer::Any,
            (Reducer::Prod, DType::Bool) => Reducer::All,
            _ => reducer,
        };
        reduce_masked(builder, reducer, x, over)
    }
}

/// The greatest element minus the least.
fn range_of(builder: &mut Builder<'_>, x: NodeId, over: &Over<'_>) -> Result<NodeId> {
    let greatest = builder.reduce(Reducer::Max, x, over.axes)?;
    let least = builder.reduce(Reducer::Min, x, over.axes)?;
    let dtype = builder.dtype(x)?;
    Binary::Subtract.resolve(hloom_ir::ArgType::Strong(dtype), hloom_ir::ArgType::Strong(dtype))?;
    builder.apply(Binary::Subtract, greatest, least)
}

/// How many elements are not zero.
fn count(builder: &mut Builder<'_>, x: NodeId, over: &Over<'_>) -> Result<NodeId> {
    let truths = builder.convert(x, DType::Bool)?;
    let ones = builder.convert(truths, DType::I64)?;
    builder.reduce(Reducer::Sum, ones, over.axes)
}

/// Where an extreme element is along an axis, or in the flattened array.
pub(super) fn position_of(extreme: Extreme) -> impl FnOnce(&mut Builder<'_>, NodeId, &Over<'_>) -> Result<NodeId> {
    move |builder, x, over| {
        let (line, axis) = match over.axes.iter().collect::<Vec<usize>>()[..] {
            [axis] => (x, axis),
            _ => {
                let size = builder.shape(x)?.size();
                (builder.reshape(x, Shape::from([size]))?, 0)
            }
        };
        builder.op(Reduction::ArgReduce { extreme, axis }, &[line])
    }
}
