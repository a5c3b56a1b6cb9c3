//! Quotients of complex numbers near the ends of the range are NumPy's, whose formula is computed here beside the
//! library's: also where numbers on the way are denormal, which devices take for zero.

use hloom as np;
use hloom::prelude::*;
use num_complex::Complex;

macro_rules! suite {
    ($name:ident $float:ident [$($value:expr),* $(,)?]) => {
        mod $name {
            use super::*;

            const VALUES: &[$float] = &[$($value),*];

            fn pairs() -> Vec<Complex<$float>> {
                VALUES.iter().flat_map(|&re| VALUES.iter().map(move |&im| Complex::new(re, im))).collect()
            }

            /// `@TYPE@_divide` in NumPy's `loops.c.src`.
            fn divide(a: Complex<$float>, b: Complex<$float>) -> Complex<$float> {
                let (re_size, im_size) = (b.re.abs(), b.im.abs());
                if re_size == 0.0 && im_size == 0.0 {
                    return Complex::new(a.re / re_size, a.im / re_size);
                }
                if re_size >= im_size {
                    let ratio = b.im / b.re;
                    let scale = 1.0 / (b.re + b.im * ratio);
                    Complex::new((a.re + a.im * ratio) * scale, (a.im - a.re * ratio) * scale)
                } else {
                    let ratio = b.re / b.im;
                    let scale = 1.0 / (b.im + b.re * ratio);
                    Complex::new((a.re * ratio + a.im) * scale, (a.im * ratio - a.re) * scale)
                }
            }

            /// `@TYPE@_reciprocal`.
            fn reciprocal(z: Complex<$float>) -> Complex<$float> {
                if z.im.abs() <= z.re.abs() {
                    let ratio = z.im / z.re;
                    let size = z.re + z.im * ratio;
                    Complex::new(1.0 / size, -ratio / size)
                } else {
                    let ratio = z.re / z.im;
                    let size = z.re * ratio + z.im;
                    Complex::new(ratio / size, -1.0 / size)
                }
            }

            /// Whether two parts are as near as the greater part of the number allows.
            fn is_near(found: $float, expected: $float, greatest: $float) -> bool {
                if expected.is_nan() || found.is_nan() {
                    return expected.is_nan() && found.is_nan();
                }
                let tolerance = 16.0 * $float::EPSILON * greatest + $float::MIN_POSITIVE;
                found == expected || (found - expected).abs() <= tolerance
            }

            #[track_caller]
            fn check(found: Complex<$float>, expected: Complex<$float>, what: impl std::fmt::Display) {
                let finite = [expected.re.abs(), expected.im.abs()].into_iter().filter(|size| size.is_finite());
                let greatest = finite.fold(0.0, $float::max);
                let near = is_near(found.re, expected.re, greatest) && is_near(found.im, expected.im, greatest);
                assert!(near, "{what}: {found:e}, expected {expected:e}");
            }

            #[test]
            fn quotients() -> hloom::Result<()> {
                let numbers = pairs();
                let (a, b) = (np::array(numbers.clone()).reshape([-1, 1]), np::array(numbers.clone()));
                let found = (a / b).to_vec::<Complex<$float>>()?;
                for (at, found) in found.into_iter().enumerate() {
                    let (a, b) = (numbers[at / numbers.len()], numbers[at % numbers.len()]);
                    check(found, divide(a, b), format_args!("{a:e} over {b:e}"));
                }
                Ok(())
            }

            #[test]
            fn reciprocals() -> hloom::Result<()> {
                let numbers = pairs();
                let found = np::reciprocal(np::array(numbers.clone())).to_vec::<Complex<$float>>()?;
                for (z, found) in numbers.into_iter().zip(found) {
                    check(found, reciprocal(z), format_args!("the reciprocal of {z:e}"));
                }
                Ok(())
            }

            #[test]
            fn great_numbers_over_great_ones() -> hloom::Result<()> {
                let big = $float::MAX / 4.0;
                let (a, b) = (np::array([Complex::new(big, big)]), np::array([Complex::new(big, -big)]));
                assert_eq!((&a / &b).to_vec::<Complex<$float>>()?, [Complex::new(0.0, 1.0)]);
                let call = np::jit(|(a, b): (NdArray, NdArray)| a / b);
                assert_eq!(call.call((&a, &b))?.to_vec::<Complex<$float>>()?, [Complex::new(0.0, 1.0)]);
                Ok(())
            }
        }
    };
}

suite!(double f64 [
    0.0, -0.0, 1.0, -3.7, 1e-300, -3e-308, 1e-200, 2e-155, 1e155, -1e200, 8e307, 1.5e308, f64::INFINITY,
    f64::NEG_INFINITY, f64::NAN,
]);

suite!(single f32 [
    0.0, -0.0, 1.0, -3.7, 1e-30, -2e-38, 1e-20, 1e20, -1e30, 1e38, 2.5e38, f32::INFINITY, f32::NEG_INFINITY, f32::NAN,
]);
