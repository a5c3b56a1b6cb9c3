//! Which products are to be rounded before they are added to something. Knows the shape of a program, not how it is
//! computed.
//!
//! XLA lets processors take one instruction for a product and a sum, which rounds once where two operations were
//! written: `x * y - x * y` was not zero, and the middle of `linspace(-1, 1, 11)` was 5.6e-17. The instruction is spent on a
//! zero that the compiler does not know, which costs nothing. Sums over axes, whose rounding depends on an order that
//! nobody wrote, may take it.

use hloom_ir::{Binary, Chain, DType, Elementwise, Kind, Node, NodeId, Op, Program, Recompute};

/// Whether a node is a product of floats that an element-wise sum reads, at its place or another.
pub(super) fn is_product_in_sum(program: &Program, id: NodeId) -> bool {
    let node = &program.graph[id];
    let Op::Elementwise(op) = &node.op else { return false };
    let is_product = match op {
        Elementwise::Binary(row) => row.chain() == Chain::Product,
        Elementwise::Unary(row) => row.chain() == Chain::Product,
        Elementwise::Convert | Elementwise::Bitcast | Elementwise::Complex | Elementwise::Select => false,
    };
    is_product
        && node.ty.dtype.kind() == Kind::Float
        && program.graph.users(id).any(|user| may_add(&program.graph[user].op))
}

/// The dtypes in which programs, or the regions in them, have something to hide from the compiler: products that are added,
/// and bases of powers.
pub(super) fn hidden_dtypes<'p>(programs: impl Iterator<Item = &'p Program>) -> Vec<DType> {
    let mut dtypes = Vec::new();
    let mut pending: Vec<&Program> = programs.collect();
    while let Some(program) = pending.pop() {
        for (id, node) in program.graph.ids().map(|id| (id, &program.graph[id])) {
            let is_hidden = is_product_in_sum(program, id) || is_power_of_float(node);
            if is_hidden && node.ty.dtype != DType::BF16 && !dtypes.contains(&node.ty.dtype) {
                dtypes.push(node.ty.dtype);
            }
            pending.extend(node.op.regions().iter().map(|region| region.program()));
        }
    }
    dtypes.sort_unstable();
    dtypes
}

fn is_power_of_float(node: &Node<()>) -> bool {
    let is_power = matches!(node.op, Op::Elementwise(Elementwise::Binary(Binary::Power)));
    is_power && node.ty.dtype.kind() == Kind::Float
}

/// Whether an operation adds its operand to another, or hands it to one that may.
fn may_add(op: &Op) -> bool {
    let adds = |op: &Elementwise| match op {
        Elementwise::Binary(row) => row.chain() == Chain::Sum,
        Elementwise::Unary(row) => row.chain() == Chain::Sum,
        // To a complex number a conversion hands it as the real part.
        Elementwise::Select | Elementwise::Complex | Elementwise::Convert => true,
        Elementwise::Bitcast => false,
    };
    matches!(op, Op::Elementwise(op) if adds(op)) || op.facts().recomputes == Recompute::Operand
}
