//! What options are worth by the model of Black and Scholes.

use hloom as np;
use hloom::prelude::*;

use crate::inputs::noise;

/// The values of calls and puts, by the
/// [formula of Black and Scholes](https://en.wikipedia.org/wiki/Black%E2%80%93Scholes_model#Black%E2%80%93Scholes_formula).
///
/// **Shapes**: three of `[n]` and two numbers, to two of `[n]`. **Units**: years, and rate and volatility for a year.
pub fn black_scholes(
    price: &NdArray,
    strike: &NdArray,
    years: &NdArray,
    rate: &NdArray,
    volatility: &NdArray,
) -> (NdArray, NdArray) {
    let spread = volatility * years.sqrt();
    let d_1 = ((price / strike).log() + (rate + 0.5 * volatility * volatility) * years) / &spread;
    let d_2 = &d_1 - spread;
    let discounted = strike * (-rate * years).exp();
    let call = price * below(&d_1) - &discounted * below(&d_2);
    let put = &call - price + discounted;
    (call, put)
}

/// The share of the normal distribution below `x`, by formula 26.2.17 of
/// [Abramowitz and Stegun](https://personal.math.ubc.ca/~cbm/aands/page_932.htm), as NumPy has no error function.
fn below(x: &NdArray) -> NdArray {
    let k = 1.0 / (1.0 + 0.2316419 * x.abs());
    let coefficients = [-1.821255978, 1.781477937, -0.356563782, 0.319381530];
    let series = coefficients.into_iter().fold(&k * 1.330274429, |sum, coefficient| &k * (coefficient + sum));
    let above = 0.3989422804014327 * (-0.5 * x * x).exp() * series;
    np::where_(x.lt(0), &above, 1.0 - &above)
}

/// `n` options.
pub fn inputs(n: usize) -> [NdArray; 5] {
    [noise([n], 1) * 50 + 50, noise([n], 2) * 50 + 50, noise([n], 3) * 2 + 0.1, np::array(0.03), np::array(0.3)]
}

/// The sizes at which it is measured.
pub const SIZES: [usize; 3] = [80_000, 640_000, 2_500_000];

/// The bytes of inputs and results, and the operations.
pub fn work(n: usize) -> (f64, f64) {
    let n = n as f64;
    (8.0 * 5.0 * n, 57.0 * n)
}
