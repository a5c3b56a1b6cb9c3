//! Random words for the elements of arrays: how many blocks they take, and which part of a block each element has. Knows
//! nothing of what is made of them.

use hloom_ir::{Binary, DType, NodeId, Shape, Type};

use super::philox::{bits, blocks, with_bits};
use super::state::Source;
use crate::Result;
use crate::record::{Build, Builder};

/// For each of `n` elements a block of its own.
pub(super) fn whole(
    builder: &mut Builder<'_>,
    source: &Source,
    n: usize,
    purpose: Option<NodeId>,
) -> Result<[NodeId; 4]> {
    let places = counted(builder, n)?;
    let from = source.scalars(builder)?;
    blocks(builder, from, places, purpose)
}

/// For each of `n` elements two words, of which the first is the upper half of 64 bits: two elements share a block.
///
/// Each element computes its whole block and takes its half. To put halves that are computed once in their places takes
/// longer: they would go to memory and back.
pub(super) fn halves(builder: &mut Builder<'_>, source: &Source, n: usize) -> Result<[NodeId; 2]> {
    let (words, lane) = shared(builder, source, n, 1)?;
    let zero = bits(builder, 0);
    let is_first = builder.apply(Binary::Equal, lane, zero)?;
    Ok([builder.select(is_first, words[0], words[2])?, builder.select(is_first, words[1], words[3])?])
}

/// For each of `n` elements one word: four elements share a block. As [`halves`].
pub(super) fn quarters(builder: &mut Builder<'_>, source: &Source, n: usize) -> Result<NodeId> {
    let (words, lane) = shared(builder, source, n, 2)?;
    let mut word = words[3];
    for (idx, &other) in words[..3].iter().enumerate().rev() {
        let own = bits(builder, idx as u64);
        let is_own = builder.apply(Binary::Equal, lane, own)?;
        word = builder.select(is_own, other, word)?;
    }
    Ok(word)
}

/// The blocks of `n` elements of which `2^shift` share one, and which part of its block each has.
fn shared(builder: &mut Builder<'_>, source: &Source, n: usize, shift: u64) -> Result<([NodeId; 4], NodeId)> {
    let element = counted(builder, n)?;
    let place = with_bits(builder, Binary::RightShift, element, shift)?;
    let from = source.scalars(builder)?;
    let words = blocks(builder, from, place, None)?;
    Ok((words, with_bits(builder, Binary::BitwiseAnd, element, (1 << shift) - 1)?))
}

/// The numbers from 0 to before `n`.
fn counted(builder: &mut Builder<'_>, n: usize) -> Result<NodeId> {
    builder.iota(Type { dtype: DType::U64, shape: Shape::from([n]) }, 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::NdArray;
    use crate::random::philox::KNOWN;
    use crate::record::Call;

    #[test]
    fn programs_compute_the_blocks_of_the_authors() {
        let wide = |words: &[u32]| u64::from(words[0]) | u64::from(words[1]) << 32;
        for (counter, key, expected) in KNOWN {
            let state = [wide(&key), wide(&counter[2..]), wide(&counter[..2]), 0];
            for source in [Source::known(state), Source::Array(NdArray::from(state))] {
                let words = Call::named("block").record_several(4, |builder| {
                    let (from, place) = (source.scalars(builder)?, bits(builder, 0));
                    blocks(builder, from, place, None).map(|words| words.to_vec())
                });
                let words: Vec<u64> = words.iter().map(|word| word.item().unwrap()).collect();
                assert_eq!(words, expected.map(u64::from));
            }
        }
    }
}
