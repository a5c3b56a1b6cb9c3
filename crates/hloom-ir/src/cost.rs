//! How much a program computes, counted on its operations. Knows nothing about how they are computed.

use crate::{NodeId, Op, Program, Work};

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
        let operand_size = |idx: usize| operand(idx).map_or(0, |ty| ty.shape.size() as u64);
        let regions = node.op.regions().into_iter().map(|region| region.program().cost());
        let (flops, transcendentals) = match node.op.facts().work {
            Work::None => return ProgramCost::default(),
            Work::AllRegions => return regions.fold(ProgramCost::default(), ProgramCost::plus),
            Work::OneRegion => {
                return regions.max_by_key(|cost| (cost.flops, cost.transcendentals)).unwrap_or_default();
            }
            Work::Moves => (0, 0),
            Work::PerElement => (size, 0),
            Work::Transcendental => (0, size),
            Work::PerReduced => (operand_size(0).saturating_sub(size), 0),
            Work::PerUpdate => (operand_size(1), 0),
            Work::Comparisons { axis } => {
                let extent = operand(0).and_then(|ty| ty.shape.get(axis)).map_or(1, |&extent| extent.max(1));
                (operand_size(0).saturating_mul(extent.next_power_of_two().ilog2().into()), 0)
            }
            Work::Products => {
                let n_terms = match (&node.op, operand(0)) {
                    (Op::Contraction(op), Some(lhs)) => op.n_terms(&lhs.shape),
                    _ => 0,
                };
                (size.saturating_mul(n_terms).saturating_mul(2), 0)
            }
        };
        let read = node.operands.iter().map(|&operand| self.graph[operand].ty.size_bytes() as u64);
        let bytes_accessed = read.fold(node.ty.size_bytes() as u64, u64::saturating_add);
        ProgramCost { flops, transcendentals, bytes_accessed }
    }
}
