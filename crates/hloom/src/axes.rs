//! What a caller may write for axes, and the keyword arguments that go with them.

use std::fmt;
use std::sync::LazyLock;

use hloom_ir::{AxisSet, Casting, DType, Weak, normalize_axes, normalize_axis};

use crate::record::{IntoOperand, Operand};
use crate::{Error, IndexMode, IntoExtent, Result};

/// The axes that a function goes along, and NumPy's other keyword arguments of it.
///
/// Written as `..` (all axes, NumPy's `None`), an integer, or integers as a tuple, an array, a vector or a slice. [`axis`]
/// adds keyword arguments: `axis(0).keepdims()`, `axis(..).dtype(float64)`. One that the function does not have gives a
/// result in error (`TypeError`).
#[derive(Clone, Debug)]
pub struct Axes {
    axes: Option<Vec<i64>>,
    keepdims: bool,
    keywords: Option<Box<Keywords>>,
}

/// Keyword arguments of functions along axes, beside `keepdims`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Keywords {
    pub(crate) dtype: Option<DType>,
    pub(crate) initial: Option<Operand<'static>>,
    pub(crate) where_: Option<Operand<'static>>,
    pub(crate) ddof: Option<f64>,
    pub(crate) mean: Option<Operand<'static>>,
    pub(crate) equal_nan: Option<bool>,
    pub(crate) include_initial: bool,
    pub(crate) bitorder: Option<BitOrder>,
    pub(crate) count: Option<i64>,
    pub(crate) casting: Option<Casting>,
    pub(crate) trim: Option<String>,
    pub(crate) mode: Option<IndexMode>,
    pub(crate) n: Option<i64>,
    pub(crate) prepend: Option<Operand<'static>>,
    pub(crate) append: Option<Operand<'static>>,
    pub(crate) spacing: Vec<Operand<'static>>,
    pub(crate) edge_order: Option<i64>,
    pub(crate) x: Option<Operand<'static>>,
    pub(crate) dx: Option<Operand<'static>>,
    pub(crate) discont: Option<Operand<'static>>,
    pub(crate) period: Option<Weak>,
    pub(crate) weights: Option<Operand<'static>>,
    pub(crate) method: Option<String>,
}

/// Which bit of a byte comes first, for [`packbits`](crate::packbits) and [`unpackbits`](crate::unpackbits).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum BitOrder {
    /// The highest one.
    #[default]
    Big,
    /// The lowest one.
    Little,
}

/// No keyword arguments.
pub(crate) static NONE: LazyLock<Keywords> = LazyLock::new(Keywords::default);

impl Keywords {
    /// NumPy's names of those that are given.
    fn names(&self) -> impl Iterator<Item = &'static str> {
        let given = [
            (self.dtype.is_some(), "dtype"),
            (self.initial.is_some(), "initial"),
            (self.where_.is_some(), "where"),
            (self.ddof.is_some(), "ddof"),
            (self.mean.is_some(), "mean"),
            (self.equal_nan.is_some(), "equal_nan"),
            (self.include_initial, "include_initial"),
            (self.bitorder.is_some(), "bitorder"),
            (self.count.is_some(), "count"),
            (self.casting.is_some(), "casting"),
            (self.trim.is_some(), "trim"),
            (self.mode.is_some(), "mode"),
            (self.n.is_some(), "n"),
            (self.prepend.is_some(), "prepend"),
            (self.append.is_some(), "append"),
            (!self.spacing.is_empty(), "spacing"),
            (self.edge_order.is_some(), "edge_order"),
            (self.x.is_some(), "x"),
            (self.dx.is_some(), "dx"),
            (self.discont.is_some(), "discont"),
            (self.period.is_some(), "period"),
            (self.weights.is_some(), "weights"),
            (self.method.is_some(), "method"),
        ];
        given.into_iter().filter(|&(is_given, _)| is_given).map(|(_, name)| name)
    }
}

impl Axes {
    /// Keeps the reduced axes with extent 1, so that the result broadcasts against the array.
    pub fn keepdims(mut self) -> Axes {
        self.keepdims = true;
        self
    }

    /// The dtype to compute in and to return.
    pub fn dtype(self, dtype: DType) -> Axes {
        self.with(|keywords| keywords.dtype = Some(dtype))
    }

    /// What a reduction begins with.
    pub fn initial<'a>(self, initial: impl IntoOperand<'a>) -> Axes {
        let initial = initial.into_operand().into_owned();
        self.with(|keywords| keywords.initial = Some(initial))
    }

    /// Which elements count: those where this, broadcast to the array, is true.
    pub fn where_<'a>(self, mask: impl IntoOperand<'a>) -> Axes {
        let mask = mask.into_operand().into_owned();
        self.with(|keywords| keywords.where_ = Some(mask))
    }

    /// What is taken off the number of elements that a variance divides by.
    pub fn ddof(self, ddof: impl Into<Weak>) -> Axes {
        let ddof = ddof.into().real();
        self.with(|keywords| keywords.ddof = Some(ddof))
    }

    /// Another name of [`Axes::ddof`], as in the array API standard.
    pub fn correction(self, correction: impl Into<Weak>) -> Axes {
        self.ddof(correction)
    }

    /// The mean that a variance is taken about, if it is known: of the shape that it has with `keepdims`.
    pub fn mean<'a>(self, mean: impl IntoOperand<'a>) -> Axes {
        let mean = mean.into_operand().into_owned();
        self.with(|keywords| keywords.mean = Some(mean))
    }

    /// Whether NaN is equal to NaN.
    pub fn equal_nan(self, equal_nan: bool) -> Axes {
        self.with(|keywords| keywords.equal_nan = Some(equal_nan))
    }

    /// Begins a cumulative sum or product with 0 or 1.
    pub fn include_initial(self) -> Axes {
        self.with(|keywords| keywords.include_initial = true)
    }

    /// Which bit of a byte comes first.
    pub fn bitorder(self, bitorder: BitOrder) -> Axes {
        self.with(|keywords| keywords.bitorder = Some(bitorder))
    }

    /// How many bits there are to be; how many are left out at the end, if it is negative.
    pub fn count(self, count: impl IntoExtent) -> Axes {
        let count = count.into_extent();
        self.with(|keywords| keywords.count = Some(count))
    }

    /// Which conversions to the dtype are allowed.
    pub fn casting(self, casting: Casting) -> Axes {
        self.with(|keywords| keywords.casting = Some(casting))
    }

    /// Where zeros are taken off: `"f"` for the front, `"b"` for the back, `"fb"` for both.
    pub fn trim(self, trim: impl Into<String>) -> Axes {
        let trim = trim.into();
        self.with(|keywords| keywords.trim = Some(trim))
    }

    /// What becomes of positions that are not on the axis.
    pub fn mode(self, mode: impl Into<IndexMode>) -> Axes {
        let mode = mode.into();
        self.with(|keywords| keywords.mode = Some(mode))
    }

    /// How many times differences are taken.
    pub fn n(self, n: impl IntoExtent) -> Axes {
        let n = n.into_extent();
        self.with(|keywords| keywords.n = Some(n))
    }

    /// What comes before the elements along the axis.
    pub fn prepend<'a>(self, prepend: impl IntoOperand<'a>) -> Axes {
        let prepend = prepend.into_operand().into_owned();
        self.with(|keywords| keywords.prepend = Some(prepend))
    }

    /// What comes behind the elements along the axis.
    pub fn append<'a>(self, append: impl IntoOperand<'a>) -> Axes {
        let append = append.into_operand().into_owned();
        self.with(|keywords| keywords.append = Some(append))
    }

    /// How far apart elements are, or where they are, along the next axis for which that is not said, or along all.
    pub fn spacing<'a>(self, spacing: impl IntoOperand<'a>) -> Axes {
        let spacing = spacing.into_operand().into_owned();
        self.with(|keywords| keywords.spacing.push(spacing))
    }

    /// Up to which degree derivatives at the edges are exact.
    pub fn edge_order(self, edge_order: impl IntoExtent) -> Axes {
        let edge_order = edge_order.into_extent();
        self.with(|keywords| keywords.edge_order = Some(edge_order))
    }

    /// Where the elements are along the axis.
    pub fn x<'a>(self, x: impl IntoOperand<'a>) -> Axes {
        let x = x.into_operand().into_owned();
        self.with(|keywords| keywords.x = Some(x))
    }

    /// How far apart the elements are along the axis.
    pub fn dx<'a>(self, dx: impl IntoOperand<'a>) -> Axes {
        let dx = dx.into_operand().into_owned();
        self.with(|keywords| keywords.dx = Some(dx))
    }

    /// The least difference that is taken for a jump.
    pub fn discont<'a>(self, discont: impl IntoOperand<'a>) -> Axes {
        let discont = discont.into_operand().into_owned();
        self.with(|keywords| keywords.discont = Some(discont))
    }

    /// The period of phases.
    pub fn period(self, period: impl Into<Weak>) -> Axes {
        let period = period.into();
        self.with(|keywords| keywords.period = Some(period))
    }

    /// How much each element counts.
    pub fn weights<'a>(self, weights: impl IntoOperand<'a>) -> Axes {
        let weights = weights.into_operand().into_owned();
        self.with(|keywords| keywords.weights = Some(weights))
    }

    /// How quantiles are estimated, by NumPy's name.
    pub fn method(self, method: impl Into<String>) -> Axes {
        let method = method.into();
        self.with(|keywords| keywords.method = Some(method))
    }

    fn with(mut self, set: impl FnOnce(&mut Keywords)) -> Axes {
        set(self.keywords.get_or_insert_default());
        self
    }

    /// The keyword arguments, if they are among those that a function has.
    pub(crate) fn keywords(&self, function: &str, known: &[&str]) -> Result<&Keywords> {
        let Some(keywords) = self.keywords.as_deref() else { return Ok(&NONE) };
        match keywords.names().find(|name| !known.contains(name)) {
            None => Ok(keywords),
            Some(name) => Err(Error::type_(format!("{function}() got an unexpected keyword argument '{name}'"))),
        }
    }

    /// As [`Axes::keywords`], for a function that does not reduce, and has no `keepdims`.
    pub(crate) fn arguments(&self, function: &str, known: &[&str]) -> Result<&Keywords> {
        match self.keepdims {
            true => Err(Error::type_(format!("{function}() got an unexpected keyword argument 'keepdims'"))),
            false => self.keywords(function, known),
        }
    }

    /// The same keyword arguments for one axis.
    pub(crate) fn moved_to(self, axis: i64) -> Axes {
        Axes { axes: Some(vec![axis]), ..self }
    }

    pub(crate) fn is_all(&self) -> bool {
        self.axes.is_none()
    }

    pub(crate) fn keeps_dims(&self) -> bool {
        self.keepdims
    }

    /// The axes as they are written; `None` is all.
    pub(crate) fn written(&self) -> Option<&[i64]> {
        self.axes.as_deref()
    }

    /// The axes of an array of `ndim` axes.
    pub(crate) fn resolve(&self, ndim: usize) -> Result<AxisSet> {
        match &self.axes {
            None => Ok(AxisSet::all(ndim)),
            Some(axes) => Ok(normalize_axes(axes, ndim)?.into_iter().collect()),
        }
    }

    /// As [`Axes::resolve`], but a 0-d array takes axis 0 or -1 for none, as NumPy's ufuncs allow.
    pub(crate) fn resolve_0d(&self, ndim: usize) -> Result<AxisSet> {
        match self.axes.as_deref() {
            Some([0 | -1]) if ndim == 0 => Ok(AxisSet::default()),
            _ => self.resolve(ndim),
        }
    }

    /// As [`Axes::resolve`], for what goes along one axis or along all as one. It sees one axis in a 0-d array.
    pub(crate) fn resolve_position(&self, ndim: usize) -> Result<AxisSet> {
        match self.single()? {
            Some(axis) if ndim == 0 => normalize_axis(axis, 1).map(|_| AxisSet::default()).map_err(Error::from),
            _ => self.resolve(ndim),
        }
    }

    /// The one axis that is written, or `None` for all as one.
    pub(crate) fn single(&self) -> Result<Option<i64>> {
        match self.axes.as_deref() {
            None => Ok(None),
            Some(&[axis]) => Ok(Some(axis)),
            Some(axes) => Err(Error::type_(format!("expected one axis or all, got {} axes", axes.len()))),
        }
    }
}

/// The axes of a function, to add keyword arguments.
///
/// # Examples
/// ```
/// use hloom::prelude::*;
/// let x = hloom::ones([2, 3]);
/// assert_eq!(x.sum(axis(1).keepdims()).shape(), [2, 1]);
/// assert_eq!(x.sum(axis(..).keepdims()).shape(), [1, 1]);
/// assert_eq!(x.sum(axis((0, 1))).shape(), []);
/// assert_eq!(x.sum(axis(0).initial(10).where_([true, false, true])).to_string(), "[12. 10. 12.]");
/// ```
pub fn axis(axes: impl Into<Axes>) -> Axes {
    axes.into()
}

impl fmt::Display for Axes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.axes {
            Some(axes) => write!(f, "{axes:?}"),
            None => f.write_str(".."),
        }
    }
}

impl From<std::ops::RangeFull> for Axes {
    fn from(_: std::ops::RangeFull) -> Axes {
        Axes { axes: None, keepdims: false, keywords: None }
    }
}

impl<T: IntoExtent, const N: usize> From<[T; N]> for Axes {
    fn from(axes: [T; N]) -> Axes {
        Axes::from(axes.as_slice())
    }
}

impl<T: IntoExtent, const N: usize> From<&[T; N]> for Axes {
    fn from(axes: &[T; N]) -> Axes {
        Axes::from(axes.as_slice())
    }
}

impl<T: IntoExtent> From<&[T]> for Axes {
    fn from(axes: &[T]) -> Axes {
        Axes { axes: Some(axes.iter().map(|&axis| axis.into_extent()).collect()), keepdims: false, keywords: None }
    }
}

impl<T: IntoExtent> From<Vec<T>> for Axes {
    fn from(axes: Vec<T>) -> Axes {
        Axes::from(axes.as_slice())
    }
}

impl<T: IntoExtent> From<&Vec<T>> for Axes {
    fn from(axes: &Vec<T>) -> Axes {
        Axes::from(axes.as_slice())
    }
}

impl<T: IntoExtent> From<Option<T>> for Axes {
    /// `None` is all axes, as in NumPy.
    fn from(axis: Option<T>) -> Axes {
        match axis {
            Some(axis) => Axes::from([axis]),
            None => Axes::from(..),
        }
    }
}

macro_rules! single_axes {
    ($($ty:ty),*) => { $(
        impl From<$ty> for Axes {
            fn from(axis: $ty) -> Axes {
                Axes::from([axis])
            }
        }
    )* };
}

single_axes!(i32, i64, isize, u32, u64, usize);

macro_rules! tuples {
    ($(($($name:ident)*))*) => { $(
        impl<$($name: IntoExtent),*> From<($($name,)*)> for Axes {
            #[expect(non_snake_case, reason = "each field is named by its type")]
            fn from(($($name,)*): ($($name,)*)) -> Axes {
                Axes::from([$($name.into_extent()),*].as_slice())
            }
        }
    )* };
}

tuples! { (A) (A B) (A B C) (A B C D) (A B C D E) (A B C D E F) }

impl From<()> for Axes {
    /// No axes, as Python's empty tuple.
    fn from((): ()) -> Axes {
        Axes::from([0i64; 0])
    }
}
