//! Where fusion must stop. Knows the shape of a program, not how it is computed.
//!
//! XLA fuses a cheap value into each instruction that reads it and computes it there again. Readers that
//! take it at the same place share that work; readers that take it at shifted places (the five slices of
//! a stencil) do not, and a chain of such steps multiplies: 20 five-point steps on 2000x2000 float32 took
//! 250 ms to run and 688 ms to compile, against 17 to 26 ms and 90 ms with a barrier after each step. A value
//! that is computed and read through shifts more than once is therefore written to memory once. So are positions at which
//! more than one array is read: `interp`, which reads four arrays where it has searched, took 85 ms for a million numbers and
//! takes 20 ms.
//!
//! A long sum of what is read through shifts stays with XLA, which adds one element after another: the sum of a million
//! neighbours took 2.3 ms. Of an array in memory it goes to a library, and takes 0.4 ms.

use hloom_ir::{Indexing, NodeId, Op, Program, Recompute, Reducer, Reduction};

use super::reduce::LIBRARY_MIN;

/// Through how many shifts a value reads that is written to memory before a long sum of it.
const ENOUGH_SHIFTS: usize = 2;

/// The nodes that want a barrier behind them, ascending.
pub(super) fn find(program: &Program) -> Vec<NodeId> {
    let graph = &program.graph;
    let mut computed: Vec<bool> = Vec::new();
    // Through how many shifts an element-wise value reads.
    let mut n_shifts: Vec<usize> = Vec::new();
    let mut found = Vec::new();
    for id in graph.ids() {
        let node = &graph[id];
        if computed.len() <= id.index() {
            computed.resize(id.index() + 1, false);
            n_shifts.resize(id.index() + 1, 0);
        }
        let facts = node.op.facts();
        n_shifts[id.index()] = match &node.op {
            Op::Elementwise(_) => {
                node.operands.iter().fold(0, |n, operand| (n + n_shifts[operand.index()]).min(ENOUGH_SHIFTS))
            }
            _ => usize::from(facts.shifts_reads),
        };
        // A number in every place costs nothing to read again.
        computed[id.index()] = node.ty.shape.size() > 1
            && match facts.recomputes {
                Recompute::Itself => true,
                Recompute::Operand => node.operands.first().is_some_and(|operand| computed[operand.index()]),
                Recompute::Nothing => false,
            };
        let reads_elsewhere = |&user: &NodeId| {
            let user = &graph[user];
            let is_position = user.operands.get(1) == Some(&id);
            user.op.facts().shifts_reads || matches!(user.op, Op::Indexing(Indexing::Gather(_))) && is_position
        };
        let is_sum =
            |user: NodeId| matches!(graph[user].op, Op::Reduction(Reduction::Reduce { reducer: Reducer::Sum, .. }));
        let is_summed = node.ty.dtype.is_float()
            && n_shifts[id.index()] == ENOUGH_SHIFTS
            && node.ty.shape.size() >= LIBRARY_MIN
            && graph.users(id).any(is_sum);
        if is_summed || computed[id.index()] && graph.users(id).filter(reads_elsewhere).take(2).count() == 2 {
            found.push(id);
        }
    }
    found
}
