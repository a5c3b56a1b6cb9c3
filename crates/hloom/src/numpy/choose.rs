//! Elements chosen from several arrays: `choose`, by number; `select`, by the first condition that holds; and `piecewise`, by the
//! last one.

use hloom_ir::{
    Access, Binary, Bounds, Casting, DType, Literal, NodeId, Shape, Type, Unary, Weak, can_cast, result_type,
};

use super::manipulate::broadcast_shapes;
use super::select::choice;
use crate::check::BuildChecks;
use crate::index::{IndexMode, Located, assigned, require_positions};
use crate::record::{Build, Builder, Call, IntoOperand, Operand};
use crate::{Error, IntoOperands, NdArray, Result};

/// NumPy's limit on the arrays that it broadcasts together, of which one holds the numbers.
const MAX_CHOICES: usize = 63;

/// For each place, the element there of the array whose number stands there.
///
/// In the modes [`IndexMode::Wrap`] and [`IndexMode::Clip`] every number is one of an array. In [`IndexMode::Raise`] (`..`),
/// numbers that have a value are read, to find those that are none.
///
/// **Shapes**: any that broadcast, to the broadcast shape.
/// **Dtypes**: numbers that convert safely to int64; the choices promoted.
///
/// # Errors
/// The result is in error: `ValueError` for numbers of no array, no arrays or more than 63, and shapes that do not broadcast;
/// `TypeError` for numbers that are no integers.
///
/// # Examples
/// ```
/// use hloom::IndexMode;
/// let choices = ([0, 1, 2, 3], [10, 11, 12, 13], [20, 21, 22, 23]);
/// assert_eq!(hloom::choose([2, 1, 0, 1], choices, ..).to_string(), "[20 11  2 13]");
/// assert_eq!(hloom::choose([2, 4, -1, 0], choices, IndexMode::Clip).to_string(), "[20 21  2  3]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.choose.html>
#[track_caller]
pub fn choose<'a, 'b, Form>(
    a: impl IntoOperand<'a>,
    choices: impl IntoOperands<'b, Form>,
    mode: impl Into<IndexMode>,
) -> NdArray {
    let (a, choices, mode) = (a.into_operand().into_array(), choices.into_operands(), mode.into());
    let numbers = numbers(&a, choices.len(), mode);
    Call::of("choose", &a).record(|builder| {
        let args = choices.iter().map(|choice| builder.arg_type(choice)).collect::<Result<Vec<_>>>()?;
        let numbers = numbers?.record(builder)?;
        let dtype = result_type(&args)?;
        let nodes = choices.iter().map(|choice| builder.operand_as(choice, dtype)).collect::<Result<Vec<NodeId>>>()?;
        let shape = common_shape(builder, nodes.iter().chain([&numbers]))?;
        let [first @ .., last] = nodes.as_slice() else { return Err(Error::value("0-length sequence.")) };
        let mut chosen = builder.broadcast(*last, &shape)?;
        for (number, &node) in first.iter().enumerate().rev() {
            let number = builder.constant(Literal::new(number as i64));
            let is_meant = builder.apply(Binary::Equal, numbers, number)?;
            chosen = builder.select(is_meant, node, chosen)?;
        }
        if first.is_empty() { builder.checked_as(chosen, numbers) } else { Ok(chosen) }
    })
}

/// The numbers that [`choose`] chooses by.
#[track_caller]
fn numbers(a: &NdArray, n_choices: usize, mode: IndexMode) -> Result<Located> {
    match n_choices {
        0 => return Err(Error::value("0-length sequence.")),
        1..=MAX_CHOICES => {}
        _ => return Err(Error::value("Need at least 0 and at most 64 array objects.")),
    }
    require_positions(a, Casting::Safe)?;
    let bounds = Bounds { access: Access::Choose, array: Type::new(DType::I64, [n_choices]), axis: 0 };
    Located::new(a, bounds, mode)
}

/// What [`select`] takes where no condition holds: an operand, or `..` for 0.
pub trait IntoDefault<'a> {
    /// The operand.
    fn into_default(self) -> Operand<'a>;
}

impl<'a, T: IntoOperand<'a>> IntoDefault<'a> for T {
    fn into_default(self) -> Operand<'a> {
        self.into_operand()
    }
}

impl IntoDefault<'static> for std::ops::RangeFull {
    fn into_default(self) -> Operand<'static> {
        Operand::Number(Weak::Int(0))
    }
}

/// For each place, the element there of the first array whose condition holds there, or of the default.
///
/// **Shapes**: any that broadcast, to the broadcast shape.
/// **Dtypes**: bool conditions; choices and default promoted. A Rust integer that the others' dtype cannot hold wraps.
///
/// # Errors
/// The result is in error: `ValueError` for no conditions, as many choices as conditions missing, and shapes that do not
/// broadcast; `TypeError` for conditions that are not bool.
///
/// # Examples
/// ```
/// let x = hloom::arange(6);
/// let y = hloom::select((x.lt(3), x.gt(3)), (&x, &x * &x), 42);
/// assert_eq!(y.to_string(), "[ 0  1  2 42 16 25]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.select.html>
#[track_caller]
pub fn select<'a, 'b, 'c, Conditions, Choices>(
    condlist: impl IntoOperands<'a, Conditions>,
    choicelist: impl IntoOperands<'b, Choices>,
    default: impl IntoDefault<'c>,
) -> NdArray {
    let (conditions, choices, default) = (condlist.into_operands(), choicelist.into_operands(), default.into_default());
    Call::of("select", &conditions).record(|builder| {
        if conditions.len() != choices.len() {
            return Err(Error::value("list of cases must be same length as list of conditions"));
        }
        if conditions.is_empty() {
            return Err(Error::value("select with an empty condition list is not possible"));
        }
        let args = choices.iter().map(|choice| builder.arg_type(choice));
        let args = args.chain([builder.arg_type(&default)]).collect::<Result<Vec<_>>>()?;
        let dtype = result_type(&args)?;
        let mut masks = Vec::with_capacity(conditions.len());
        for (idx, condition) in conditions.iter().enumerate() {
            let mask = builder.operand(condition)?;
            if builder.dtype(mask)? != DType::Bool {
                return Err(Error::type_(format!("invalid entry {idx} in condlist: should be boolean ndarray")));
            }
            masks.push(mask);
        }
        // NumPy casts a number among the choices as an array of its default dtype.
        for operand in choices.iter().filter(|operand| matches!(operand, Operand::Number(_))) {
            let own = builder.arg_type(operand)?.default_dtype();
            if !can_cast(own, dtype, Casting::SameKind) {
                return Err(Error::type_(format!(
                    "Cannot cast array data from dtype('{own}') to dtype('{dtype}') according to the rule 'same_kind'"
                )));
            }
        }
        let nodes = choices.iter().map(|operand| choice(builder, operand, dtype)).collect::<Result<Vec<NodeId>>>()?;
        let default = choice(builder, &default, dtype)?;
        let shape = common_shape(builder, masks.iter().chain(&nodes).chain([&default]))?;
        let mut selected = builder.broadcast(default, &shape)?;
        for (&mask, &node) in masks.iter().zip(&nodes).rev() {
            selected = builder.select(mask, node, selected)?;
        }
        Ok(selected)
    })
}

/// What [`piecewise`] puts where a condition holds.
pub enum Piece<'a> {
    /// What a function makes of the array.
    Function(Box<dyn FnOnce(NdArray) -> NdArray + 'a>),
    /// A value.
    Value(Operand<'a>),
}

impl std::fmt::Debug for Piece<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Piece::Function(_) => f.write_str("Function"),
            Piece::Value(value) => f.debug_tuple("Value").field(value).finish(),
        }
    }
}

/// A function of an array, or a value. `Form` only tells these two apart, and is always inferred.
pub trait IntoPiece<'a, Form> {
    /// The piece.
    fn into_piece(self) -> Piece<'a>;
}

/// A piece that is a function.
#[derive(Debug)]
pub struct Called;

/// A piece that is a value.
#[derive(Debug)]
pub struct Given;

impl<'a, F: FnOnce(NdArray) -> NdArray + 'a> IntoPiece<'a, Called> for F {
    fn into_piece(self) -> Piece<'a> {
        Piece::Function(Box::new(self))
    }
}

impl<'a, T: IntoOperand<'a>> IntoPiece<'a, Given> for T {
    fn into_piece(self) -> Piece<'a> {
        Piece::Value(self.into_operand())
    }
}

impl<'a> IntoPiece<'a, Piece<'a>> for Piece<'a> {
    fn into_piece(self) -> Piece<'a> {
        self
    }
}

/// Several functions or values: a tuple of them, mixed as one likes, or whatever yields them one by one.
///
/// `Form` is always inferred.
pub trait IntoPieces<'a, Form> {
    /// The pieces.
    fn into_pieces(self) -> Vec<Piece<'a>>;
}

impl<'a, Form, I: IntoIterator<Item: IntoPiece<'a, Form>>> IntoPieces<'a, [Form; 0]> for I {
    fn into_pieces(self) -> Vec<Piece<'a>> {
        self.into_iter().map(IntoPiece::into_piece).collect()
    }
}

macro_rules! tuples {
    ($(($($name:ident $form:ident)+))*) => { $(
        impl<'a, $($name: IntoPiece<'a, $form>, $form),+> IntoPieces<'a, ($($form,)+)> for ($($name,)+) {
            #[expect(non_snake_case, reason = "each field is named by its type")]
            fn into_pieces(self) -> Vec<Piece<'a>> {
                let ($($name,)+) = self;
                vec![$($name.into_piece()),+]
            }
        }
    )* };
}

tuples! {
    (A FA) (A FA B FB) (A FA B FB C FC) (A FA B FB C FC D FD) (A FA B FB C FC D FD E FE)
    (A FA B FB C FC D FD E FE F FF) (A FA B FB C FC D FD E FE F FF G FG)
    (A FA B FB C FC D FD E FE F FF G FG H FH)
}

/// For each place, what the function makes of the array there whose condition is the last to hold; 0 where none does. One more
/// function than conditions is for where none does.
///
/// **Shapes**: conditions of the array's shape or its first axes; to the array's shape.
/// **Dtypes**: conditions as bool; results are converted to the array's dtype.
///
/// # Errors
/// The result is in error: `ValueError` for another number of functions and results that do not broadcast, `IndexError` for
/// conditions of another shape, `OverflowError` for a Rust integer that the dtype cannot hold; the error of a function's result.
///
/// # Examples
/// ```
/// use hloom::NdArray;
/// let x = hloom::linspace(-2.0, 2.0, 5);
/// let y = hloom::piecewise(&x, (x.lt(0), x.ge(1)), (|x: NdArray| -x, 10, 5));
/// assert_eq!(y.to_string(), "[ 2.  1.  5. 10. 10.]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.piecewise.html>; each function is given the whole array, so
/// that nothing has to be known of the conditions, and must work element by element.
#[track_caller]
pub fn piecewise<'a, 'b, 'c, Conditions, Pieces>(
    x: impl IntoOperand<'a>,
    condlist: impl IntoOperands<'b, Conditions>,
    funclist: impl IntoPieces<'c, Pieces>,
) -> NdArray {
    let (x, conditions, pieces) = (x.into_operand().into_array(), condlist.into_operands(), funclist.into_pieces());
    let value = |piece| match piece {
        Piece::Function(function) => Operand::Owned(function(x.clone())),
        Piece::Value(value) => value,
    };
    let values: Vec<Operand<'c>> = pieces.into_iter().map(value).collect();
    Call::of("piecewise", &x).record(|builder| {
        let masks = masks(builder, x.node(), &conditions)?;
        let n_masks = masks.len();
        if values.len() != n_masks && values.len() != n_masks + 1 {
            return Err(Error::value(format!(
                "with {n_masks} condition(s), either {n_masks} or {} functions are expected",
                n_masks + 1
            )));
        }
        let Type { dtype, shape } = builder.ty(x.node())?.clone();
        let mut y = builder.full(Literal::zero(dtype), &shape)?;
        let mut none: Option<NodeId> = None;
        for (&mask, value) in masks.iter().zip(&values) {
            y = piece(builder, x.node(), mask, value, y)?;
            none = Some(match none {
                Some(any) => builder.apply(Binary::LogicalOr, any, mask)?,
                None => mask,
            });
        }
        if let (Some(value), Some(any)) = (values.get(n_masks), none) {
            let otherwise = builder.op(Unary::LogicalNot, &[any])?;
            y = piece(builder, x.node(), otherwise, value, y)?;
        }
        Ok(y)
    })
}

/// The conditions as bools that broadcast to the array. Numbers are one condition together, unless the array is 0-d.
fn masks(builder: &mut Builder<'_>, x: NodeId, conditions: &[Operand<'_>]) -> Result<Vec<NodeId>> {
    let shape = builder.shape(x)?;
    let mut masks = Vec::with_capacity(conditions.len());
    for condition in conditions {
        let mask = builder.operand(condition)?;
        masks.push(builder.convert(mask, DType::Bool)?);
    }
    let is_number = |builder: &Builder<'_>, mask: NodeId| Ok::<_, Error>(builder.ty(mask)?.shape.is_empty());
    let mut are_numbers = !masks.is_empty() && !shape.is_empty();
    for &mask in &masks {
        are_numbers &= is_number(builder, mask)?;
    }
    if are_numbers {
        let one = Shape::from([1]);
        let rows = masks.iter().map(|&mask| builder.reshape(mask, one.clone())).collect::<Result<Vec<NodeId>>>()?;
        masks = vec![builder.op(hloom_ir::Layout::Concatenate { axis: 0 }, &rows)?];
    }
    for mask in &mut masks {
        let mut own = builder.shape(*mask)?;
        if own.ndim() > shape.ndim() {
            return Err(Error::index(format!(
                "too many indices for array: array is {}-dimensional, but {} were indexed",
                shape.ndim(),
                own.ndim()
            )));
        }
        if let Some(axis) = (0..own.ndim()).find(|&axis| own[axis] != shape[axis]) {
            return Err(Error::index(format!(
                "boolean index did not match indexed array along axis {axis}; size of axis is {} but size of \
                 corresponding boolean axis is {}",
                shape[axis], own[axis]
            )));
        }
        while own.ndim() < shape.ndim() {
            own.push(1);
        }
        *mask = builder.reshape(*mask, own)?;
    }
    Ok(masks)
}

/// The array with a value where a mask holds.
fn piece(builder: &mut Builder<'_>, x: NodeId, mask: NodeId, value: &Operand<'_>, y: NodeId) -> Result<NodeId> {
    let shape = builder.shape(x)?;
    let value = assigned(builder, value, x)?;
    let value = builder.broadcast(value, &shape)?;
    builder.select(mask, value, y)
}

/// The shape that arrays broadcast to.
fn common_shape<'n>(builder: &Builder<'_>, nodes: impl Iterator<Item = &'n NodeId>) -> Result<Shape> {
    broadcast_shapes(nodes.map(|&node| builder.shape(node)).collect::<Result<Vec<Shape>>>()?)
}

/// Elements chosen by number.
impl NdArray {
    /// The elements of the arrays whose numbers this has; see [`choose`].
    #[track_caller]
    pub fn choose<'b, Form>(&self, choices: impl IntoOperands<'b, Form>, mode: impl Into<IndexMode>) -> NdArray {
        choose(self, choices, mode)
    }
}
