//! Where two numbers of a program meet in a chain of sums or of products. Knows the shape of a program, not how
//! it is computed.
//!
//! XLA makes one sum of two by constants, and one product, whatever that does to range and rounding: with both
//! numbers in the program, `x * 1e200 * 1e200` was infinite for every `x`, and `x + 1e16 - 1e16` was `x`. The value
//! between them is therefore hidden. Integers, whose arithmetic is exact in any order, need no such care.
//!
//! **Source**: `HandleAdd`, `HandleSubtract` and `HandleMultiply` in XLA's `algebraic_simplifier.cc`.

use hloom_ir::{Chain, Elementwise, Kind, Leaf, NodeId, Op, Program, Recompute, Unary};

/// The nodes to be hidden, ascending. `numbers` are inputs that are numbers of the program around it.
pub(super) fn find(program: &Program, numbers: &[NodeId]) -> Vec<NodeId> {
    let chains = Chains { program, numbers };
    let mut found = Vec::new();
    for id in program.graph.ids() {
        let Some(chain) = chains.of(id) else { continue };
        let operands = program.graph[id].operands.iter().map(|&operand| chains.origin(operand));
        let operands: Vec<NodeId> = operands.collect();
        if operands.iter().all(|&operand| chains.is_number(operand) || chains.has_number(operand, chain)) {
            found.extend(operands.into_iter().filter(|&operand| !chains.is_number(operand)));
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

struct Chains<'a> {
    program: &'a Program,
    numbers: &'a [NodeId],
}

impl Chains<'_> {
    /// The chain that a node is a link of.
    fn of(&self, id: NodeId) -> Option<Chain> {
        let node = &self.program.graph[id];
        let Op::Elementwise(Elementwise::Binary(row)) = node.op else { return None };
        let is_float = matches!(node.ty.dtype.kind(), Kind::Float | Kind::Complex);
        (is_float && row.chain() != Chain::Other).then_some(row.chain())
    }

    fn is_number(&self, id: NodeId) -> bool {
        matches!(self.program.graph[id].op, Op::Leaf(Leaf::Constant(_))) || self.numbers.contains(&id)
    }

    /// Whether a node is a link of a chain with a number in it.
    fn has_number(&self, id: NodeId, chain: Chain) -> bool {
        let operands = &self.program.graph[id].operands;
        self.of(id) == Some(chain) && operands.iter().any(|&operand| self.is_number(self.origin(operand)))
    }

    /// Where the elements of a node come from, up to their sign.
    fn origin(&self, mut id: NodeId) -> NodeId {
        loop {
            let node = &self.program.graph[id];
            let Some(&operand) = node.operands.first() else { return id };
            if node.op.facts().recomputes != Recompute::Operand && node.op != Unary::Negative.into() {
                return id;
            }
            id = operand;
        }
    }
}
