//! A checksum of bytes: a register of bits that is shifted, byte after byte.

use hloom as np;
use hloom::prelude::*;

use crate::inputs::noise;

/// The generator of CRC-16/IBM-SDLC, reflected.
const POLYNOMIAL: i64 = 0x8408;

/// The checksum CRC-16/IBM-SDLC, as in [X.25](https://reveng.sourceforge.io/crc-catalogue/16.htm#crc.cat.crc-16-ibm-sdlc),
/// its low byte first.
///
/// **Shapes**: `[n]` to `[]`. **Dtypes**: uint8 to uint16.
pub fn crc16(data: &NdArray) -> (NdArray,) {
    let (register, ()) = np::scan(
        |register: NdArray, byte: NdArray| {
            let mut register = register ^ byte.astype(uint16);
            for _ in 0..8 {
                let shifted = &register >> 1;
                register = np::where_((&register & 1).eq(1), &shifted ^ POLYNOMIAL, &shifted);
            }
            (register, ())
        },
        np::array(0xffffu16),
        data,
    );
    let register = !register;
    ((&register << 8) | (&register >> 8),)
}

/// `n` bytes.
pub fn inputs(n: usize) -> [NdArray; 1] {
    [(noise([n], 1) * 256).astype(uint8)]
}

/// The sizes at which it is measured.
pub const SIZES: [usize; 3] = [7_000, 40_000, 320_000];

/// The bytes of inputs and results, and the operations. Four operations a bit.
pub fn work(n: usize) -> (f64, f64) {
    let n = n as f64;
    (n, 33.0 * n)
}
