//! Numbers that look random and are the same in every language. Knows nothing of programs.

use hloom as np;
use hloom::prelude::*;

/// Numbers from 0 to 1, float64 of a shape: the finalizer of
/// [MurmurHash3](https://github.com/aappleby/smhasher/blob/master/src/MurmurHash3.cpp) of their places.
pub(crate) fn noise<const N: usize>(shape: [usize; N], seed: i64) -> NdArray {
    let h = np::arange(shape.iter().product::<usize>()).astype(uint32) + seed * 1_000_003;
    let h = (&h ^ (&h >> 16)) * 0x85eb_ca6b_i64;
    let h = (&h ^ (&h >> 13)) * 0xc2b2_ae35_i64;
    ((&h ^ (&h >> 16)) / 2f64.powi(32)).reshape(shape)
}
