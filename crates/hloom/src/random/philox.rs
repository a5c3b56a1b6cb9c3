//! Philox4x32-10: a function of a key and a counter whose values pass for random numbers.
//!
//! J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC'11,
//! <https://doi.org/10.1145/2063384.2063405>. Every block of four words is computed from its number alone, so that any
//! number of them are computed at once, and are the same on every device. Knows nothing of what the words are used for.

use hloom_ir::{Binary, Literal, NodeId};

use crate::Result;
use crate::record::{Build, Builder};

/// The multipliers of the first and of the third word (Salmon et al., table 2).
const MULTIPLIERS: [u64; 2] = [0xD251_1F53, 0xCD9E_8D57];

/// What the words of the key grow by from round to round: the golden ratio, and the root of 3 less 1 (Salmon et al., section 3.3).
const WEYL: [u64; 2] = [0x9E37_79B9, 0xBB67_AE85];

const ROUNDS: u64 = 10;

/// The lowest 32 bits.
const WORD: u64 = 0xFFFF_FFFF;

/// The upper bits of a stream's number are not part of it: they say what a block is for.
pub(super) const PURPOSE_BITS: u32 = 8;

/// Blocks from which the identities of spawned generators are made. Numbers below it count trials, of which only the first
/// is made for most.
pub(super) const SPAWNING: u64 = (1 << PURPOSE_BITS) - 1;

/// The number of a stream, for blocks of a purpose.
pub(super) const fn with_purpose(stream: u64, purpose: u64) -> u64 {
    (stream << PURPOSE_BITS) >> PURPOSE_BITS | purpose << (64 - PURPOSE_BITS)
}

/// A block of four words on the host. The counter and the key are in words from the lowest.
pub(super) fn block(counter: [u32; 4], key: [u32; 2]) -> [u32; 4] {
    let mut words = counter.map(u64::from);
    let mut key = key.map(u64::from);
    for _ in 0..ROUNDS {
        let [first, third] = [words[0] * MULTIPLIERS[0], words[2] * MULTIPLIERS[1]];
        words = [(third >> 32) ^ words[1] ^ key[0], third & WORD, (first >> 32) ^ words[3] ^ key[1], first & WORD];
        key = [(key[0] + WEYL[0]) & WORD, (key[1] + WEYL[1]) & WORD];
    }
    words.map(|word| word as u32)
}

/// As [`block`], with the halves of the counter, and the key, as integers of 64 bits. The result too is two of these, of
/// which each has the word that comes first in its upper half.
pub(super) fn wide_block(counter: u64, stream: u64, key: u64) -> [u64; 2] {
    let halves = |wide: u64| [wide as u32, (wide >> 32) as u32];
    let ([low, high], [stream_low, stream_high]) = (halves(counter), halves(stream));
    let [a, b, c, d] = block([low, high, stream_low, stream_high], halves(key)).map(u64::from);
    [a << 32 | b, c << 32 | d]
}

/// A constant of 64 bits.
pub(super) fn bits(builder: &mut Builder<'_>, value: u64) -> NodeId {
    builder.constant(Literal::new(value))
}

/// An operation with a constant of 64 bits on the right.
pub(super) fn with_bits(builder: &mut Builder<'_>, op: Binary, x: NodeId, value: u64) -> Result<NodeId> {
    let value = bits(builder, value);
    builder.apply(op, x, value)
}

/// The lowest 32 bits of a value of 64.
pub(super) fn low(builder: &mut Builder<'_>, x: NodeId) -> Result<NodeId> {
    with_bits(builder, Binary::BitwiseAnd, x, WORD)
}

/// The highest 32 bits of a value of 64.
pub(super) fn high(builder: &mut Builder<'_>, x: NodeId) -> Result<NodeId> {
    with_bits(builder, Binary::RightShift, x, 32)
}

/// The four words of blocks of a key and a stream, each as the lowest half of 64 bits. `places` are counted from the
/// counter; `purpose` is a 0-d number of 64 bits, and 0 if it is missing.
///
/// All is done in 64 bits: a product of two words fits, and processors multiply the lower halves of 64 bits many at once.
/// What is in the upper halves on the way does not matter, and is cut off before each product.
pub(super) fn blocks(
    builder: &mut Builder<'_>,
    [key, mut stream, counter]: [NodeId; 3],
    places: NodeId,
    purpose: Option<NodeId>,
) -> Result<[NodeId; 4]> {
    if let Some(purpose) = purpose {
        let shifted = with_bits(builder, Binary::LeftShift, purpose, u64::from(64 - PURPOSE_BITS))?;
        stream = builder.apply(Binary::BitwiseOr, stream, shifted)?;
    }
    let number = builder.apply(Binary::Add, counter, places)?;
    let mut words = [number, high(builder, number)?, stream, high(builder, stream)?];
    let mut keys = [key, high(builder, key)?];
    for round in 0..ROUNDS {
        if round > 0 {
            for (key, step) in keys.iter_mut().zip(WEYL) {
                *key = with_bits(builder, Binary::Add, *key, step)?;
            }
        }
        let mut products = [words[0], words[2]];
        for (product, multiplier) in products.iter_mut().zip(MULTIPLIERS) {
            let word = low(builder, *product)?;
            *product = with_bits(builder, Binary::Multiply, word, multiplier)?;
        }
        let [first, third] = products;
        let mixed = |builder: &mut Builder<'_>, product: NodeId, word: NodeId, key: NodeId| {
            let product = high(builder, product)?;
            let mixed = builder.apply(Binary::BitwiseXor, product, word)?;
            builder.apply(Binary::BitwiseXor, mixed, key)
        };
        words = [mixed(builder, third, words[1], keys[0])?, third, mixed(builder, first, words[3], keys[1])?, first];
    }
    for word in &mut words {
        *word = low(builder, *word)?;
    }
    Ok(words)
}

/// A counter, a key, and the block of them.
#[cfg(test)]
pub(super) type Known = ([u32; 4], [u32; 2], [u32; 4]);

/// The known answers of the authors: <https://github.com/DEShawResearch/random123/blob/main/tests/kat_vectors>.
#[cfg(test)]
pub(super) const KNOWN: [Known; 3] = [
    ([0; 4], [0; 2], [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
    ([u32::MAX; 4], [u32::MAX; 2], [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]),
    (
        [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344],
        [0xa409_3822, 0x299f_31d0],
        [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1],
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_those_of_the_authors() {
        for (counter, key, expected) in KNOWN {
            assert_eq!(block(counter, key), expected);
        }
        assert_eq!(wide_block(0, 0, 0), [0x6627_e8d5_e169_c58d, 0xbc57_ac4c_9b00_dbd8]);
    }

    #[test]
    fn purposes_are_apart_from_streams() {
        assert_eq!(with_purpose(u64::MAX, 0), u64::MAX >> PURPOSE_BITS);
        assert_eq!(with_purpose(5, SPAWNING), 0xFF00_0000_0000_0005);
    }
}
