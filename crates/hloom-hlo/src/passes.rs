//! Passes of XLA that a module must be compiled without. Knows what the compiler's CPU backend cannot do, and nothing of what
//! modules mean.

use hloom_ir::DType;
use prost::Message;

use crate::proto::{HloInstructionProto, HloModuleProto, ShapeProto};
use crate::types;

/// Compiles a loop that touches little memory as one function, by a code generator that has no code for [`WITHOUT_CODE`], and
/// that rounds to bfloat16 only what leaves a fusion. See
/// `xla/service/cpu/small_while_loop_hoisting_pass.cc` in <https://github.com/openxla/xla>.
const SMALL_LOOPS: &str = "small-while-loop-hoisting";

/// Instructions of modules for processors that only the newer code generator has code for.
const WITHOUT_CODE: &[&str] = &["acos", "asin"];

/// A call of a kernel, which the older code generator does not know either.
const CALL: &str = "custom-call";

/// The passes.
pub(crate) fn avoided(module: &HloModuleProto) -> &'static [&'static str] {
    let computations = module.computations.iter().filter(|computation| computation.id != module.entry_computation_id);
    let mut instructions = computations.flat_map(|computation| &computation.instructions);
    let is_bfloat = |shape: ShapeProto| shape.element_type == types::primitive_type(DType::BF16);
    let is_avoided = |instruction: &HloInstructionProto| {
        WITHOUT_CODE.contains(&instruction.opcode.as_str())
            || instruction.opcode == CALL
            || ShapeProto::decode(instruction.shape.clone()).is_ok_and(is_bfloat)
    };
    match instructions.any(is_avoided) {
        true => &[SMALL_LOOPS],
        false => &[],
    }
}
