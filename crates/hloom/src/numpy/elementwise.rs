//! Element-wise functions and methods, made from the tables of operations, and the few of them whose
//! NumPy rule depends on more than dtypes.

use hloom_ir::{
    ArgType, Binary, Casting, DType, Kind, Literal, NodeId, Unary, Weak, binary_ops, can_cast, result_type, unary_ops,
};

use crate::record::{Build, Builder, Call, IntoOperand, Operand};
use crate::{Error, NdArray, Result};

/// The dtypes that a rule of the tables takes and returns, for documentation.
macro_rules! dtypes_of {
    (Numeric) => {
        "numbers, to the same dtype; bool is a `TypeError`"
    };
    (Arithmetic) => {
        "any, to the same (promoted) dtype; functions of one argument take bool as int8"
    };
    (Magnitude) => {
        "any, to the same dtype; complex to its real dtype"
    };
    (RealPart) => {
        "any, to the same dtype; complex to its real dtype"
    };
    (Bitwise) => {
        "bool and integers, to the same (promoted) dtype"
    };
    (Float) => {
        "floats and complex, to the same dtype; integers to the float that holds them"
    };
    (RealFloat) => {
        "real floats, to the same (promoted) dtype; integers to the float that holds them"
    };
    (WideFloat) => {
        "floats and complex, to the same dtype; bool and integers to float64"
    };
    (RealWideFloat) => {
        "real floats, to the same dtype; bool and integers to float64"
    };
    (Rounding) => {
        "any but complex, to the same dtype"
    };
    (Predicate) => {
        "any, to bool"
    };
    (RealPredicate) => {
        "integers and real floats, to bool"
    };
    (BitCount) => {
        "integers, to uint8"
    };
    (Subtraction) => {
        "numbers, to the promoted dtype; two bools are a `TypeError`"
    };
    (TrueDivision) => {
        "any, to the promoted dtype; bool and integers to float64"
    };
    (Division) => {
        "integers and real floats, to the promoted dtype; bool as int8"
    };
    (Power) => {
        "numbers, to the promoted dtype; bool as int8"
    };
    (Extremum) => {
        "any, to the promoted dtype"
    };
    (Comparison) => {
        "any, to bool"
    };
    (Logical) => {
        "any, to bool"
    };
    (Shift) => {
        "integers, to the promoted dtype; bool as int8"
    };
    (DoublePower) => {
        "any, to float64; complex to complex128"
    };
    (Integer) => {
        "integers, to the promoted dtype"
    };
}

macro_rules! define_unary {
    ($($variant:ident $name:ident {$rule:ident $work:ident $syntax:ident $chain:ident} $meaning:literal ($($arg:tt)*) $result:literal;)*) => {
        $(
            #[doc = concat!($meaning, " Element-wise.")]
            ///
            /// **Shapes**: `[…]` to `[…]`.
            #[doc = concat!("**Dtypes**: ", dtypes_of!($rule), ".")]
            ///
            /// # Errors
            /// The result is in error (`TypeError`) for a dtype that the function does not take.
            ///
            /// # Examples
            /// ```
            /// # use std::f64;
            #[doc = concat!("let y = hloom::", stringify!($name), "(", stringify!($($arg)*), ");")]
            #[doc = concat!("assert_eq!(y.to_string(), ", stringify!($result), ");")]
            /// ```
            ///
            #[doc = concat!(
                "**Source**: <https://numpy.org/doc/stable/reference/generated/numpy.",
                stringify!($name),
                ".html>"
            )]
            #[track_caller]
            pub fn $name<'a>(x: impl IntoOperand<'a>) -> NdArray {
                unary(Unary::$variant, x)
            }
        )*

        /// Element-wise functions of one argument.
        impl NdArray {
            $(
                #[doc = concat!($meaning, " Element-wise; see [`", stringify!($name), "`](crate::", stringify!($name), ").")]
                #[track_caller]
                pub fn $name(&self) -> NdArray {
                    unary(Unary::$variant, self)
                }
            )*
        }
    };
}

macro_rules! define_binary {
    ($($variant:ident $name:ident {$rule:ident $work:ident $syntax:ident $grouping:ident $chain:ident} $meaning:literal ($($arg:tt)*) $result:literal;)*) => {
        $(
            #[doc = concat!($meaning, " Element-wise.")]
            ///
            /// **Shapes**: any two that broadcast, to the broadcast shape.
            #[doc = concat!("**Dtypes**: ", dtypes_of!($rule), ".")]
            ///
            /// # Errors
            /// The result is in error: `ValueError` for shapes that do not broadcast, `TypeError` for
            /// dtypes that the function does not take, `OverflowError` for a Rust integer that the
            /// array's dtype cannot hold.
            ///
            /// # Examples
            /// ```
            /// # use std::f64;
            #[doc = concat!("let y = hloom::", stringify!($name), "(", stringify!($($arg)*), ");")]
            #[doc = concat!("assert_eq!(y.to_string(), ", stringify!($result), ");")]
            /// ```
            ///
            #[doc = concat!(
                "**Source**: <https://numpy.org/doc/stable/reference/generated/numpy.",
                stringify!($name),
                ".html>"
            )]
            #[track_caller]
            pub fn $name<'a, 'b>(a: impl IntoOperand<'a>, b: impl IntoOperand<'b>) -> NdArray {
                binary(Binary::$variant, a, b)
            }
        )*

        /// Element-wise functions of two arguments.
        impl NdArray {
            $(
                #[doc = concat!($meaning, " Element-wise; see [`", stringify!($name), "`](crate::", stringify!($name), ").")]
                #[track_caller]
                pub fn $name<'b>(&self, other: impl IntoOperand<'b>) -> NdArray {
                    binary(Binary::$variant, self, other)
                }
            )*
        }
    };
}

unary_ops!(define_unary);
binary_ops!(define_binary);

/// Other names: NumPy's, as functions and methods, and those of Python's operators, as methods.
macro_rules! aliases {
    (
        unary { $($one:ident => $of_one:ident,)* }
        binary { $($two:ident => $of_two:ident,)* }
        unary_operators { $($operator:ident => $of_operator:ident,)* }
        binary_operators { $($pair:ident => $of_pair:ident,)* }
    ) => {
        $(
            #[doc = concat!("Another name of [`", stringify!($of_one), "`](crate::", stringify!($of_one), ").")]
            #[track_caller]
            pub fn $one<'a>(x: impl IntoOperand<'a>) -> NdArray {
                $of_one(x)
            }
        )*

        $(
            #[doc = concat!("Another name of [`", stringify!($of_two), "`](crate::", stringify!($of_two), ").")]
            #[track_caller]
            pub fn $two<'a, 'b>(a: impl IntoOperand<'a>, b: impl IntoOperand<'b>) -> NdArray {
                $of_two(a, b)
            }
        )*

        /// Other names of element-wise functions.
        impl NdArray {
            $(
                #[doc = concat!("Another name of [`NdArray::", stringify!($of_one), "`].")]
                #[track_caller]
                pub fn $one(&self) -> NdArray {
                    self.$of_one()
                }
            )*

            $(
                #[doc = concat!("Another name of [`NdArray::", stringify!($of_two), "`].")]
                #[track_caller]
                pub fn $two<'b>(&self, other: impl IntoOperand<'b>) -> NdArray {
                    self.$of_two(other)
                }
            )*

            $(
                #[doc = concat!("Short for [`NdArray::", stringify!($of_operator), "`].")]
                #[track_caller]
                pub fn $operator(&self) -> NdArray {
                    self.$of_operator()
                }
            )*

            $(
                #[doc = concat!("Short for [`NdArray::", stringify!($of_pair), "`].")]
                #[track_caller]
                pub fn $pair<'b>(&self, other: impl IntoOperand<'b>) -> NdArray {
                    self.$of_pair(other)
                }
            )*
        }

        /// Pairs of another name and the name in the tables, of all that are functions.
        #[cfg(test)]
        const ALIASES: &[(&str, &str)] = &[
            $((stringify!($one), stringify!($of_one)),)*
            $((stringify!($two), stringify!($of_two)),)*
        ];
    };
}

aliases! {
    unary {
        abs => absolute,
        acos => arccos,
        acosh => arccosh,
        asin => arcsin,
        asinh => arcsinh,
        atan => arctan,
        atanh => arctanh,
        bitwise_invert => invert,
        bitwise_not => invert,
        conj => conjugate,
        degrees => rad2deg,
        fix => trunc,
        radians => deg2rad,
    }
    binary {
        atan2 => arctan2,
        bitwise_left_shift => left_shift,
        bitwise_right_shift => right_shift,
        mod_ => remainder,
        pow => power,
        true_divide => divide,
    }
    unary_operators {
        neg => negative,
        pos => positive,
    }
    binary_operators {
        sub => subtract,
        mul => multiply,
        truediv => divide,
        floordiv => floor_divide,
        eq => equal,
        ne => not_equal,
        lt => less,
        le => less_equal,
        gt => greater,
        ge => greater_equal,
    }
}

/// The element-wise function of one argument that a row of the table names.
#[track_caller]
pub fn unary<'a>(op: Unary, x: impl IntoOperand<'a>) -> NdArray {
    let x = x.into_operand();
    Call::of(op.name(), &x).record(|builder| record_unary(builder, op, &x))
}

/// The element-wise function of two arguments that a row of the table names.
#[track_caller]
pub fn binary<'a, 'b>(op: Binary, a: impl IntoOperand<'a>, b: impl IntoOperand<'b>) -> NdArray {
    let (a, b) = (a.into_operand(), b.into_operand());
    Call::of(op.name(), &[&a, &b]).record(|builder| record_binary(builder, op, &a, &b))
}

/// The function of two arguments in the dtype and shape of the first, as NumPy's assigning operators take it.
#[track_caller]
pub(super) fn assigned<'b>(op: Binary, a: &NdArray, b: impl IntoOperand<'b>) -> NdArray {
    let (left, b) = (a.into_operand(), b.into_operand());
    Call::of(op.name(), &[&left, &b]).record(|builder| {
        let kept = builder.ty(a.node())?.clone();
        let result = record_binary(builder, op, &left, &b)?;
        let found = builder.ty(result)?;
        if !can_cast(found.dtype, kept.dtype, Casting::SameKind) {
            return Err(Error::type_(format!(
                "Cannot cast ufunc '{}' output from dtype('{}') to dtype('{}') with casting rule 'same_kind'",
                op.name(),
                found.dtype,
                kept.dtype
            )));
        }
        if found.shape != kept.shape {
            return Err(Error::value(format!(
                "non-broadcastable output operand with shape {} doesn't match the broadcast shape {}",
                kept.shape, found.shape
            )));
        }
        builder.convert(result, kept.dtype)
    })
}

/// Floor division and remainder at once, as Python's `divmod`.
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.divmod.html>
#[track_caller]
pub fn divmod<'a, 'b>(a: impl IntoOperand<'a>, b: impl IntoOperand<'b>) -> (NdArray, NdArray) {
    let (a, b) = (a.into_operand(), b.into_operand());
    (binary(Binary::FloorDivide, &a, &b), binary(Binary::Remainder, &a, &b))
}

/// Records a function of one argument. An operator makes a number of a traced number.
fn record_unary(builder: &mut Builder<'_>, op: Unary, x: &Operand<'_>) -> Result<NodeId> {
    let result = builder.unary(op, x)?;
    if op.is_operator() && builder.is_weak(x) && x.as_array().is_some() {
        builder.mark_weak(result);
    }
    Ok(result)
}

/// Records a function of two arguments. An operator makes a number of traced numbers.
pub(crate) fn record_binary(builder: &mut Builder<'_>, op: Binary, a: &Operand<'_>, b: &Operand<'_>) -> Result<NodeId> {
    let result = record_by_values(builder, op, a, b)?;
    if op.is_operator()
        && builder.is_weak(a)
        && builder.is_weak(b)
        && (a.as_array().is_some() || b.as_array().is_some())
    {
        builder.mark_weak(result);
    }
    Ok(result)
}

/// Records a function of two arguments, with the rules that look at more than dtypes.
fn record_by_values(builder: &mut Builder<'_>, op: Binary, a: &Operand<'_>, b: &Operand<'_>) -> Result<NodeId> {
    if op.is_comparison() {
        match (a, b) {
            (Operand::Number(_), Operand::Number(_)) => {}
            (_, Operand::Number(number)) => {
                if let Some(node) = compare_beyond(builder, op, a, *number)? {
                    return Ok(node);
                }
            }
            (Operand::Number(number), _) => {
                if let Some(node) = compare_beyond(builder, mirrored(op), b, *number)? {
                    return Ok(node);
                }
            }
            _ => {
                if let Some(node) = compare_signs(builder, op, a, b)? {
                    return Ok(node);
                }
            }
        }
    }
    if op == Binary::Power
        && let Operand::Number(exponent) = b
        && let Some(node) = power_of_number(builder, a, *exponent)?
    {
        return Ok(node);
    }
    builder.binary(op, a, b)
}

/// The comparison that gives the same answer with its operands exchanged.
fn mirrored(op: Binary) -> Binary {
    match op {
        Binary::Less => Binary::Greater,
        Binary::LessEqual => Binary::GreaterEqual,
        Binary::Greater => Binary::Less,
        Binary::GreaterEqual => Binary::LessEqual,
        symmetric => symmetric,
    }
}

/// Compares an integer array with an integer that its dtype cannot hold: the answer is the same for
/// every element, and no error.
fn compare_beyond(builder: &mut Builder<'_>, op: Binary, a: &Operand<'_>, number: Weak) -> Result<Option<NodeId>> {
    let Some(array) = a.as_array() else { return Ok(None) };
    let dtype = builder.dtype(array.node())?;
    let (Weak::Int(value), true) = (number, dtype.is_integer() && number.overflows(dtype)) else {
        return Ok(None);
    };
    let answer = match op {
        Binary::NotEqual => true,
        Binary::Less | Binary::LessEqual => value > 0,
        Binary::Greater | Binary::GreaterEqual => value < 0,
        _ => false,
    };
    let shape = builder.shape(array.node())?;
    builder.full(Literal::new(answer), &shape).map(Some)
}

/// Compares signed integers with uint64 exactly: their promoted dtype, float64, would round.
fn compare_signs(builder: &mut Builder<'_>, op: Binary, a: &Operand<'_>, b: &Operand<'_>) -> Result<Option<NodeId>> {
    let (left, right) = (builder.arg_type(a)?.default_dtype(), builder.arg_type(b)?.default_dtype());
    let (op, signed, unsigned) = match (left.kind(), right.kind()) {
        (Kind::Signed, Kind::Unsigned) if right == DType::U64 => (op, a, b),
        (Kind::Unsigned, Kind::Signed) if left == DType::U64 => (mirrored(op), b, a),
        _ => return Ok(None),
    };
    let signed = builder.operand_as(signed, DType::I64)?;
    let unsigned = builder.operand_as(unsigned, DType::U64)?;
    let zero = builder.constant(Literal::new(0i64));
    let negative = builder.apply(Binary::Less, signed, zero)?;
    let magnitude = builder.convert(signed, DType::U64)?;
    let compared = builder.apply(op, magnitude, unsigned)?;
    let answer = match op {
        Binary::Less | Binary::LessEqual | Binary::NotEqual => builder.apply(Binary::LogicalOr, negative, compared)?,
        _ => {
            let nonnegative = builder.op(Unary::LogicalNot, &[negative])?;
            builder.apply(Binary::LogicalAnd, nonnegative, compared)?
        }
    };
    Ok(Some(answer))
}

/// Powers whose exponent the user wrote as a number: small ones shape the program, as products, and
/// NumPy's shortcuts for squares, roots and reciprocals hold.
fn power_of_number(builder: &mut Builder<'_>, base: &Operand<'_>, exponent: Weak) -> Result<Option<NodeId>> {
    let base_type = builder.arg_type(base)?;
    let dtype = result_type(&[base_type, ArgType::Weak(exponent.kind())])?;
    if let Weak::Int(value) = exponent
        && value < 0
        && (dtype.is_integer() || dtype == DType::Bool)
    {
        return Err(Error::value("Integers to negative integer powers are not allowed."));
    }
    if matches!(base, Operand::Number(_)) {
        return Ok(None);
    }
    if base_type == ArgType::Strong(DType::Bool) && exponent == Weak::Int(2) {
        // NumPy squares before it looks at the exponent's type, and the square of a bool is an int8.
        return builder.unary(Unary::Square, base).map(Some);
    }
    let exponent = match exponent {
        Weak::Int(value) => value as f64,
        Weak::Float(value) => value,
        Weak::Bool(_) | Weak::Complex(_) => return Ok(None),
    };
    let inexact = dtype.is_float() || dtype.is_complex();
    let op = match exponent {
        2.0 => Unary::Square,
        -1.0 if inexact => Unary::Reciprocal,
        0.5 if inexact => Unary::Sqrt,
        1.0 => Unary::Positive,
        _ => return Ok(None),
    };
    let base = builder.operand_as(base, dtype)?;
    builder.op(op, &[base]).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_names_are_of_rows_of_the_tables_and_none_is_a_row_itself() {
        let is_row = |name: &str| Unary::from_name(name).is_some() || Binary::from_name(name).is_some();
        for &(alias, name) in ALIASES {
            assert!(is_row(name) && !is_row(alias), "{alias} for {name}");
        }
    }
}
