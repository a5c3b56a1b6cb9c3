//! Sums of products in Einstein's notation: `einsum` and `einsum_path`.

mod contract;
mod parse;
mod path;

use hloom_ir::{ArgType, Casting, DType, can_cast, result_type};

use self::parse::Written;
use self::path::{Step, Terms};
use crate::record::{Build, Call, Operand};
use crate::{Error, IntoOperands, NdArray, Result};

pub use self::parse::{IntoSublist, IntoSublists};

/// What [`einsum`] computes, and NumPy's keyword arguments of it.
///
/// Written as text; [`subscripts`] adds keyword arguments to it, and [`sublists`] takes numbers for letters.
#[derive(Clone, Debug)]
pub struct Subscripts {
    written: Written,
    dtype: Option<DType>,
    casting: Casting,
    optimize: Optimize,
}

/// In which order [`einsum`] multiplies three and more operands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Optimize {
    /// In the order of fewest operations, or nearly so for many operands.
    #[default]
    Best,
    /// From left to right.
    No,
    /// The pair first that frees the most memory.
    Greedy,
    /// The order of fewest operations. The search takes a time that grows as fast as a factorial.
    Optimal,
    /// The order of a path, as [`einsum_path`] returns it.
    Path(Vec<Vec<usize>>),
}

impl From<bool> for Optimize {
    fn from(optimize: bool) -> Optimize {
        if optimize { Optimize::Greedy } else { Optimize::No }
    }
}

impl From<Vec<Vec<usize>>> for Optimize {
    fn from(path: Vec<Vec<usize>>) -> Optimize {
        Optimize::Path(path)
    }
}

impl Subscripts {
    /// The dtype to compute in and to return.
    pub fn dtype(mut self, dtype: DType) -> Subscripts {
        self.dtype = Some(dtype);
        self
    }

    /// Which conversions of operands to the dtype are allowed: safe ones, if nothing is said.
    pub fn casting(mut self, casting: Casting) -> Subscripts {
        self.casting = casting;
        self
    }

    /// The order in which three and more operands are multiplied.
    pub fn optimize(mut self, optimize: impl Into<Optimize>) -> Subscripts {
        self.optimize = optimize.into();
        self
    }

    /// The numbers of the result's labels, for labels that are numbers.
    pub fn output(mut self, sublist: impl IntoSublist) -> Subscripts {
        match &mut self.written {
            Written::Text(text) => {
                let own = Written::Lists(vec![sublist.into_sublist()], None);
                *text = format!("{text}->{}", own.to_string().trim_matches('\''));
            }
            Written::Lists(_, output) => *output = Some(sublist.into_sublist()),
        }
        self
    }
}

/// Subscripts, to add keyword arguments.
///
/// # Examples
/// ```
/// use hloom::prelude::*;
/// let x = hloom::array([100i8, 100]);
/// assert_eq!(hloom::einsum("i,i", (&x, &x)).to_string(), "32");
/// assert_eq!(hloom::einsum(hloom::subscripts("i,i").dtype(int64), (&x, &x)).to_string(), "20000");
/// ```
pub fn subscripts(text: impl Into<Subscripts>) -> Subscripts {
    text.into()
}

/// Subscripts that are numbers below 52 instead of letters: a list for each operand, and one for the result through
/// [`Subscripts::output`].
///
/// # Examples
/// ```
/// use hloom::prelude::*;
/// let a = hloom::arange(6).reshape([2, 3]);
/// let product = hloom::einsum(hloom::sublists([[0, 1], [2, 1]]).output([2, 0]), (&a, &a));
/// assert_eq!(product.to_string(), "[[ 5 14]\n [14 50]]");
/// let sums = hloom::einsum(hloom::sublists([s![..., 1]]).output(s![...]), [&a]);
/// assert_eq!(sums.to_string(), "[ 3 12]");
/// ```
pub fn sublists<Form>(lists: impl IntoSublists<Form>) -> Subscripts {
    Subscripts::of_lists(lists.into_sublists())
}

/// The sum of products of arrays over the axes whose letter the result does not have.
///
/// Subscripts have a letter for each axis of each operand, and after `->` those of the result: `ij,jk->ik` is the product of
/// matrices. Without `->` the result has the letters that appear once, in alphabetic order. A letter that an operand has twice
/// stands for its diagonal, and `...` for axes that are broadcast. Axes of extent 1 are broadcast too. Spaces count for nothing.
///
/// Two arrays are multiplied at a time, three and more in the order that takes the fewest operations.
///
/// **Dtypes**: any, to the promoted dtype, where a number counts as an array; bool is OR of ANDs, integers wrap, half floats are
/// computed in float32.
/// **Keywords**, through [`subscripts`]: dtype casting optimize.
///
/// # Errors
/// The result is in error: `ValueError` for subscripts that do not fit the operands, `TypeError` for operands that cannot be cast
/// to the dtype that is asked for.
///
/// # Examples
/// ```
/// let a = hloom::arange(6).reshape([2, 3]);
/// let square = hloom::arange(9).reshape([3, 3]);
/// assert_eq!(hloom::einsum("ij,jk->ik", (&a, &square)).to_string(), "[[15 18 21]\n [42 54 66]]");
/// assert_eq!(hloom::einsum("ii", [&square]).to_string(), "12");
/// assert_eq!(hloom::einsum("...j->...", [&a]).to_string(), "[ 3 12]");
/// assert_eq!(hloom::einsum("i,j", ([1, 2], [3, 4])).to_string(), "[[3 4]\n [6 8]]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.einsum.html>; the order of products is chosen unless one is
/// asked for.
#[track_caller]
pub fn einsum<'a, Form>(subscripts: impl Into<Subscripts>, operands: impl IntoOperands<'a, Form>) -> NdArray {
    let (subscripts, operands) = (subscripts.into(), operands.into_operands());
    let setting = &subscripts.written;
    Call::of("einsum", &operands).with(setting).record(|builder| {
        let mut nodes = Vec::with_capacity(operands.len());
        let mut args = Vec::with_capacity(operands.len());
        for operand in &operands {
            nodes.push(builder.operand(operand)?);
            args.push(ArgType::Strong(builder.arg_type(operand)?.default_dtype()));
        }
        let ndims = nodes.iter().map(|&node| Ok(builder.ty(node)?.shape.ndim())).collect::<Result<Vec<usize>>>()?;
        let equation = subscripts.written.equation(&ndims)?;
        let dtype = match subscripts.dtype {
            Some(dtype) => dtype,
            None => result_type(&args)?,
        };
        for (idx, node) in nodes.iter_mut().enumerate() {
            let own = builder.dtype(*node)?;
            if !can_cast(own, dtype, subscripts.casting) {
                return Err(Error::type_(format!(
                    "Iterator operand {idx} dtype could not be cast from dtype('{own}') to dtype('{dtype}') according to the \
                     rule '{}'",
                    subscripts.casting.name()
                )));
            }
            *node = builder.convert(*node, dtype)?;
        }
        contract::contract(builder, &equation, &nodes, &subscripts.optimize)
    })
}

/// The order in which [`einsum`] would multiply arrays, and what each step takes, as text for people. Nothing is computed.
///
/// The path names for each step which of the arrays are multiplied; their product comes behind the others.
///
/// # Errors
/// As those of [`einsum`]'s result; the error of an operand in error.
///
/// # Examples
/// ```
/// let (a, b, c) = (hloom::zeros([2, 100]), hloom::zeros([100, 100]), hloom::zeros([100, 3]));
/// let (path, report) = hloom::einsum_path("ij,jk,kl->il", (&a, &b, &c))?;
/// assert_eq!(path, [[0, 1], [0, 1]]);
/// assert!(report.contains("Optimized FLOP count:  4.120e+04"), "{report}");
/// # Ok::<(), hloom::Error>(())
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.einsum_path.html>; the path has no word in front of its
/// steps.
#[track_caller]
pub fn einsum_path<'a, Form>(
    subscripts: impl Into<Subscripts>,
    operands: impl IntoOperands<'a, Form>,
) -> Result<(Vec<Vec<usize>>, String)> {
    let (subscripts, operands) = (subscripts.into(), operands.into_operands());
    let shape = |operand: &Operand<'_>| match operand.as_array() {
        Some(array) => array.try_shape(),
        None => Ok(hloom_ir::Shape::scalar()),
    };
    let shapes = operands.iter().map(shape).collect::<Result<Vec<_>>>()?;
    let equation = subscripts.written.equation(&shapes.iter().map(|shape| shape.ndim()).collect::<Vec<_>>())?;
    let extents = contract::extents(&equation, &shapes.iter().map(|shape| &**shape).collect::<Vec<_>>())?;
    let inputs: Vec<path::Labels> = equation.inputs.iter().map(|labels| path::set(labels)).collect();
    let all = inputs.iter().fold(0, |all, labels| all | labels);
    let output = path::set(&equation.output);
    let terms = Terms::new(inputs, output, &extents);
    // Where nothing is summed, NumPy multiplies everything at once.
    let everything = (operands.len() < 3 || all == output).then(|| vec![(0..operands.len()).collect()]);
    let optimize = match subscripts.optimize {
        Optimize::Best => Optimize::Greedy,
        other => other,
    };
    let path = path_of(&terms, &optimize, everything)?;
    let report = path::report(&equation, &extents, &path);
    Ok((path, report))
}

/// The steps that are asked for. `instead` is what is done where there is nothing to choose, or no order is asked for.
fn path_of(terms: &Terms, optimize: &Optimize, instead: Option<Vec<Step>>) -> Result<Vec<Step>> {
    let n_operands = terms.len();
    if let Optimize::Path(path) = optimize {
        let mut n_left = n_operands;
        for step in path {
            let is_repeated = step.iter().enumerate().any(|(idx, at)| step[..idx].contains(at));
            if step.is_empty() || is_repeated || step.iter().any(|&at| at >= n_left) {
                return Err(Error::index("pop index out of range"));
            }
            n_left = n_left + 1 - step.len();
        }
        if n_left != 1 {
            return Err(Error::value(format!(
                "Invalid einsum_path is specified: {} more operands has to be contracted.",
                n_left - 1
            )));
        }
        return Ok(path.clone());
    }
    if let Some(path) = instead {
        return Ok(path);
    }
    Ok(match optimize {
        Optimize::No => vec![(0..n_operands).collect()],
        Optimize::Greedy => terms.greedy(terms.largest()),
        Optimize::Optimal => terms.optimal(terms.largest()),
        Optimize::Best | Optimize::Path(_) => terms.best(),
    })
}
