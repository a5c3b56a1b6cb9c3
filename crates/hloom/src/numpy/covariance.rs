//! How variables vary together.

use hloom_ir::{
    AxisSet, Binary, Contraction, DType, DotDims, Layout, Literal, NodeId, Reducer, Shape, Type, Unary, result_type,
};
use smallvec::SmallVec;

use super::along::with_leading_ones;
use super::terms::{Term, combined};
use super::trace::diagonal_of;
use crate::record::{Build, Builder, Call, IntoOperand, Operand};
use crate::{Error, IntoExtent, NdArray, Result};

/// The optional arguments of [`cov`] and [`corrcoef`]: `..` for NumPy's defaults, more variables, or [`rowvar`], [`bias`],
/// [`fweights`] or [`aweights`] with what else is to be set.
#[derive(Clone, Debug)]
pub struct Cov {
    y: Option<Operand<'static>>,
    rowvar: bool,
    bias: bool,
    ddof: Option<i64>,
    fweights: Option<Operand<'static>>,
    aweights: Option<Operand<'static>>,
    dtype: Option<DType>,
}

impl Default for Cov {
    fn default() -> Cov {
        Cov { y: None, rowvar: true, bias: false, ddof: None, fweights: None, aweights: None, dtype: None }
    }
}

/// Whether each row is a variable (NumPy's default) or each column.
pub fn rowvar(rowvar: bool) -> Cov {
    Cov::default().rowvar(rowvar)
}

/// Divides by the number of observations, where [`cov`] otherwise divides by one less.
pub fn bias(bias: bool) -> Cov {
    Cov::default().bias(bias)
}

/// How often each observation was made.
pub fn fweights<'a>(fweights: impl IntoOperand<'a>) -> Cov {
    Cov::default().fweights(fweights)
}

/// How much each observation counts.
pub fn aweights<'a>(aweights: impl IntoOperand<'a>) -> Cov {
    Cov::default().aweights(aweights)
}

impl Cov {
    /// More variables.
    pub fn y<'a>(self, y: impl IntoOperand<'a>) -> Cov {
        Cov { y: Some(y.into_operand().into_owned()), ..self }
    }

    /// See [`rowvar`](rowvar()).
    pub fn rowvar(self, rowvar: bool) -> Cov {
        Cov { rowvar, ..self }
    }

    /// See [`bias`](bias()).
    pub fn bias(self, bias: bool) -> Cov {
        Cov { bias, ..self }
    }

    /// What is taken off the number of observations that is divided by.
    pub fn ddof(self, ddof: impl IntoExtent) -> Cov {
        Cov { ddof: Some(ddof.into_extent()), ..self }
    }

    /// See [`fweights`](fweights()).
    pub fn fweights<'a>(self, fweights: impl IntoOperand<'a>) -> Cov {
        Cov { fweights: Some(fweights.into_operand().into_owned()), ..self }
    }

    /// See [`aweights`](aweights()).
    pub fn aweights<'a>(self, aweights: impl IntoOperand<'a>) -> Cov {
        Cov { aweights: Some(aweights.into_operand().into_owned()), ..self }
    }

    /// The dtype to compute in and to return.
    pub fn dtype(self, dtype: DType) -> Cov {
        Cov { dtype: Some(dtype), ..self }
    }
}

impl From<std::ops::RangeFull> for Cov {
    fn from(_: std::ops::RangeFull) -> Cov {
        Cov::default()
    }
}

impl From<&NdArray> for Cov {
    fn from(y: &NdArray) -> Cov {
        Cov::default().y(y)
    }
}

impl From<NdArray> for Cov {
    fn from(y: NdArray) -> Cov {
        Cov::default().y(y)
    }
}

/// The covariances of variables, of which each is a row of observations.
///
/// **Shapes**: `[variables, observations]` to `[variables, variables]`, without axes of extent 1; 1-d is one variable.
/// **Dtypes**: real numbers to float64, complex ones to complex128, or the dtype that is asked for.
///
/// # Errors
/// The result is in error: `ValueError` for more than two dimensions, variables of different lengths, and weights that are no
/// row of as many as there are observations.
///
/// # Examples
/// ```
/// let x = hloom::array([[0.0, 1.0, 2.0], [2.0, 1.0, 0.0]]);
/// assert_eq!(hloom::cov(&x, ..).to_string(), "[[ 1. -1.]\n [-1.  1.]]");
/// assert_eq!(hloom::cov([1.0, 2.0, 4.0], hloom::bias(true)).to_string(), "1.5555555555555556");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.cov.html>; NumPy looks at the weights, and raises an
/// error for negative ones and for frequencies that are no integers. Weights of a wrong shape are a `ValueError`, where NumPy
/// has a `RuntimeError`.
#[track_caller]
pub fn cov<'a>(m: impl IntoOperand<'a>, how: impl Into<Cov>) -> NdArray {
    let (m, how) = (m.into_operand(), how.into());
    Call::of("cov", &m).record(|builder| covariance(builder, &m, &how))
}

/// The correlation coefficients of variables, of which each is a row of observations.
///
/// **Shapes**: `[variables, observations]` to `[variables, variables]`; of one variable, 0-d.
/// **Dtypes**: as [`cov`].
///
/// # Errors
/// The result is in error: as [`cov`], and `TypeError` for weights, `bias` and `ddof`, which make no difference here.
///
/// # Examples
/// ```
/// let x = hloom::array([[0.0, 1.0, 2.0], [2.0, 1.0, 0.0]]);
/// assert_eq!(hloom::corrcoef(&x, ..).to_string(), "[[ 1. -1.]\n [-1.  1.]]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.corrcoef.html>
#[track_caller]
pub fn corrcoef<'a>(x: impl IntoOperand<'a>, how: impl Into<Cov>) -> NdArray {
    let (x, how) = (x.into_operand(), how.into());
    Call::of("corrcoef", &x).record(|builder| {
        let unknown = [
            (how.bias, "bias"),
            (how.ddof.is_some(), "ddof"),
            (how.fweights.is_some(), "fweights"),
            (how.aweights.is_some(), "aweights"),
        ];
        if let Some((_, name)) = unknown.into_iter().find(|&(is_given, _)| is_given) {
            return Err(Error::type_(format!("corrcoef() got an unexpected keyword argument '{name}'")));
        }
        let covariances = covariance(builder, &x, &how)?;
        let Type { dtype, shape } = builder.ty(covariances)?.clone();
        if shape.is_empty() {
            // NaN of what is not finite or zero, else 1.
            return builder.apply(Binary::Divide, covariances, covariances);
        }
        let real = if dtype.is_complex() { builder.op(Unary::Real, &[covariances])? } else { covariances };
        let deviations = diagonal_of(builder, real, [0, 1], 0)?;
        let deviations = builder.op(Unary::Sqrt, &[deviations])?;
        let n = shape[0];
        let column = builder.reshape(deviations, Shape::from([n, 1]))?;
        let column = builder.convert(column, dtype)?;
        let row = builder.reshape(deviations, Shape::from([1, n]))?;
        let row = builder.convert(row, dtype)?;
        let by_rows = builder.apply(Binary::Divide, covariances, column)?;
        let coefficients = builder.apply(Binary::Divide, by_rows, row)?;
        limited(builder, coefficients)
    })
}

fn covariance(builder: &mut Builder<'_>, m: &Operand<'_>, how: &Cov) -> Result<NodeId> {
    let m = builder.operand(m)?;
    let m_ndim = builder.shape(m)?.ndim();
    if m_ndim > 2 {
        return Err(Error::value("m has more than 2 dimensions"));
    }
    let y = how.y.as_ref().map(|y| builder.operand(y)).transpose()?;
    let mut args = vec![builder.dtype(m)?.into()];
    if let Some(y) = y {
        if builder.shape(y)?.ndim() > 2 {
            return Err(Error::value("y has more than 2 dimensions"));
        }
        args.push(builder.dtype(y)?.into());
    }
    args.push(DType::F64.into());
    let dtype = match how.dtype {
        Some(dtype) => dtype,
        None => result_type(&args)?,
    };
    let mut x = rows(builder, m, dtype)?;
    if !how.rowvar && m_ndim != 1 {
        x = builder.transpose(x, &[1, 0])?;
    }
    if builder.shape(x)?[0] == 0 {
        return builder.full(Literal::zero(DType::F64), &Shape::from([0, 0]));
    }
    if let Some(y) = y {
        let mut y = rows(builder, y, dtype)?;
        if !how.rowvar && builder.shape(y)?[0] != 1 {
            y = builder.transpose(y, &[1, 0])?;
        }
        x = builder.op(Layout::Concatenate { axis: 0 }, &[x, y])?;
    }
    if !dtype.is_float() && !dtype.is_complex() {
        return Err(Error::type_(format!(
            "Cannot cast ufunc 'subtract' output from dtype('float64') to dtype('{dtype}') with casting rule 'same_kind'"
        )));
    }
    let weights = Weights::of(builder, how, builder.shape(x)?[1])?;
    centred(builder, x, &weights, how.ddof.unwrap_or(i64::from(!how.bias)))
}

/// How observations count.
struct Weights {
    /// The products of what is given, float64.
    all: Option<NodeId>,
    by_importance: Option<NodeId>,
}

impl Weights {
    fn of(builder: &mut Builder<'_>, how: &Cov, n_observations: usize) -> Result<Weights> {
        let mut row = |weights: &Option<Operand<'static>>, name: &str| {
            let Some(weights) = weights else { return Ok(None) };
            let weights = builder.operand(weights)?;
            let weights = builder.convert(weights, DType::F64)?;
            let shape = builder.shape(weights)?;
            match shape.ndim() {
                0 => Err(Error::index("tuple index out of range")),
                1 if shape[0] != n_observations => {
                    Err(Error::value(format!("incompatible numbers of samples and {name}")))
                }
                1 => Ok(Some(weights)),
                _ => Err(Error::value(format!("cannot handle multidimensional {name}"))),
            }
        };
        let (frequencies, by_importance) = (row(&how.fweights, "fweights")?, row(&how.aweights, "aweights")?);
        let all = match (frequencies, by_importance) {
            (Some(a), Some(b)) => Some(builder.apply(Binary::Multiply, a, b)?),
            (a, b) => a.or(b),
        };
        Ok(Weights { all, by_importance })
    }
}

/// The covariances of rows about their means.
fn centred(builder: &mut Builder<'_>, x: NodeId, weights: &Weights, ddof: i64) -> Result<NodeId> {
    let Type { dtype, shape } = builder.ty(x)?.clone();
    let along: AxisSet = [1].into_iter().collect();
    let one = builder.constant(Literal::new(1.0));
    let (means, factor) = match weights.all {
        None => {
            let wide = builder.convert(x, dtype.wide())?;
            let total = builder.reduce(Reducer::Sum, wide, along)?;
            let count = builder.constant_of(shape[1], dtype.wide());
            let means = builder.apply(Binary::Divide, total, count)?;
            let n_free = (shape[1] as i64).saturating_sub(ddof).max(0);
            let n_free = builder.constant(Literal::new(n_free as f64));
            (builder.convert(means, dtype)?, builder.apply(Binary::Divide, one, n_free)?)
        }
        Some(all) => {
            let weighted = combined(builder, Binary::Multiply, x, all)?;
            let total = builder.reduce(Reducer::Sum, weighted, along)?;
            let sum = builder.reduce(Reducer::Sum, all, AxisSet::all(1))?;
            let means = combined(builder, Binary::Divide, total, sum)?;
            let taken_off = match weights.by_importance {
                _ if ddof == 0 => None,
                None => Some(builder.scalar(Literal::new(ddof as f64))),
                Some(importance) => {
                    let product = builder.apply(Binary::Multiply, all, importance)?;
                    let total = builder.reduce(Reducer::Sum, product, AxisSet::all(1))?;
                    let ddof = builder.scalar(Literal::new(ddof as f64));
                    let scaled = builder.apply(Binary::Multiply, ddof, total)?;
                    Some(builder.apply(Binary::Divide, scaled, sum)?)
                }
            };
            let mut n_free = sum;
            if let Some(taken_off) = taken_off {
                n_free = builder.apply(Binary::Subtract, sum, taken_off)?;
            }
            let zero = builder.constant(Literal::new(0.0));
            let n_free = builder.apply(Binary::Maximum, n_free, zero)?;
            (builder.convert(means, dtype)?, builder.apply(Binary::Divide, one, n_free)?)
        }
    };
    let means = builder.reshape(means, Shape::from([shape[0], 1]))?;
    let x = builder.apply(Binary::Subtract, x, means)?;
    let weighted = match weights.all {
        Some(all) => combined(builder, Binary::Multiply, x, all)?,
        None => x,
    };
    let product = by_rows(builder, x, weighted)?;
    let factor = builder.convert(factor, builder.dtype(product)?)?;
    let covariances = builder.apply(Binary::Multiply, product, factor)?;
    let squeezed = builder.shape(covariances)?.iter().copied().filter(|&extent| extent != 1).collect();
    builder.reshape(covariances, squeezed)
}

/// The products of all rows of an array with the conjugates of all rows of another.
fn by_rows(builder: &mut Builder<'_>, a: NodeId, b: NodeId) -> Result<NodeId> {
    let args = [Term::Node(a).arg_type(builder)?, Term::Node(b).arg_type(builder)?];
    let dtype = result_type(&args)?;
    let (a, mut b) = (builder.convert(a, dtype)?, builder.convert(b, dtype)?);
    if dtype.is_complex() {
        b = builder.op(Unary::Conjugate, &[b])?;
    }
    let columns: SmallVec<[usize; 2]> = SmallVec::from_slice(&[1]);
    builder.op(
        Contraction::Dot(Box::new(DotDims {
            lhs_batch: SmallVec::new(),
            rhs_batch: SmallVec::new(),
            lhs_contracting: columns.clone(),
            rhs_contracting: columns,
        })),
        &[a, b],
    )
}

/// An array of up to two dimensions as rows of a dtype.
fn rows(builder: &mut Builder<'_>, x: NodeId, dtype: DType) -> Result<NodeId> {
    let x = builder.convert(x, dtype)?;
    with_leading_ones(builder, x, 2)
}

/// Numbers limited to what correlations can be, in both parts.
fn limited(builder: &mut Builder<'_>, x: NodeId) -> Result<NodeId> {
    let dtype = builder.dtype(x)?;
    if !dtype.is_complex() {
        return limited_real(builder, x);
    }
    let (re, im) = (builder.op(Unary::Real, &[x])?, builder.op(Unary::Imag, &[x])?);
    let (re, im) = (limited_real(builder, re)?, limited_real(builder, im)?);
    let (re, im) = (builder.convert(re, dtype)?, builder.convert(im, dtype)?);
    let unit = builder.constant_of(num_complex::Complex::new(0.0, 1.0), dtype);
    let im = builder.apply(Binary::Multiply, im, unit)?;
    builder.apply(Binary::Add, re, im)
}

fn limited_real(builder: &mut Builder<'_>, x: NodeId) -> Result<NodeId> {
    let dtype = builder.dtype(x)?;
    let (low, high) = (builder.constant_of(-1, dtype), builder.constant_of(1, dtype));
    let x = builder.apply(Binary::Maximum, x, low)?;
    builder.apply(Binary::Minimum, x, high)
}
