//! Which values have several readers and must not be written to memory for them.
//!
//! XLA's CPU compiler computes an expensive value for one reader only: for several it writes the value to memory, and reads it, and
//! what it is computed from, again, even where all of them are one loop. A value that costs nothing it computes where it is read.
//! So the readers of an expensive value are given the product of it and 1, which LLVM takes away: ten million cube roots of
//! float32 took 100 ms in five loops, and take 8 ms in one. See `IsExpensive` and `ComputeGloballyUnfusible` in
//! [`instruction_fusion.cc`](https://github.com/openxla/xla/blob/main/xla/service/instruction_fusion.cc) and
//! [`cpu_instruction_fusion.cc`](https://github.com/openxla/xla/blob/main/xla/service/cpu/cpu_instruction_fusion.cc).
//! Knows opcodes and who reads what, and nothing of what is computed.

use hloom_ir::Type;

use crate::proto::HloInstructionProto;

/// What is expensive, of real floats.
const EXPENSIVE: &[&str] = &[
    "atan2",
    "cbrt",
    "divide",
    "erf",
    "exponential",
    "exponential-minus-one",
    "log",
    "log-plus-one",
    "logistic",
    "power",
    "remainder",
    "rsqrt",
    "sqrt",
    "tanh",
];

/// What reads from memory whatever it reads.
const READS_MEMORY: &[&str] = &[
    "conditional",
    "convolution",
    "custom-call",
    "dot",
    "fft",
    "opt-barrier",
    "reduce-window",
    "scatter",
    "sort",
    "tuple",
    "while",
];

/// The places of the expensive values with several readers in loops, ascending. `array` is the type of what an instruction yields,
/// if that is one array. `in_library` are the places of what a library computes together with what it reads, which needs none of
/// this.
pub(crate) fn find<'a>(
    instructions: &[HloInstructionProto],
    array: impl Fn(usize) -> Option<&'a Type>,
    in_library: &[usize],
) -> Vec<usize> {
    let is_expensive = |slot: usize| {
        let is_one = EXPENSIVE.contains(&instructions[slot].opcode.as_str());
        is_one && array(slot).is_some_and(|ty| ty.dtype.is_float() && ty.shape.size() > 1)
    };
    if !(0..instructions.len()).any(is_expensive) {
        return Vec::new();
    }
    let mut readers = vec![Readers::default(); instructions.len()];
    // Operands come before their readers.
    for (slot, instruction) in instructions.iter().enumerate().rev() {
        let is_in_library = in_library.contains(&slot) || readers[slot].n > 0 && !readers[slot].in_loops;
        let mut operands = instruction.operand_ids.clone();
        operands.sort_unstable();
        operands.dedup();
        for id in operands {
            // Identifiers are given in turn.
            let Ok(operand) = instructions.binary_search_by_key(&id, |instruction| instruction.id) else { continue };
            let readers = &mut readers[operand];
            readers.n += 1;
            readers.in_loops |= !is_in_library;
            readers.from_memory |= READS_MEMORY.contains(&instruction.opcode.as_str());
        }
    }
    let is_found = |&slot: &usize| {
        let Readers { n, in_loops, from_memory } = readers[slot];
        n > 1 && in_loops && !from_memory && is_expensive(slot)
    };
    (0..instructions.len()).filter(is_found).collect()
}

/// The readers of a value.
#[derive(Clone, Copy, Default)]
struct Readers {
    n: usize,
    /// Whether one is not part of what a library computes.
    in_loops: bool,
    /// Whether one has it in memory anyway.
    from_memory: bool,
}
