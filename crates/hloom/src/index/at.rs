//! Updates in place: the elements that an index names combined with values, each as often as it is named.

use hloom_ir::Binary;

use super::IntoIndex;
use super::set::How;
use crate::NdArray;
use crate::record::IntoOperand;

/// Makes a handle refer to the array with elements replaced by what an operation makes of them and a value: those that an
/// index names, each as often as it is named, one update after another.
///
/// Other handles keep the old array. On accelerators, updates of one element come in any order.
///
/// **Shapes**: the value broadcasts to the shape of `x.get(index)`.
/// **Dtypes**: the operation's; each result is converted to the array's dtype, whatever is lost. A number that the array's dtype
/// cannot hold counts as an array of its default dtype.
///
/// # Errors
/// The array is then in error: `IndexError` as for [`NdArray::get`], `ValueError` if the value does not broadcast, `TypeError` for
/// dtypes that the operation does not take.
///
/// # Examples
/// ```
/// use hloom::Binary;
/// let mut x = hloom::array([10.0, 20.0, 30.0]);
/// hloom::at(Binary::Divide, &mut x, vec![0i64, 2, 2], [2.0, 3.0, 5.0]);
/// assert_eq!(x.tolist()?, [5.0, 20.0, 2.0]);
/// # Ok::<(), hloom::Error>(())
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.ufunc.at.html>
#[track_caller]
pub fn at<'a>(op: Binary, x: &mut NdArray, index: impl IntoIndex, value: impl IntoOperand<'a>) {
    *x = x.updated(op.name(), index.into_index(), &value.into_operand(), How::By(op));
}

macro_rules! updates {
    ($($method:ident $variant:ident $meaning:literal;)*) => {
        /// Updates of elements, each as often as an index names it.
        impl NdArray {
            /// Makes this handle refer to the array with a value added at the places that an index names, as NumPy's
            /// `add.at`: a place that is named twice gets both.
            ///
            /// **Shapes**, **Dtypes** and errors as for [`at`].
            ///
            /// # Examples
            /// ```
            /// let mut counts = hloom::array([0, 0, 0]);
            /// counts.add_at(vec![0i64, 2, 2], 1);
            /// assert_eq!(counts.tolist()?, [1, 0, 2]);
            /// # Ok::<(), hloom::Error>(())
            /// ```
            ///
            /// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.ufunc.at.html>
            #[track_caller]
            pub fn add_at<'a>(&mut self, index: impl IntoIndex, value: impl IntoOperand<'a>) {
                at(Binary::Add, self, index, value);
            }

            $(
                #[doc = concat!("As [`NdArray::add_at`], with ", $meaning, ".")]
                #[track_caller]
                pub fn $method<'a>(&mut self, index: impl IntoIndex, value: impl IntoOperand<'a>) {
                    at(Binary::$variant, self, index, value);
                }
            )*
        }
    };
}

updates! {
    subtract_at Subtract "the difference";
    multiply_at Multiply "the product";
    divide_at Divide "the quotient";
    floor_divide_at FloorDivide "the quotient rounded down";
    remainder_at Remainder "what floor division leaves";
    power_at Power "the power";
    minimum_at Minimum "the lesser of both";
    maximum_at Maximum "the greater of both";
    bitwise_and_at BitwiseAnd "bitwise AND";
    bitwise_or_at BitwiseOr "bitwise OR";
    bitwise_xor_at BitwiseXor "bitwise exclusive OR";
    left_shift_at LeftShift "the bits shifted left";
    right_shift_at RightShift "the bits shifted right";
    logical_and_at LogicalAnd "whether both are nonzero";
    logical_or_at LogicalOr "whether one or both are nonzero";
    logical_xor_at LogicalXor "whether just one is nonzero";
}
