//! Where fusion must stop. Knows the shape of a program, not how it is computed.
//!
//! XLA fuses a cheap value into each instruction that reads it and computes it there again. Readers that
//! take it at the same place share that work; readers that take it at shifted places (the five slices of
//! a stencil) do not, and a chain of such steps multiplies: 20 five-point steps on 2000x2000 float32 took
//! 250 ms to run and 688 ms to compile, against 17 to 26 ms and 90 ms with a barrier after each step. A value
//! that is read through shifts more than once is therefore written to memory once, unless so little is computed again that
//! memory takes longer. Positions at which several arrays are read are like shifts: `interp`, which reads four arrays where it
//! has searched, took 85 ms for a million numbers where it searched four times. A table from which more elements are gathered
//! than it has is written, too.

use hloom_ir::{Graph, Indexing, Leaf, NodeId, Op, Program, Recompute, Work};

/// How many operations an element may take at all the places where it is read, before it is written to memory.
const AFFORDABLE: usize = 64;

/// How many additions a function such as an exponential counts as, and how many a gathered element.
const TRANSCENDENTAL: usize = 20;
const GATHER: usize = 20;

/// How many additions it counts as to read each array but the first, which has to come from memory at every place that reads.
const ARRAY: usize = 8;

/// The nodes that want a barrier behind them, ascending.
pub(super) fn find(program: &Program) -> Vec<NodeId> {
    let graph = &program.graph;
    let mut known = Known::default();
    let mut found = Vec::new();
    for id in graph.ids() {
        known.add(graph, id);
        if known.is_repeated_too_often(graph, id) {
            known.write(id);
            found.push(id);
        }
    }
    found
}

/// What is known of the nodes up to some node, by index.
#[derive(Default)]
struct Known {
    /// Whether reading an element at another place computes something again.
    is_computed: Vec<bool>,
    /// How many operations an element takes where it is read, of values that are computed and read elsewhere than at their own
    /// place. Not counted much further than to [`AFFORDABLE`].
    work: Vec<usize>,
}

impl Known {
    /// Takes up the next node.
    fn add(&mut self, graph: &Graph<()>, id: NodeId) {
        let node = &graph[id];
        if self.is_computed.len() <= id.index() {
            let len = id.index() + 1;
            self.is_computed.resize(len, false);
            self.work.resize(len, 0);
        }
        // A number in every place costs nothing to read again.
        self.is_computed[id.index()] = node.ty.shape.size() > 1
            && match node.op.facts().recomputes {
                Recompute::Itself => true,
                Recompute::Operand => node.operands.first().is_some_and(|operand| self.is_computed[operand.index()]),
                Recompute::Nothing => false,
            };
        let is_read_elsewhere = |user: NodeId| Read::of(graph, id, user) == Read::Elsewhere;
        if self.is_computed[id.index()] && graph.users(id).any(is_read_elsewhere) {
            self.count(graph, id);
        }
    }

    /// Notes that a value is written to memory.
    fn write(&mut self, id: NodeId) {
        self.is_computed[id.index()] = false;
        self.work[id.index()] = 0;
    }

    /// Whether computing a value wherever it is read takes longer than writing it to memory.
    fn is_repeated_too_often(&self, graph: &Graph<()>, id: NodeId) -> bool {
        if !self.is_computed[id.index()] {
            return false;
        }
        let (mut n_elsewhere, mut n_gathered) = (0, 0_usize);
        for user in graph.users(id) {
            match Read::of(graph, id, user) {
                Read::InPlace => {}
                Read::Elsewhere => n_elsewhere += 1,
                Read::Gathered => n_gathered = n_gathered.saturating_add(graph[user].ty.shape.size()),
            }
        }
        n_gathered > graph[id].ty.shape.size() || n_elsewhere > 1 && n_elsewhere * self.work[id.index()] > AFFORDABLE
    }

    /// Counts what an element of a value takes: what is read at its own place once, what is read through shifts for each of
    /// them.
    fn count(&mut self, graph: &Graph<()>, id: NodeId) {
        let (mut visited, mut pending, mut arrays, mut work) = (vec![id], vec![id], Vec::new(), 0_usize);
        while let Some(next) = pending.pop() {
            let node = &graph[next];
            let facts = node.op.facts();
            work += match (facts.work, &node.op) {
                (Work::Transcendental, _) => TRANSCENDENTAL,
                (_, Op::Indexing(Indexing::Gather(_))) => GATHER,
                _ => 1,
            };
            for array in node.operands.iter().filter_map(|&operand| self.array_of(graph, operand)) {
                if !arrays.contains(&array) {
                    arrays.push(array);
                    work += if arrays.len() > 1 { ARRAY } else { 0 };
                }
            }
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

    /// The array in memory whose elements a value consists of, if that is all there is to it.
    fn array_of(&self, graph: &Graph<()>, mut id: NodeId) -> Option<NodeId> {
        while !self.is_computed[id.index()] && graph[id].ty.shape.size() > 1 {
            match (&graph[id].op, graph[id].op.facts().recomputes) {
                (Op::Leaf(Leaf::Input), _) => return Some(id),
                (Op::Leaf(_), _) => return None,
                (_, Recompute::Operand) => id = *graph[id].operands.first()?,
                (_, Recompute::Itself | Recompute::Nothing) => return Some(id),
            }
        }
        None
    }
}

/// Where a user reads the elements of a value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Read {
    /// Where it computes its own.
    InPlace,
    /// At other places than that, or to find such places: neither shares its work with other users.
    Elsewhere,
    /// At places that are computed.
    Gathered,
}

impl Read {
    fn of(graph: &Graph<()>, id: NodeId, user: NodeId) -> Read {
        let user = &graph[user];
        match &user.op {
            Op::Indexing(Indexing::Gather(_)) if user.operands.first() == Some(&id) => Read::Gathered,
            Op::Indexing(Indexing::Gather(_)) => Read::Elsewhere,
            op if op.facts().shifts_reads => Read::Elsewhere,
            _ => Read::InPlace,
        }
    }
}

#[cfg(test)]
mod tests {
    use hloom_ir::{AxisSet, Binary, DType, IndexDims, Layout, SliceDims, Type, Unary};
    use hloom_transform::{Build, ProgramBuilder};
    use smallvec::smallvec;

    use super::*;

    const EXTENT: usize = 1000;

    /// Elements from a place on, as many as there are behind all of the `n` places.
    fn slice(b: &mut ProgramBuilder, x: NodeId, start: usize, n: usize) -> NodeId {
        let limit = b.ty(x).unwrap().shape.size() - (n - 1 - start);
        let dims = SliceDims { start: smallvec![start], limit: smallvec![limit], stride: smallvec![1] };
        b.op(Layout::Slice(Box::new(dims)), &[x]).unwrap()
    }

    /// The sum of so many neighbours.
    fn stencil(b: &mut ProgramBuilder, x: NodeId, n: usize) -> NodeId {
        let first = slice(b, x, 0, n);
        (1..n).fold(first, |sum, start| {
            let next = slice(b, x, start, n);
            b.apply(Binary::Add, sum, next).unwrap()
        })
    }

    /// How many barriers a program gets.
    fn barriers(build: impl FnOnce(&mut ProgramBuilder, NodeId) -> NodeId) -> usize {
        let mut b = ProgramBuilder::new();
        let x = b.input(Type::new(DType::F32, [EXTENT]));
        let result = build(&mut b, x);
        find(&b.finish(&[result])).len()
    }

    #[test]
    fn few_operations_are_repeated_and_many_are_written() {
        let steps = |n_steps: usize, n: usize| barriers(|b, x| (0..n_steps).fold(x, |x, _| stencil(b, x, n)));
        assert_eq!(steps(2, 2), 0);
        assert_eq!(steps(2, 5), 0);
        // A step takes 9 operations, two take 54 and three 279.
        assert_eq!(steps(3, 5), 1);
        let many = steps(20, 5);
        assert!((9..20).contains(&many), "{many}");
        // What is there is not computed.
        assert_eq!(barriers(|b, x| stencil(b, x, 100)), 0);
    }

    #[test]
    fn several_arrays_are_not_read_again_and_again() {
        let sum_of = |n_arrays: usize| {
            barriers(|b, x| {
                let others = (1..n_arrays).map(|_| b.input(Type::new(DType::F32, [EXTENT]))).collect::<Vec<_>>();
                let sum = others.into_iter().fold(x, |sum, other| b.apply(Binary::Add, sum, other).unwrap());
                stencil(b, sum, 4)
            })
        };
        assert_eq!(sum_of(2), 0);
        assert_eq!(sum_of(4), 1);
        // Neighbours of one array are that array.
        assert_eq!(barriers(|b, x| (0..2).fold(x, |x, _| stencil(b, x, 5))), 0);
    }

    #[test]
    fn expensive_functions_are_not_repeated() {
        let exponential = |n| {
            barriers(|b, x| {
                let x = b.op(Unary::Exp, &[x]).unwrap();
                stencil(b, x, n)
            })
        };
        assert_eq!(exponential(2), 0);
        assert_eq!(exponential(5), 1);
    }

    /// Every operation of the chain is one that its users share where they read it at one place.
    #[test]
    fn long_chains_are_counted_once() {
        let found = barriers(|b, x| {
            let chain = (0..100).fold(x, |x, _| b.apply(Binary::Multiply, x, x).unwrap());
            b.apply(Binary::Add, chain, x).unwrap()
        });
        assert_eq!(found, 0);
    }

    #[test]
    fn tables_are_written_if_more_is_gathered_than_they_have() {
        let gathered = |n: usize| {
            let mut b = ProgramBuilder::new();
            let (x, positions) = (b.input(Type::new(DType::F32, [EXTENT])), b.input(Type::new(DType::I64, [n])));
            let table = b.op(Unary::Negative, &[x]).unwrap();
            let dims = IndexDims { axes: AxisSet::all(1), position: 0 };
            let result = b.op(Indexing::Gather(dims), &[table, positions]).unwrap();
            let program = b.finish(&[result]);
            find(&program) == [table]
        };
        assert!(gathered(EXTENT + 1));
        assert!(!gathered(EXTENT));
    }
}
