//! Conversions between dtypes as NumPy's `astype` makes them. Knows nothing about other operations.

use hloom_ir::{DType, Kind, Literal};

use crate::value::Value;

use super::float::Precision;

/// The value in another dtype.
pub(super) fn lower(x: Value<'_>, dtype: DType) -> Value<'_> {
    let from = x.dtype();
    match (from.kind(), dtype.kind()) {
        _ if from == dtype => x,
        (_, Kind::Bool) => x.is_nonzero(),
        (Kind::Complex, Kind::Complex) => x.real().convert(dtype.real()).complex(x.imag().convert(dtype.real())),
        (Kind::Complex, _) => lower(x.real(), dtype),
        (_, Kind::Complex) => lower(x, dtype.real()).complex(0.0),
        (Kind::Float, Kind::Signed | Kind::Unsigned) => truncate(x, dtype),
        (Kind::Float, Kind::Float) if from == DType::F64 && dtype.is_half() => round_to_odd(x).convert(dtype),
        // NumPy rounds a wide integer to float32 before it rounds it to half precision.
        (Kind::Signed | Kind::Unsigned, Kind::Float) => x.convert(dtype.wide()).convert(dtype),
        (_, Kind::Signed | Kind::Unsigned | Kind::Float) => x.convert(dtype),
    }
}

/// A float64 as a float32 whose last bit tells whether any bit beyond it was set.
///
/// XLA converts to half precision through float32 and so rounds twice, which goes wrong where the first
/// rounding makes a tie. From this float32 the second rounding is that of the float64 itself.
///
/// **Source**: S. Boldo, G. Melquiond, When double rounding is odd, 2005.
fn round_to_odd(x: Value<'_>) -> Value<'_> {
    const LOST: i64 = (1 << (52 - 23)) - 1;
    let bits = x.bitcast(DType::I64);
    let kept = bits & !LOST;
    let odd = (bits & LOST).differs(0).select(kept | (LOST + 1), kept);
    odd.bitcast(DType::F64).convert(DType::F32)
}

/// A float without its fraction as an integer.
///
/// What does not fit is undefined in C and therefore in NumPy; this is what x86-64 makes of it, so that
/// -1.0 becomes 255 in uint8. XLA saturates instead.
fn truncate(x: Value<'_>, dtype: DType) -> Value<'_> {
    match dtype {
        DType::I32 | DType::I64 => within(x, dtype),
        DType::U64 => {
            const LIMIT: f64 = 9_223_372_036_854_775_808.0;
            let wide = x.convert(x.dtype().wide());
            let high = within(wide - LIMIT, DType::I64).bitcast(DType::U64);
            let flipped = high ^ high.literal_like(Literal::new(1u64 << 63));
            wide.at_least(LIMIT).select(flipped, within(wide, DType::I64).bitcast(DType::U64))
        }
        DType::U32 => within(x, DType::I64).convert(dtype),
        DType::I8 | DType::I16 | DType::U8 | DType::U16 => within(x, DType::I32).convert(dtype),
        // Nothing is cut from what becomes no integer.
        DType::Bool | DType::F16 | DType::BF16 | DType::F32 | DType::F64 | DType::C64 | DType::C128 => x.convert(dtype),
    }
}

/// The conversion to a signed integer that gives the least one for whatever is out of range or NaN.
fn within(x: Value<'_>, dtype: DType) -> Value<'_> {
    // Half precision does not hold the bounds; float32 holds every half-precision number.
    let x = x.convert(x.dtype().wide());
    let bound = 2f64.powi(if dtype == DType::I64 { 63 } else { 31 });
    let fits = x.above(lowest_beyond(x.dtype(), dtype, bound)) & x.below(bound);
    let converted = x.convert(dtype);
    let least = converted.literal_like(Literal::lowest(dtype));
    fits.select(converted, least)
}

/// The greatest float below every number that truncates to the integer dtype.
fn lowest_beyond(float: DType, dtype: DType, bound: f64) -> f64 {
    match Precision::of(float) {
        // Only here does the float have fractions beyond the bound.
        Precision::Double if dtype == DType::I32 => -bound - 1.0,
        Precision::Double => (-bound).next_down(),
        Precision::Single => f64::from((-bound as f32).next_down()),
    }
}
