//! Where a generator is: numbers on the host while they are known, an array in compiled functions and loops.

use std::sync::OnceLock;

use hloom_ir::{Binary, DType, Layout, Literal, NodeId, Shape, SourceLine, Type};
use hloom_transform::along::element;

use super::philox::{SPAWNING, bits, blocks, wide_block, with_bits, with_purpose};
use crate::record::{Build, Builder, Call};
use crate::{Error, NdArray, Result};

/// How many numbers of 64 bits a state is.
pub(super) const N_WORDS: usize = 4;

/// A state whose numbers are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct State {
    pub(super) key: u64,
    /// Tells apart streams of one key. Its upper bits are zero.
    pub(super) stream: u64,
    /// The number of the next block.
    pub(super) counter: u64,
    /// How many generators were spawned.
    pub(super) children: u64,
}

impl State {
    fn words(self) -> [u64; N_WORDS] {
        [self.key, self.stream, self.counter, self.children]
    }
}

/// Where numbers come from: a state as it was before a draw.
#[derive(Clone, Debug)]
pub(super) enum Source {
    Known(State),
    /// uint64 of shape `[4]`: what [`State`] has, in this order.
    Array(NdArray),
}

impl Source {
    #[cfg(test)]
    pub(super) fn known([key, stream, counter, children]: [u64; N_WORDS]) -> Source {
        Source::Known(State { key, stream, counter, children })
    }

    /// The key, the stream and the counter. Those that are known are inputs of the program: another state is no other program.
    pub(super) fn scalars(&self, builder: &mut Builder<'_>) -> Result<[NodeId; 3]> {
        match self {
            Source::Known(state) => {
                Ok([state.key, state.stream, state.counter].map(|word| builder.scalar(Literal::new(word))))
            }
            Source::Array(words) => {
                let words = words.node();
                Ok([element(builder, words, 0)?, element(builder, words, 1)?, element(builder, words, 2)?])
            }
        }
    }
}

/// The state of a generator.
#[derive(Clone, Debug)]
pub(super) struct Cell {
    source: Source,
    /// A known state as an array, made when it is asked for.
    array: OnceLock<NdArray>,
}

impl Cell {
    pub(super) fn known(state: State) -> Cell {
        Cell { source: Source::Known(state), array: OnceLock::new() }
    }

    pub(super) fn of_array(array: NdArray) -> Cell {
        Cell { source: Source::Array(array), array: OnceLock::new() }
    }

    /// The state as an array.
    #[track_caller]
    pub(super) fn array(&self) -> &NdArray {
        match &self.source {
            Source::Array(array) => array,
            Source::Known(state) => self.array.get_or_init(|| NdArray::from(state.words())),
        }
    }

    /// The state as it is, which goes on by a number of blocks.
    pub(super) fn take(&mut self, n_blocks: u64, line: SourceLine) -> Source {
        let before = self.source.clone();
        if n_blocks > 0 {
            self.go_on(2, n_blocks, line);
        }
        before
    }

    /// Adds to one of the numbers of the state.
    fn go_on(&mut self, idx: usize, by: u64, line: SourceLine) {
        self.array = OnceLock::new();
        match &mut self.source {
            Source::Known(state) => {
                let word = if idx == 2 { &mut state.counter } else { &mut state.children };
                *word = word.wrapping_add(by);
            }
            Source::Array(array) => {
                let next = Call::named("Generator").at(line).record(|builder| {
                    let place = builder.iota(Type::new(DType::U64, [N_WORDS]), 0)?;
                    let is_word = with_bits(builder, Binary::Equal, place, idx as u64)?;
                    let [step, none] = [by, 0].map(|number| builder.constant(Literal::new(number)));
                    let shape = Shape::from([N_WORDS]);
                    let (step, none) = (builder.broadcast(step, &shape)?, builder.broadcast(none, &shape)?);
                    let steps = builder.select(is_word, step, none)?;
                    builder.apply(Binary::Add, array.node(), steps)
                });
                *array = next;
            }
        }
    }

    /// States of their own for `n` generators. What is drawn from this one stays what it was.
    pub(super) fn spawn(&mut self, n: u64, line: SourceLine) -> Vec<Cell> {
        let before = self.source.clone();
        let first = match &before {
            Source::Known(state) => state.children,
            Source::Array(_) => 0,
        };
        let children = (0..n).map(|idx| match &before {
            Source::Known(state) => {
                let number = first.wrapping_add(idx);
                let [key, stream] = wide_block(number, with_purpose(state.stream, SPAWNING), state.key);
                Cell::known(State { key, stream: with_purpose(stream, 0), counter: 0, children: 0 })
            }
            Source::Array(words) => {
                Cell::of_array(Call::named("spawn").at(line).record(|builder| child(builder, words.node(), idx)))
            }
        });
        let children = children.collect();
        if n > 0 {
            self.go_on(3, n, line);
        }
        children
    }

    /// Refuses an array that is no state.
    #[track_caller]
    pub(super) fn checked(array: NdArray) -> Cell {
        match array.try_type() {
            Ok(ty) if ty == Type::new(DType::U64, [N_WORDS]) => Cell::of_array(array),
            Ok(ty) => {
                let message = format!("from_state: expected the state of a generator, uint64 (4,), got {ty}");
                Cell::of_array(Call::named("from_state").error(Error::value(message)))
            }
            Err(_) => Cell::of_array(array),
        }
    }
}

/// The state of a generator that is the `idx`-th to be spawned now.
fn child(builder: &mut Builder<'_>, words: NodeId, idx: u64) -> Result<NodeId> {
    let [key, stream, children] =
        [element(builder, words, 0)?, element(builder, words, 1)?, element(builder, words, 3)?];
    let (place, purpose) = (bits(builder, idx), bits(builder, SPAWNING));
    let [a, b, c, d] = blocks(builder, [key, stream, children], place, Some(purpose))?;
    let mut wide = |upper: NodeId, lower: NodeId| {
        let upper = with_bits(builder, Binary::LeftShift, upper, 32)?;
        builder.apply(Binary::BitwiseOr, upper, lower)
    };
    let (key, stream) = (wide(a, b)?, wide(c, d)?);
    let stream = with_bits(builder, Binary::BitwiseAnd, stream, with_purpose(u64::MAX, 0))?;
    let zero = builder.constant(Literal::new(0u64));
    let mut parts = [key, stream, zero, zero];
    for part in &mut parts {
        *part = builder.reshape(*part, Shape::from([1]))?;
    }
    builder.op(Layout::Concatenate { axis: 0 }, &parts)
}
