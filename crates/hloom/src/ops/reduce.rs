//! Reductions over axes, with NumPy's dtypes.

use hloom_ir::{AxisSet, Binary, Extreme, NodeId, Reducer, Reduction, Shape, Signature, mean_signature};

use crate::record::{Build, Builder, Call, IntoOperand};
use crate::{Axes, NdArray, Result};

macro_rules! reductions {
    ($($name:ident ($reduce:expr) $resolve:ident $meaning:literal, $dtypes:literal, $errors:literal, $example:literal, $result:literal;)*) => {
        $(
            #[doc = concat!($meaning, ".")]
            ///
            /// **Shapes**: the reduced axes vanish, or stay with extent 1 with
            /// [`Axes::keepdims`](crate::Axes::keepdims).
            #[doc = concat!("**Dtypes**: ", $dtypes, ".")]
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
                    let x = builder.operand(&x)?;
                    over_axes(builder, x, &axes, Axes::$resolve, $reduce)
                })
            }
        )*

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
    sum (by(Reducer::Sum)) resolve_0d "Sum of the elements", "any; bool and signed integers to int64, unsigned to uint64",
        "`AxisError`", "[[1, 2], [3, 4]], 0", "[4 6]";
    prod (by(Reducer::Prod)) resolve_0d "Product of the elements", "any; bool and signed integers to int64, unsigned to uint64",
        "`AxisError`", "[[1, 2], [3, 4]], ..", "24";
    mean (mean_node) resolve "Arithmetic mean; NaN of no elements", "any; bool and integers to float64",
        "`AxisError`", "[[1, 2], [3, 4]], axis(1).keepdims()", "[[1.5]\\n [3.5]]";
    max (by(Reducer::Max)) resolve_0d "The greatest element, NaN if there is one", "any, to the same dtype",
        "`AxisError`, `ValueError` of no elements", "[3.0, 1.0, 2.0], ..", "3.0";
    min (by(Reducer::Min)) resolve_0d "The least element, NaN if there is one", "any, to the same dtype",
        "`AxisError`, `ValueError` of no elements", "[3.0, 1.0, 2.0], ..", "1.0";
    all (by(Reducer::All)) resolve_0d "Whether all elements are true; NaN is", "any, to bool",
        "`AxisError`", "[1, 0, 2], ..", "False";
    any (by(Reducer::Any)) resolve_0d "Whether any element is true; NaN is", "any, to bool",
        "`AxisError`", "[1, 0, 2], ..", "True";
    argmax (position_of(Extreme::Max)) resolve_position
        "Where the greatest element is: the first of equal ones, or the first NaN if there is one. With `..`, the position \
         is that in the flattened array",
        "any, to int64; complex numbers order by the real part, then by the imaginary one",
        "`AxisError`, `ValueError` of no elements, `TypeError` for several axes", "[[3, 1, 4], [1, 5, 9]], 1", "[2 2]";
    argmin (position_of(Extreme::Min)) resolve_position
        "Where the least element is: the first of equal ones, or the first NaN if there is one. With `..`, the position is \
         that in the flattened array",
        "any, to int64; complex numbers order by the real part, then by the imaginary one",
        "`AxisError`, `ValueError` of no elements, `TypeError` for several axes", "[[3, 1, 4], [1, 5, 9]], 1", "[1 0]";
}

/// Reduces over axes and puts them back with extent 1 if they are to stay.
fn over_axes(
    builder: &mut Builder<'_>,
    x: NodeId,
    axes: &Axes,
    resolve: impl FnOnce(&Axes, usize) -> Result<AxisSet>,
    reduce: impl FnOnce(&mut Builder<'_>, NodeId, AxisSet) -> Result<NodeId>,
) -> Result<NodeId> {
    let shape = builder.shape(x)?;
    let set = resolve(axes, shape.ndim())?;
    let reduced = reduce(builder, x, set)?;
    if !axes.keeps_dims() {
        return Ok(reduced);
    }
    let kept: Shape =
        shape.iter().enumerate().map(|(axis, &extent)| if set.contains(axis) { 1 } else { extent }).collect();
    builder.reshape(reduced, kept)
}

/// A reduction in the dtype that NumPy takes it in.
fn by(reducer: Reducer) -> impl FnOnce(&mut Builder<'_>, NodeId, AxisSet) -> Result<NodeId> {
    move |builder, x, axes| {
        let dtype = reducer.resolve(builder.dtype(x)?);
        let x = builder.convert(x, dtype)?;
        builder.reduce(reducer, x, axes)
    }
}

fn mean_node(builder: &mut Builder<'_>, x: NodeId, axes: AxisSet) -> Result<NodeId> {
    let Signature { operand: computed, result } = mean_signature(builder.dtype(x)?);
    let shape = builder.shape(x)?;
    let n_elements: usize = axes.iter().map(|axis| shape[axis]).product();
    let x = builder.convert(x, computed)?;
    let sum = builder.reduce(Reducer::Sum, x, axes)?;
    let count = builder.constant_of(n_elements, computed);
    let mean = builder.apply(Binary::Divide, sum, count)?;
    builder.convert(mean, result)
}

/// Where an extreme element is along an axis, or in the flattened array.
fn position_of(extreme: Extreme) -> impl FnOnce(&mut Builder<'_>, NodeId, AxisSet) -> Result<NodeId> {
    move |builder, x, axes| {
        let (line, axis) = match axes.iter().collect::<Vec<usize>>()[..] {
            [axis] => (x, axis),
            _ => {
                let size = builder.shape(x)?.size();
                (builder.reshape(x, Shape::from([size]))?, 0)
            }
        };
        builder.op(Reduction::ArgReduce { extreme, axis }, &[line])
    }
}
