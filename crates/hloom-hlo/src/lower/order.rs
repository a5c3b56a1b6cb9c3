//! What has to be read of an array before it is written to. Knows the shape of a program, not how it is computed.
//!
//! XLA writes to a part of an array where that is, if nobody reads the array any more, and else copies all of it.
//! A loop that writes `x[i] + y[i]` to `x[i]` and `x[i] - y[i]` to `y[i]` copied both arrays in every iteration: the
//! elements were read where they were used, which for each array is after the other was written to, and XLA takes no
//! order for granted that does not follow from operands. So what is read of an array that is written to goes into
//! memory of its own, and the write comes after all of these reads.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use hloom_ir::{InPlace, Node, NodeId, Positions, Program};
use rustc_hash::FxHashMap;

/// The smallest array whose copies take longer than reading some of it by itself.
const MIN_BYTES: usize = 1 << 12;

/// What is read of an array is this many times smaller. What is about as large takes as long as a copy.
const MIN_RATIO: usize = 4;

/// The longest program that is looked at, as each read is followed to what it depends on.
const MAX_NODES: usize = 1 << 12;

/// In which order the nodes of a program are computed.
#[derive(Default)]
pub(super) struct Order {
    /// All nodes, where they do not come in the order in which they are listed.
    nodes: Option<Vec<NodeId>>,
    /// For each node that writes to arrays, these, then what has to be read of them before.
    before: FxHashMap<NodeId, Vec<NodeId>>,
    /// What gets memory of its own, ascending.
    apart: Vec<NodeId>,
}

impl Order {
    pub(super) fn of(program: &Program) -> Order {
        let mut order = Order::default();
        if program.graph.len() > MAX_NODES {
            return order;
        }
        for id in program.graph.ids() {
            for array in written(program, id) {
                order.add(program, id, array);
            }
        }
        if !order.before.is_empty() {
            order.apart.sort_unstable();
            order.apart.dedup();
            order.nodes = Some(order.sorted(program));
        }
        order
    }

    /// The nodes, operands before users and reads before what they have to come before.
    pub(super) fn nodes(&self, program: &Program) -> Vec<NodeId> {
        self.nodes.clone().unwrap_or_else(|| program.graph.ids().collect())
    }

    /// The arrays that a node writes to, and what is read of them before.
    pub(super) fn before(&self, id: NodeId) -> impl Iterator<Item = NodeId> {
        self.before.get(&id).into_iter().flatten().copied()
    }

    /// Whether a node gets memory of its own.
    pub(super) fn is_apart(&self, id: NodeId) -> bool {
        self.apart.binary_search(&id).is_ok()
    }

    /// Has `writer` wait for what is read of `array`, as far as that does not depend on what it writes.
    fn add(&mut self, program: &Program, writer: NodeId, array: NodeId) {
        let graph = &program.graph;
        let size = graph[array].ty.size_bytes();
        let mut users: Vec<NodeId> = graph.users(array).collect();
        users.sort_unstable();
        users.dedup();
        let mut reads: Vec<NodeId> = Vec::new();
        for user in users {
            let is_part = is_read(&graph[user]) && graph[user].operands.first() == Some(&array);
            if is_part && graph[user].ty.size_bytes() * MIN_RATIO <= size && !self.depends(program, user, writer) {
                reads.push(user);
            }
        }
        if !reads.is_empty() {
            let before = self.before.entry(writer).or_default();
            before.push(array);
            before.extend(&reads);
            self.apart.extend(reads);
            if matches!(graph[array].op.facts().in_place, InPlace::Update | InPlace::Itself) {
                // Fused into a read of it, the earlier write would be a read of what it overwrites.
                self.apart.push(array);
            }
        }
    }

    /// Whether a node comes after another one.
    fn depends(&self, program: &Program, id: NodeId, on: NodeId) -> bool {
        let mut seen = vec![false; program.graph.table_len()];
        let mut stack = vec![id];
        while let Some(id) = stack.pop() {
            if id == on {
                return true;
            }
            if !std::mem::replace(&mut seen[id.index()], true) {
                stack.extend(program.graph[id].operands.iter().copied().chain(self.before(id)));
            }
        }
        false
    }

    fn sorted(&self, program: &Program) -> Vec<NodeId> {
        let graph = &program.graph;
        let mut waits = vec![0usize; graph.table_len()];
        let mut users: Vec<Vec<NodeId>> = vec![Vec::new(); graph.table_len()];
        for id in graph.ids() {
            for earlier in graph[id].operands.iter().copied().chain(self.before(id)) {
                waits[id.index()] += 1;
                users[earlier.index()].push(id);
            }
        }
        let ready = graph.ids().filter(|id| waits[id.index()] == 0);
        let mut ready: BinaryHeap<Reverse<NodeId>> = ready.map(Reverse).collect();
        let mut sorted = Vec::with_capacity(graph.len());
        while let Some(Reverse(id)) = ready.pop() {
            sorted.push(id);
            for &user in &users[id.index()] {
                waits[user.index()] -= 1;
                if waits[user.index()] == 0 {
                    ready.push(Reverse(user));
                }
            }
        }
        sorted
    }
}

/// The operands in whose memory a node may write its results, if they are so large that a copy of them takes long.
fn written(program: &Program, id: NodeId) -> Vec<NodeId> {
    let Node { op, operands, .. } = &program.graph[id];
    let operands = match op.facts().in_place {
        // The programs that it runs may: a loop writes the next state to the memory of the state, a branch its results.
        _ if !op.regions().is_empty() => &operands[..],
        InPlace::Update => operands.get(..1).unwrap_or_default(),
        InPlace::Itself | InPlace::Always | InPlace::Never => &[],
    };
    let mut arrays = operands.to_vec();
    arrays.retain(|&array| program.graph[array].ty.size_bytes() >= MIN_BYTES);
    arrays.sort_unstable();
    arrays.dedup();
    arrays
}

/// Whether the elements of a node are some of its first operand's, taken from elsewhere.
fn is_read(node: &Node<()>) -> bool {
    let facts = node.op.facts();
    facts.positions == Positions::OfOperand && facts.in_place == InPlace::Never
}
