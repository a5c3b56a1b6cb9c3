//! Searches: where the greatest and least elements are.

use hloom_ir::{Extreme, NodeId, Op, Shape};

use super::elementwise::describe;
use crate::record::{self, Builder, IntoOperand};
use crate::{Axes, NdArray, Result};

macro_rules! searches {
    ($($name:ident $extreme:ident $meaning:literal, $result:literal;)*) => {
        $(
            #[doc = concat!("Where the ", $meaning, " element is: the first of equal ones, or the first NaN if there is one.")]
            ///
            /// **Shapes**: one axis vanishes, or stays with extent 1 with
            /// [`Axes::keepdims`](crate::Axes::keepdims). With `..`, the position is that in the flattened array.
            /// **Dtypes**: any, to int64. Complex numbers order by the real part, then by the imaginary one.
            ///
            /// # Errors
            /// The result is in error: `AxisError`; `ValueError` of no elements; `TypeError` for several axes.
            ///
            /// # Examples
            /// ```
            /// let x = hloom::array([[3, 1, 4], [1, 5, 9]]);
            #[doc = concat!("assert_eq!(hloom::", stringify!($name), "(&x, 1).to_string(), \"", $result, "\");")]
            /// ```
            ///
            #[doc = concat!(
                "**Source**: <https://numpy.org/doc/stable/reference/generated/numpy.", stringify!($name), ".html>"
            )]
            #[track_caller]
            pub fn $name<'a>(x: impl IntoOperand<'a>, axes: impl Into<Axes>) -> NdArray {
                let (x, axes) = (x.into_operand(), axes.into());
                record::record(
                    |builder| {
                        let x = builder.operand(&x)?;
                        position(builder, x, &axes, Extreme::$extreme)
                    },
                    |recorder| format!("{}({})", stringify!($name), describe(recorder, &x)),
                )
            }
        )*

        /// Searches.
        impl NdArray {
            $(
                #[doc = concat!("Where the ", $meaning, " element is; see [`", stringify!($name), "`](crate::", stringify!($name), ").")]
                #[track_caller]
                pub fn $name(&self, axes: impl Into<Axes>) -> NdArray {
                    $name(self, axes)
                }
            )*
        }
    };
}

searches! {
    argmax Max "greatest", "[2 2]";
    argmin Min "least", "[1 0]";
}

fn position(builder: &mut Builder<'_>, x: NodeId, axes: &Axes, extreme: Extreme) -> Result<NodeId> {
    let shape = builder.shape(x)?;
    let axis = axes.resolve_one(shape.ndim())?;
    let (line, along) = match axis {
        Some(axis) if !shape.is_empty() => (x, axis),
        _ => (builder.reshape(x, Shape::from([shape.size()]))?, 0),
    };
    let found = builder.op(Op::ArgReduce { extreme, axis: along }, &[line])?;
    if !axes.keeps_dims() {
        return Ok(found);
    }
    let kept =
        shape.iter().enumerate().map(|(at, &extent)| if axis.is_none_or(|axis| axis == at) { 1 } else { extent });
    builder.reshape(found, kept.collect())
}
