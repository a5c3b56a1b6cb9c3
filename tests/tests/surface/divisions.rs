//! Quotients and remainders of integers are those of exact arithmetic, whether a divisor is known, a number or an array, and
//! however many elements there are: lowering takes another way for each.

use hloom as np;
use hloom::prelude::*;

/// Pairs of integers: all pairs of what is near a power of two or an end of the range, and as many with bits at random, of
/// every width.
macro_rules! suite {
    ($($name:ident $integer:ident),*) => { $(
        mod $name {
            use super::*;

            const BITS: u32 = $integer::BITS;

            fn notable() -> Vec<$integer> {
                let powers = (0..BITS).step_by(if BITS == 64 { 3 } else { 1 }).map(|bit| (1 as $integer) << bit);
                let near = |power: $integer| [power.wrapping_sub(1), power, power.wrapping_add(1)];
                let mut values: Vec<$integer> = powers.flat_map(near).collect();
                values.extend([3, 7, 10, 100, $integer::MAX - 1, $integer::MAX, $integer::MIN, $integer::MIN + 1]);
                let negative: Vec<$integer> = values.iter().map(|value| value.wrapping_neg()).collect();
                values.extend(negative);
                values.sort_unstable();
                values.dedup();
                values
            }

            /// Dividends and divisors.
            fn pairs() -> (Vec<$integer>, Vec<$integer>) {
                let notable = notable();
                let mut rng = fastrand::Rng::with_seed(BITS.into());
                let mut random = || {
                    let (value, width) = (rng.u64(..) as $integer, rng.u32(..BITS));
                    value.wrapping_shr(width)
                };
                let notable_pairs = notable.iter().flat_map(|&x| notable.iter().map(move |&y| (x, y)));
                let mut pairs: Vec<($integer, $integer)> = notable_pairs.collect();
                for _ in 0..20_000 {
                    let (x, y) = (random(), random());
                    // Multiples and what lies beside them, where a quotient that is rounded would show.
                    let multiple = (x.wrapping_mul(y)).wrapping_sub((x & 1) as $integer);
                    pairs.extend([(x, y), (multiple, y)]);
                }
                pairs.into_iter().unzip()
            }

            /// The function of exact integers; 0 if the divisor is.
            fn exact(x: $integer, y: $integer, function: impl Fn(i128, i128) -> i128) -> $integer {
                if y == 0 { 0 } else { function(x.into(), y.into()) as $integer }
            }

            fn floor_divide(x: $integer, y: $integer) -> $integer {
                exact(x, y, |x, y| x / y - i128::from(x % y != 0 && (x < 0) != (y < 0)))
            }

            fn remainder(x: $integer, y: $integer) -> $integer {
                exact(x, y, |x, y| (x % y + y) % y)
            }

            fn fmod(x: $integer, y: $integer) -> $integer {
                exact(x, y, |x, y| x % y)
            }

            fn exact_gcd(x: $integer, y: $integer) -> u128 {
                let (mut x, mut y) = (i128::from(x).unsigned_abs(), i128::from(y).unsigned_abs());
                while y != 0 {
                    (x, y) = (y, x % y);
                }
                x
            }

            fn gcd(x: $integer, y: $integer) -> $integer {
                exact_gcd(x, y) as $integer
            }

            fn lcm(x: $integer, y: $integer) -> $integer {
                (i128::from(x).unsigned_abs() / exact_gcd(x, y).max(1) * i128::from(y).unsigned_abs()) as $integer
            }

            /// A function under test, and what it yields of two integers.
            type Function = (&'static str, fn(&NdArray, &NdArray) -> NdArray, fn($integer, $integer) -> $integer);

            const FUNCTIONS: [Function; 5] = [
                ("floor_divide", |x, y| x.floor_divide(y), floor_divide),
                ("remainder", |x, y| x % y, remainder),
                ("fmod", |x, y| np::fmod(x, y), fmod),
                ("gcd", |x, y| np::gcd(x, y), gcd),
                ("lcm", |x, y| np::lcm(x, y), lcm),
            ];

            #[track_caller]
            fn check(name: &str, found: &NdArray, expected: impl Iterator<Item = (($integer, $integer), $integer)>) {
                let found = found.to_vec::<$integer>().unwrap();
                assert!(!found.is_empty(), "{name}");
                for (found, ((x, y), expected)) in found.into_iter().zip(expected) {
                    assert_eq!(found, expected, "{name} of {x} and {y}");
                }
            }

            #[test]
            fn arrays() {
                let (x, y) = pairs();
                let pairs = x.iter().copied().zip(y.iter().copied());
                let (x, y) = (np::array(x.clone()), np::array(y.clone()));
                for (name, function, exact) in FUNCTIONS {
                    check(name, &function(&x, &y), pairs.clone().map(|(x, y)| ((x, y), exact(x, y))));
                }
            }

            #[test]
            fn numbers() {
                let notable = notable();
                let repeated: Vec<$integer> = notable.iter().copied().cycle().take(5000).collect();
                let all = np::array(repeated.clone());
                // The first of them alone.
                let few = [np::array(repeated[0]), np::array(repeated[..3].to_vec())];
                for &y in notable.iter().step_by(5) {
                    let number = np::array(y);
                    for (name, function, exact) in FUNCTIONS {
                        let expected = repeated.iter().map(|&x| ((x, y), exact(x, y)));
                        check(name, &function(&all, &number), expected.clone());
                        few.iter().for_each(|few| check(name, &function(few, &number), expected.clone()));
                    }
                    let Ok(y) = i64::try_from(i128::from(y)) else { continue };
                    let expected = |exact: fn($integer, $integer) -> $integer| {
                        repeated.iter().map(move |&x| ((x, y as $integer), exact(x, y as $integer)))
                    };
                    check("floor_divide", &all.floor_divide(y), expected(floor_divide));
                    check("remainder", &(&all % y), expected(remainder));
                }
            }

            #[test]
            fn constants() {
                let notable = notable();
                let repeated: Vec<$integer> = notable.iter().copied().cycle().take(4096).collect();
                let all = np::array(repeated.clone());
                let negative = [1, 7].map(|size: $integer| size.wrapping_neg());
                for y in [0, 1, 2, 7, 64, 100, $integer::MIN, $integer::MAX].into_iter().chain(negative) {
                    let divided = move |x: NdArray| {
                        let known = np::full((), y).astype(x.dtype());
                        (x.floor_divide(&known), x % known)
                    };
                    let call = np::jit(divided);
                    let (quotient, rest): (NdArray, NdArray) = call.call(&all).unwrap();
                    check("floor_divide", &quotient, repeated.iter().map(|&x| ((x, y), floor_divide(x, y))));
                    check("remainder", &rest, repeated.iter().map(|&x| ((x, y), remainder(x, y))));
                }
            }
        }
    )* };
}

suite!(bytes i8, shorts i16, ints i32, longs i64, unsigned_bytes u8, unsigned_shorts u16, unsigned_ints u32, unsigned_longs u64);
