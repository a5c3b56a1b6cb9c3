//! NumPy's constants. `newaxis` is an index, and is where indices are.

use std::f64::consts;

macro_rules! constants {
    ($($name:ident = $value:expr, $what:literal;)*) => { $(
        #[doc = $what]
        ///
        #[doc = concat!("**Source**: <https://numpy.org/doc/stable/reference/constants.html#numpy.", stringify!($name), ">")]
        #[expect(non_upper_case_globals, reason = "these are NumPy's names")]
        pub const $name: f64 = $value;
    )* };
}

constants! {
    e = consts::E, "Euler's number, the base of natural logarithms.";
    pi = consts::PI, "The ratio of a circle's circumference to its diameter.";
    inf = f64::INFINITY, "Positive infinity.";
    nan = f64::NAN, "Not a number.";
    euler_gamma = 0.577_215_664_901_532_9, "The Euler-Mascheroni constant γ.";
}
