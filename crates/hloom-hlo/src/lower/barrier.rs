//! Where fusion must stop. Knows the shape of a program, not how it is computed.
//!
//! XLA fuses a cheap value into each instruction that reads it and computes it there again. Readers that
//! take it at the same place share that work; readers that take it at shifted places (the five slices of
//! a stencil) do not, and a chain of such steps multiplies: 20 five-point steps on 2000x2000 float32 took
//! 250 ms to run and 688 ms to compile, against 17 to 26 ms and 90 ms with a barrier after each step. A value
//! that is read through shifts more than once is therefore written to memory once, unless so little is computed again that
//! memory takes longer. So are positions at which more than one array is read: `interp`, which reads four arrays where it has
//! searched, took 85 ms for a million numbers and takes 20 ms. So is a table from which more elements are gathered than it has.
//!
//! A long sum of what is read through shifts stays with XLA, which adds one element after another: the sum of a million
//! neighbours took 2.3 ms. Of an array in memory it goes to a library, and takes 0.4 ms.

use hloom_ir::{Graph, Indexing, NodeId, Op, Program, Recompute, Reducer, Reduction, Work};

use super::reduce::LIBRARY_MIN;

/// Through how many shifts a value reads that is written to memory before a long sum of it.
const ENOUGH_SHIFTS: usize = 2;

/// How many operations an element may take at all the places where it is read, before it is written to memory.
const AFFORDABLE: usize = 64;

/// How many additions a function such as an exponential counts as.
const TRANSCENDENTAL: usize = 20;

/// The nodes that want a barrier behind them, ascending.
pub(super) fn find(program: &Program) -> Vec<NodeId> {
    let graph = &program.graph;
    let mut known = Known::default();
    // Through how many shifts an element-wise value reads.
    let mut n_shifts: Vec<usize> = Vec::new();
    let mut found = Vec::new();
    for id in graph.ids() {
        let node = &graph[id];
        if n_shifts.len() <= id.index() {
            n_shifts.resize(id.index() + 1, 0);
        }
        let facts = node.op.facts();
        n_shifts[id.index()] = match &node.op {
            Op::Elementwise(_) => {
                node.operands.iter().fold(0, |n, operand| (n + n_shifts[operand.index()]).min(ENOUGH_SHIFTS))
            }
            _ => usize::from(facts.shifts_reads),
        };
        let is_computed = known.add(graph, id);
        let is_sum =
            |user: NodeId| matches!(graph[user].op, Op::Reduction(Reduction::Reduce { reducer: Reducer::Sum, .. }));
        let is_summed = node.ty.dtype.is_float()
            && n_shifts[id.index()] == ENOUGH_SHIFTS
            && node.ty.shape.size() >= LIBRARY_MIN
            && graph.users(id).any(is_sum);
        if is_summed || is_computed && repeats_too_much(&mut known, graph, id) {
            known.write(id);
            found.push(id);
        }
    }
    found
}

/// Whether computing a value wherever it is read takes longer than writing it to memory.
fn repeats_too_much(known: &mut Known, graph: &Graph<()>, id: NodeId) -> bool {
    let (mut n_shifted, mut n_positions, mut n_gathered) = (0, 0, 0_usize);
    for user in graph.users(id).map(|user| &graph[user]) {
        if user.op.facts().shifts_reads {
            n_shifted += 1;
        } else if matches!(user.op, Op::Indexing(Indexing::Gather(_))) {
            match user.operands.first() == Some(&id) {
                true => n_gathered = n_gathered.saturating_add(user.ty.shape.size()),
                false => n_positions += 1,
            }
        }
    }
    if n_shifted > 0 {
        known.count(graph, id);
    }
    n_gathered > graph[id].ty.shape.size()
        || n_positions > 0 && n_positions + n_shifted > 1
        || n_shifted > 1 && n_shifted * known.work[id.index()] > AFFORDABLE
}

/// What is known of the nodes up to some node, by index.
#[derive(Default)]
struct Known {
    /// Whether reading an element at another place computes something again.
    is_computed: Vec<bool>,
    /// How many operations an element takes where it is read, of nodes that are read through shifts. Not counted much further
    /// than to [`AFFORDABLE`].
    work: Vec<usize>,
}

impl Known {
    /// Takes up the next node.
    fn add(&mut self, graph: &Graph<()>, id: NodeId) -> bool {
        let node = &graph[id];
        if self.is_computed.len() <= id.index() {
            self.is_computed.resize(id.index() + 1, false);
            self.work.resize(id.index() + 1, 0);
        }
        // A number in every place costs nothing to read again.
        let is_computed = node.ty.shape.size() > 1
            && match node.op.facts().recomputes {
                Recompute::Itself => true,
                Recompute::Operand => node.operands.first().is_some_and(|operand| self.is_computed[operand.index()]),
                Recompute::Nothing => false,
            };
        self.is_computed[id.index()] = is_computed;
        is_computed
    }

    /// Notes that a value is written to memory.
    fn write(&mut self, id: NodeId) {
        self.is_computed[id.index()] = false;
        self.work[id.index()] = 0;
    }

    /// Counts what an element of a value takes: what is read at its own place once, what is read through shifts for each of
    /// them.
    fn count(&mut self, graph: &Graph<()>, id: NodeId) {
        let (mut visited, mut pending, mut work) = (vec![id], vec![id], 0_usize);
        while let Some(next) = pending.pop() {
            let node = &graph[next];
            let facts = node.op.facts();
            work += if facts.work == Work::Transcendental { TRANSCENDENTAL } else { 1 };
            if facts.shifts_reads {
                work += node.operands.first().map_or(0, |operand| self.work[operand.index()]);
            } else {
                for &operand in &node.operands {
                    if self.is_computed[operand.index()] && !visited.contains(&operand) {
                        visited.push(operand);
                        pending.push(operand);
                    }
                }
            }
            if work > AFFORDABLE {
                break;
            }
        }
        self.work[id.index()] = work;
    }
}
