//! How much a program computes, counted on its operations. Knows nothing about how they are computed.

use crate::{NodeId, Op, Program};

/// What running a program takes, before any optimization: no operation fused, none left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ProgramCost {
    /// Additions, multiplications and operations like them, one for each element; a product of matrices counts a
    /// multiplication and an addition for each term.
    pub flops: u64,
    /// Exponentials, sines and other functions that take many additions, one for each element.
    pub transcendentals: u64,
    /// Bytes that operations read and write.
    pub bytes_accessed: u64,
}

impl ProgramCost {
    fn plus(self, other: ProgramCost) -> ProgramCost {
        ProgramCost {
            flops: self.flops.saturating_add(other.flops),
            transcendentals: self.transcendentals.saturating_add(other.transcendentals),
            bytes_accessed: self.bytes_accessed.saturating_add(other.bytes_accessed),
        }
    }
}

impl Program {
    /// What running the program takes. The regions of a loop are counted once, as how often they run is not
    /// known; of branches the one with the most operations.
    pub fn cost(&self) -> ProgramCost {
        self.graph.ids().fold(ProgramCost::default(), |total, id| total.plus(self.node_cost(id)))
    }

    fn node_cost(&self, id: NodeId) -> ProgramCost {
        let node = &self.graph[id];
        let size = node.ty.shape.size() as u64;
        let operand = |idx: usize| node.operands.get(idx).map(|&operand| &self.graph[operand].ty);
        let operand_size = || operand(0).map_or(0, |ty| ty.shape.size() as u64);
        let regions = node.op.regions().into_iter().map(|region| region.program().cost());
        let (flops, transcendentals) = match &node.op {
            Op::While(_) => return regions.fold(ProgramCost::default(), ProgramCost::plus),
            Op::Switch(_) => return regions.max_by_key(|cost| (cost.flops, cost.transcendentals)).unwrap_or_default(),
            Op::Input | Op::Scalar | Op::Constant(_) | Op::Checked(_) | Op::Part { .. } => {
                return ProgramCost::default();
            }
            Op::Unary(op) if op.is_transcendental() => (0, size),
            Op::Binary(op) if op.is_transcendental() => (0, size),
            Op::Unary(_) | Op::Binary(_) | Op::Select | Op::Convert => (size, 0),
            Op::Reduce { .. } | Op::ArgReduce { .. } => (operand_size().saturating_sub(size), 0),
            Op::Scatter { .. } => (operand(1).map_or(0, |ty| ty.shape.size() as u64), 0),
            Op::Dot(dims) => {
                let terms = operand(0)
                    .map_or(0, |lhs| dims.lhs_contracting.iter().map(|&axis| lhs.shape[axis] as u64).product::<u64>());
                (size.saturating_mul(terms).saturating_mul(2), 0)
            }
            Op::Iota { .. }
            | Op::Broadcast
            | Op::Reshape
            | Op::Transpose { .. }
            | Op::Slice(_)
            | Op::Reverse { .. }
            | Op::DynamicSlice
            | Op::DynamicUpdateSlice
            | Op::Pad(_)
            | Op::Concatenate { .. }
            | Op::Gather(_) => (0, 0),
        };
        let read = node.operands.iter().map(|&operand| self.graph[operand].ty.size_bytes() as u64);
        let bytes_accessed = read.fold(node.ty.size_bytes() as u64, u64::saturating_add);
        ProgramCost { flops, transcendentals, bytes_accessed }
    }
}
