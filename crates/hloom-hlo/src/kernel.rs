//! Functions that a module may call where XLA has no fast code. Knows their names, operands and results, and nothing of how they
//! compute.

use hloom_ir::Type;

use crate::builder::Builder;
use crate::proto::OutputOperandAliasing;
use crate::types::shape_proto;
use crate::value::Value;

/// A function outside of the module, of arrays that lie in the host's memory in row-major order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kernel {
    /// Of an array of integers with two axes: its rows, each in ascending order. The result takes the memory of the operand.
    Sort,
    /// Of an array of integers with two axes, and of as many rows of int64: the elements of each row that would be at these
    /// positions if the row were in ascending order. Positions outside of the row are those at its ends.
    Select,
}

impl Kernel {
    /// All of them.
    pub const ALL: [Kernel; 2] = [Kernel::Sort, Kernel::Select];

    /// The name that a module calls it by. Another meaning takes another name, as modules are kept.
    pub const fn target(self) -> &'static str {
        match self {
            Kernel::Sort => "hloom.sort.1",
            Kernel::Select => "hloom.select.1",
        }
    }

    /// Whether the result takes the memory of the first operand.
    const fn is_in_place(self) -> bool {
        match self {
            Kernel::Sort => true,
            Kernel::Select => false,
        }
    }
}

/// How the compiler is told that a call says which type and extents each array has.
const TYPED_CALL: i32 = 4;

/// A call of a kernel with one array as its result.
pub(crate) fn called<'b>(b: &'b Builder<'b>, kernel: Kernel, result: Type, operands: &[Value<'b>]) -> Value<'b> {
    let layouts = operands.iter().map(|operand| shape_proto(&operand.ty())).collect();
    b.array("custom-call", result, operands, |instruction| {
        kernel.target().clone_into(&mut instruction.custom_call_target);
        instruction.custom_call_api_version = TYPED_CALL;
        // Otherwise the compiler may choose another layout than the row-major one.
        instruction.constrain_layout = true;
        instruction.operand_shapes_with_layout = layouts;
        if kernel.is_in_place() {
            instruction.output_operand_aliasing = vec![OutputOperandAliasing::default()];
        }
    })
}
