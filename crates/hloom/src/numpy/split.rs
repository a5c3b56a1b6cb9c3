//! Arrays taken apart along an axis: the parts are views, and nothing is computed.

use hloom_ir::{NodeId, Shape, normalize_axis};

use super::along::{moved, window};
use super::permute::named_axis;
use crate::record::{Build, Builder, Call, IntoOperand, Operand};
use crate::{Axes, Error, IntoExtent, NdArray, Result};

/// Where an array is split: into so many equal parts, or before each of some positions, which count from the end if they
/// are negative.
#[derive(Clone, Debug)]
pub struct Sections(Cuts);

#[derive(Clone, Debug)]
enum Cuts {
    Parts(i64),
    Before(Vec<i64>),
}

impl Sections {
    /// How many parts there are. What is no number of parts has one: an array in error.
    fn n_parts(&self) -> usize {
        match &self.0 {
            Cuts::Parts(n) => usize::try_from(*n).unwrap_or(1).clamp(1, MAX_PARTS),
            Cuts::Before(positions) => positions.len() + 1,
        }
    }
}

/// The most parts that there can be arrays in error for.
const MAX_PARTS: usize = 1 << 16;

macro_rules! parts {
    ($($ty:ty),*) => { $(
        impl From<$ty> for Sections {
            fn from(n_parts: $ty) -> Sections {
                Sections(Cuts::Parts(n_parts.into_extent()))
            }
        }
    )* };
}

parts!(i32, i64, isize, u32, u64, usize);

impl<T: IntoExtent> From<&[T]> for Sections {
    fn from(positions: &[T]) -> Sections {
        Sections(Cuts::Before(positions.iter().map(|position| position.into_extent()).collect()))
    }
}

impl<T: IntoExtent, const N: usize> From<[T; N]> for Sections {
    fn from(positions: [T; N]) -> Sections {
        Sections::from(positions.as_slice())
    }
}

impl<T: IntoExtent> From<Vec<T>> for Sections {
    fn from(positions: Vec<T>) -> Sections {
        Sections::from(positions.as_slice())
    }
}

impl<T: IntoExtent> From<&Vec<T>> for Sections {
    fn from(positions: &Vec<T>) -> Sections {
        Sections::from(positions.as_slice())
    }
}

macro_rules! tuples {
    ($(($($name:ident)+))*) => { $(
        impl<$($name: IntoExtent),+> From<($($name,)+)> for Sections {
            #[expect(non_snake_case, reason = "each field is named by its type")]
            fn from(($($name,)+): ($($name,)+)) -> Sections {
                Sections(Cuts::Before(vec![$($name.into_extent()),+]))
            }
        }
    )* };
}

tuples! { (A) (A B) (A B C) (A B C D) (A B C D E) (A B C D E F) }

/// The array in parts along an axis: so many of one extent, or those between positions.
///
/// **Shapes**: `[…, n, …]` to `[…, m, …]` each.
/// **Dtypes**: any, each to the same.
///
/// # Errors
/// Every part is in error: `ValueError` if the axis cannot be divided into so many equal parts, `IndexError` for an axis
/// that the array does not have. Of no parts or fewer, there is one, in error.
///
/// # Examples
/// ```
/// let x = hloom::arange(6);
/// let parts = hloom::split(&x, 3, 0);
/// assert_eq!(parts[1].to_string(), "[2 3]");
/// let parts = hloom::split(&x, [1, 4], 0);
/// assert_eq!(parts.iter().map(|part| part.to_string()).collect::<Vec<_>>(), ["[0]", "[1 2 3]", "[4 5]"]);
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.split.html>
#[track_caller]
pub fn split<'a>(x: impl IntoOperand<'a>, sections: impl Into<Sections>, axis: impl Into<Axes>) -> Vec<NdArray> {
    parts_of("split", &x.into_operand(), &sections.into(), true, |_| given(&axis.into(), "split"))
}

/// As [`split`], with parts that may differ: the first ones are larger by one where the axis cannot be divided equally.
///
/// # Examples
/// ```
/// let parts = hloom::array_split(hloom::arange(5), 3, 0);
/// assert_eq!(parts.iter().map(|part| part.to_string()).collect::<Vec<_>>(), ["[0 1]", "[2 3]", "[4]"]);
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.array_split.html>
#[track_caller]
pub fn array_split<'a>(x: impl IntoOperand<'a>, sections: impl Into<Sections>, axis: impl Into<Axes>) -> Vec<NdArray> {
    parts_of("array_split", &x.into_operand(), &sections.into(), false, |_| given(&axis.into(), "array_split"))
}

macro_rules! along {
    ($($name:ident $ndim:literal |$found:ident| $axis:expr, $which:literal, $example:literal => $result:literal;)*) => { $(
        #[doc = concat!("As [`split`], along ", $which, ".")]
        ///
        /// # Errors
        #[doc = concat!(
            "As for [`split`]; every part is in error (`ValueError`) for fewer axes than ", $ndim, "."
        )]
        ///
        /// # Examples
        /// ```
        #[doc = concat!("let parts = hloom::", stringify!($name), "(", $example, ", 2);")]
        #[doc = concat!("assert_eq!(parts[1].to_string(), \"", $result, "\");")]
        /// ```
        ///
        #[doc = concat!(
            "**Source**: <https://numpy.org/doc/stable/reference/generated/numpy.", stringify!($name), ".html>"
        )]
        #[track_caller]
        pub fn $name<'a>(x: impl IntoOperand<'a>, sections: impl Into<Sections>) -> Vec<NdArray> {
            parts_of(stringify!($name), &x.into_operand(), &sections.into(), true, |$found| {
                if $found < $ndim {
                    return Err(Error::value(concat!(
                        stringify!($name), " only works on arrays of ", $ndim, " or more dimensions"
                    )));
                }
                Ok($axis)
            })
        }
    )* };
}

along! {
    vsplit 2 |ndim| 0, "the first axis", "[[1, 2], [3, 4]]" => "[[3 4]]";
    hsplit 1 |ndim| i64::from(ndim > 1), "the second axis, or the only one of a 1-d array",
        "[[1, 2], [3, 4]]" => "[[2]\\n [4]]";
    dsplit 3 |ndim| 2, "the third axis", "[[[1, 2], [3, 4]]]" => "[[[2]\\n  [4]]]";
}

/// The array at each position of an axis.
///
/// **Shapes**: `[…, n, …]` to `n` times `[…]`.
/// **Dtypes**: any, each to the same.
///
/// # Errors
/// There is one array, in error: `ValueError` for a 0-d array, `AxisError`.
///
/// # Examples
/// ```
/// let columns = hloom::unstack([[1, 2], [3, 4]], 1);
/// assert_eq!((columns.len(), columns[1].to_string()), (2, "[2 4]".to_owned()));
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.unstack.html>
#[track_caller]
pub fn unstack<'a>(x: impl IntoOperand<'a>, axis: impl Into<Axes>) -> Vec<NdArray> {
    let (x, axes) = (x.into_operand(), axis.into());
    let mut found = None;
    let rows = Call::of("unstack", &x).record(|builder| {
        let axis = given(&axes, "unstack")?;
        let x = builder.operand(&x)?;
        let shape = builder.shape(x)?;
        if shape.is_empty() {
            return Err(Error::value("Input array must be at least 1-d."));
        }
        let axis = named_axis("source", axis, shape.ndim())?;
        let first = moved(builder, x, axis, 0)?;
        found = Some((shape[axis], Shape::from(&builder.shape(first)?[1..])));
        Ok(first)
    });
    let Some((n_rows, row)) = found else {
        return vec![rows];
    };
    let bounds: Vec<usize> = (0..=n_rows).collect();
    parts("unstack", &rows, 0, &bounds, |builder, part| builder.reshape(part, row.clone()))
}

/// The axis that is given.
fn given(axes: &Axes, name: &str) -> Result<i64> {
    axes.arguments(name, &[])?;
    axes.single()?.ok_or_else(|| Error::type_(format!("{name}: expected an axis, got ..")))
}

/// The parts along the axis that is chosen for so many axes.
#[track_caller]
fn parts_of(
    name: &str,
    x: &Operand<'_>,
    sections: &Sections,
    is_equal: bool,
    axis: impl FnOnce(usize) -> Result<i64>,
) -> Vec<NdArray> {
    let mut found = None;
    let whole = Call::of(name, x).record(|builder| {
        let x = builder.operand(x)?;
        let shape = builder.shape(x)?;
        let axis = axis(shape.ndim())?;
        let axis = normalize_axis(axis, shape.ndim()).map_err(|error| Error::index(error.message))?;
        let extent = shape[axis];
        let bounds: Vec<usize> = match &sections.0 {
            Cuts::Parts(n) => {
                if is_equal && *n == 0 {
                    return Err(Error::zero_division("integer modulo by zero"));
                }
                let n = usize::try_from(*n).ok().filter(|&n| n > 0);
                let n = n.ok_or_else(|| Error::value("number sections must be larger than 0."))?;
                if n > MAX_PARTS && n > extent {
                    return Err(Error::value(format!("expected at most {MAX_PARTS} empty sections, got {n}")));
                }
                if is_equal && !extent.is_multiple_of(n) {
                    return Err(Error::value("array split does not result in an equal division"));
                }
                let (each, n_larger) = (extent / n, extent % n);
                (0..=n).map(|part| part * each + part.min(n_larger)).collect()
            }
            Cuts::Before(positions) => {
                let within = |&position: &i64| {
                    let position =
                        if position < 0 { position.saturating_add_unsigned(extent as u64) } else { position };
                    usize::try_from(position).unwrap_or(0).min(extent)
                };
                [0].into_iter().chain(positions.iter().map(within)).chain([extent]).collect()
            }
        };
        found = Some((axis, bounds));
        Ok(x)
    });
    match found {
        Some((axis, bounds)) => parts(name, &whole, axis, &bounds, |_, part| Ok(part)),
        None => vec![whole; sections.n_parts()],
    }
}

/// So many parts are recorded at once. What is recorded is cut between calls: the thousands of parts of a long axis would be one program
/// of as many results, which compiles for seconds, and are the same small program over and over.
const TOGETHER: usize = 8;

/// The parts of an array between each bound and the next, and what is made of each.
#[track_caller]
fn parts(
    name: &str,
    whole: &NdArray,
    axis: usize,
    bounds: &[usize],
    finish: impl Fn(&mut Builder<'_>, NodeId) -> Result<NodeId>,
) -> Vec<NdArray> {
    let pairs: Vec<&[usize]> = bounds.windows(2).collect();
    let mut results = Vec::with_capacity(pairs.len());
    for pairs in pairs.chunks(TOGETHER) {
        results.extend(Call::of(name, whole).record_several(pairs.len(), |builder| {
            let part = |pair: &&[usize]| {
                let part = window(builder, whole.node(), axis, pair[0], pair[1].saturating_sub(pair[0]))?;
                finish(builder, part)
            };
            pairs.iter().map(part).collect()
        }));
    }
    results
}
