//! Reductions over axes, with NumPy's dtypes.

use hloom_ir::{AxisSet, Binary, DType, Extreme, Literal, NodeId, Reducer, Reduction, Shape};

use super::moments::{mean_of, std_of, var_of};
use crate::axes::Keywords;
use crate::record::{Build, Builder, Call, IntoOperand, Operand};
use crate::{Axes, Error, NdArray, Result};

macro_rules! reductions {
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

/// What is reduced over: axes, and the elements that count.
pub(super) struct Over<'k> {
    pub(super) axes: AxisSet,
    pub(super) keywords: &'k Keywords,
    /// Which elements count, as bools of the operand's shape.
    pub(super) mask: Option<NodeId>,
}

impl Over<'_> {
    /// A shape with the reduced axes at extent 1.
    pub(super) fn kept(&self, shape: &Shape) -> Shape {
        let extent = |(axis, &extent)| if self.axes.contains(axis) { 1 } else { extent };
        shape.iter().enumerate().map(extent).collect()
    }
}

/// Reduces over axes and puts them back with extent 1 if they are to stay.
pub(super) fn over_axes(
    builder: &mut Builder<'_>,
    x: NodeId,
    axes: &Axes,
    keywords: &Keywords,
    resolve: impl FnOnce(&Axes, usize) -> Result<AxisSet>,
    reduce: impl FnOnce(&mut Builder<'_>, NodeId, &Over<'_>) -> Result<NodeId>,
) -> Result<NodeId> {
    let shape = builder.shape(x)?;
    let set = resolve(axes, shape.ndim())?;
    let mask = keywords.where_.as_ref().map(|mask| mask_of(builder, mask, &shape)).transpose()?;
    let over = Over { axes: set, keywords, mask };
    let reduced = reduce(builder, x, &over)?;
    if !axes.keeps_dims() {
        return Ok(reduced);
    }
    builder.reshape(reduced, over.kept(&shape))
}

/// Which elements of an array of a shape count.
fn mask_of(builder: &mut Builder<'_>, mask: &Operand<'_>, shape: &Shape) -> Result<NodeId> {
    let mask = builder.operand(mask)?;
    let ty = builder.ty(mask)?.clone();
    if ty.dtype != DType::Bool {
        return Err(Error::type_(format!(
            "Cannot cast array data from dtype('{}') to dtype('bool') according to the rule 'safe'",
            ty.dtype
        )));
    }
    builder.broadcast(mask, shape).map_err(|_| {
        Error::value(format!(
            "non-broadcastable operand with shape {shape} doesn't match the mask's shape {}",
            ty.shape
        ))
    })
}

/// A reduction in the dtype that NumPy takes it in.
fn by(reducer: Reducer) -> impl FnOnce(&mut Builder<'_>, NodeId, &Over<'_>) -> Result<NodeId> {
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

/// A reduction of the elements that count, beginning with what the caller says.
pub(super) fn reduce_masked(builder: &mut Builder<'_>, reducer: Reducer, x: NodeId, over: &Over<'_>) -> Result<NodeId> {
    let dtype = builder.dtype(x)?;
    let identity = match reducer {
        Reducer::Sum => Some(Literal::zero(dtype)),
        Reducer::Prod => Some(Literal::one(dtype)),
        Reducer::All => Some(Literal::new(true)),
        Reducer::Any => Some(Literal::new(false)),
        Reducer::Max | Reducer::Min => None,
    };
    let initial = over.keywords.initial.as_ref().map(|initial| initial_of(builder, initial, dtype)).transpose()?;
    // NumPy begins with the identity where it leaves elements out, which makes a difference to the sign of a zero.
    let initial = match (initial, over.mask, identity) {
        (Some(initial), _, _) => Some(initial),
        (None, Some(_), Some(identity)) => Some(builder.constant(identity)),
        (None, Some(_), None) => {
            let name = if reducer == Reducer::Max { "maximum" } else { "minimum" };
            return Err(Error::value(format!(
                "reduction operation '{name}' does not have an identity, so to use a where mask one has to specify \
                 'initial'"
            )));
        }
        (None, None, _) => None,
    };
    let Some(initial) = initial else { return builder.reduce(reducer, x, over.axes) };
    let shape = builder.shape(x)?;
    let combine = match reducer {
        Reducer::Sum => Binary::Add,
        Reducer::Prod => Binary::Multiply,
        Reducer::Max => Binary::Maximum,
        Reducer::Min => Binary::Minimum,
        Reducer::All => Binary::LogicalAnd,
        Reducer::Any => Binary::LogicalOr,
    };
    let kept: Shape = (0..shape.ndim()).filter(|&axis| !over.axes.contains(axis)).map(|axis| shape[axis]).collect();
    let start = builder.broadcast(initial, &kept)?;
    if over.axes.iter().any(|axis| shape[axis] == 0) {
        return Ok(start);
    }
    let x = match over.mask {
        Some(mask) => {
            let left_out = match identity {
                Some(identity) => builder.constant(identity),
                None => initial,
            };
            let left_out = builder.broadcast(left_out, &shape)?;
            builder.select(mask, x, left_out)?
        }
        None => x,
    };
    let reduced = builder.reduce(reducer, x, over.axes)?;
    builder.apply(combine, reduced, start)
}

/// What a reduction begins with, as a number of its dtype: cast as an assignment to one element is.
fn initial_of(builder: &mut Builder<'_>, initial: &Operand<'_>, dtype: DType) -> Result<NodeId> {
    let node = match initial {
        Operand::Number(hloom_ir::Weak::Float(value)) if dtype.is_integer() => {
            builder.scalar(hloom_ir::Weak::Float(value.trunc()).wrapping_literal(dtype))
        }
        Operand::Number(_) => builder.operand_as(initial, dtype)?,
        _ => {
            let own = builder.operand(initial)?;
            builder.convert(own, dtype)?
        }
    };
    if !builder.ty(node)?.shape.is_empty() {
        return Err(Error::value("setting an array element with a sequence."));
    }
    Ok(node)
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
fn position_of(extreme: Extreme) -> impl FnOnce(&mut Builder<'_>, NodeId, &Over<'_>) -> Result<NodeId> {
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
