//! The recorder: the one graph of pending operations, its handles, and its lock.
//!
//! The lock is held to record an operation and to cut a piece of graph out, never while something is
//! compiled or run. Knows operations and types; knows nothing about devices.

mod builder;
mod call;
mod check;
mod conditions;
mod extract;
mod handle;
mod join;
mod limit;
mod operand;
mod region;
mod scope;

use std::panic::Location;
use std::sync::{Arc, LazyLock};

use hloom_ir::{ArgType, Cost, Graph, Leaf, Literal, Node, NodeId, Op, Operands, SourceLine, Type, Weak};
use parking_lot::{Mutex, MutexGuard};
use smallvec::SmallVec;

use crate::eval::job::Job;
use crate::eval::program::Compilation;
use crate::eval::value::Value;
use crate::{Error, Result};

pub(crate) use builder::Builder;
pub(crate) use call::Call;
pub(crate) use check::TracedCheck;
pub(crate) use extract::Purpose;
pub use handle::NdArray;
pub(crate) use hloom_transform::Build;
pub(crate) use join::{Known, What, known};
pub use operand::{IntoOperand, Operand};
pub(crate) use region::{Inside, Numbers};
pub(crate) use scope::{Scope, ScopeId, specified};

use limit::Threads;
use scope::Scopes;

static RECORDER: LazyLock<Mutex<Recorder>> = LazyLock::new(Mutex::default);

/// Dead nodes stay in the table until there are this many, no fewer than live ones, and enough to be worth
/// going through the table.
const MIN_SWEEP: usize = 1024;

/// Nodes of leaves that are gone are kept for later ones up to this many.
const MAX_SPARE: usize = 64;

/// The graph of everything that is recorded and not computed, and the leaves it reads.
#[derive(Default)]
pub(crate) struct Recorder {
    graph: Graph<Slot>,
    threads: Threads,
    scopes: Scopes,
    /// Nodes nobody refers to, waiting to be taken out of the graph together.
    dead: Vec<NodeId>,
    /// Nodes nobody refers to and nothing was recorded on, waiting to be used for the next leaf.
    spare: Vec<NodeId>,
    /// Operations recorded so far.
    recorded: u64,
    /// Nodes that stand for work to be done.
    pending: usize,
    pending_peak: usize,
    extraction: extract::Scratch,
}

/// What the recorder keeps with a node.
#[derive(Debug, Default)]
pub(crate) struct Slot {
    /// `NdArray`s that refer to the node.
    handles: u32,
    /// Operand lists the node appears in, counted with repetition.
    users: u32,
    /// The walk that last saw the node, the number it got there, and the length of the chain of cheap
    /// operations that ends in it.
    mark: u64,
    number: u32,
    chain: u32,
    /// What it may be in error for once it is computed, as a set of that walk.
    conditions: u32,
    /// The walk that the node is a root of.
    root_of: u64,
    /// The trace that the node belongs to: the innermost of those its operands belong to.
    scope: ScopeId,
    /// The thread that recorded the node, and its place in that thread's log; in a trace, the number of
    /// operations recorded before it.
    thread: u32,
    position: u64,
    /// Whether the node stands for a number of the user's, which takes the dtype of what it meets.
    weak: bool,
    /// Whether a program computed the node on its way to something else, and did not keep it.
    computed: bool,
    /// Whether nobody refers to the node and it waits to be taken out of the graph.
    dead: bool,
    leaf: Content,
}

impl Slot {
    /// Whether it is that of a value that nobody refers to.
    fn is_free_value(&self) -> bool {
        self.handles == 0 && self.users == 0 && !self.dead && matches!(self.leaf, Content::Value(_))
    }
}

/// What a node without operands stands for.
#[derive(Debug, Default)]
enum Content {
    /// The node computes something, or is a constant.
    #[default]
    None,
    /// A value, known or being computed.
    Value(Arc<Value>),
    /// A number written by the user.
    Scalar(Literal),
    /// An illegal operation, or one on the result of one.
    Error(Error),
}

/// Locks the recorder.
pub(crate) fn lock() -> MutexGuard<'static, Recorder> {
    RECORDER.lock()
}

/// Has nodes computed that have no value yet. `read` is run once they have, while the recorder is still locked; the
/// job is started after that.
pub(crate) fn start<T>(
    mut recorder: MutexGuard<'_, Recorder>,
    pending: &[NodeId],
    read: impl FnOnce(&Recorder) -> T,
) -> T {
    let mut garbage = Garbage::default();
    let job = (!pending.is_empty()).then(|| recorder.cut(pending, &mut garbage));
    let result = read(&recorder);
    drop(recorder);
    drop(garbage);
    if let Some(job) = job {
        let _span = tracing::debug_span!("materialize", program = job.program.id()).entered();
        job.run();
    }
    result
}

/// An array of a value at hand.
#[track_caller]
pub(crate) fn leaf(value: Arc<Value>) -> NdArray {
    let line = Location::caller();
    let mut recorder = lock();
    let ty = value.ty().clone();
    recorder.threads.note_bytes(ty.size_bytes());
    let node = recorder.add(Leaf::Input.into(), Operands::new(), ty, line, Content::Value(value));
    recorder.graph[node].data.handles += 1;
    drop(recorder);
    NdArray::from_node(node)
}

/// Arrays of what a program yields.
pub(crate) fn results(values: impl IntoIterator<Item = Arc<Value>>, line: SourceLine) -> SmallVec<[NdArray; 4]> {
    let mut recorder = lock();
    let mut arrays = SmallVec::new();
    for value in values {
        let ty = value.ty().clone();
        let node = recorder.add(Leaf::Input.into(), Operands::new(), ty, line, Content::Value(value));
        recorder.graph[node].data.handles += 1;
        arrays.push(NdArray::from_node(node));
    }
    arrays
}

/// A 0-d array of a number, which takes the dtype of what it meets.
#[track_caller]
pub(crate) fn number(number: Weak) -> NdArray {
    number_at(Location::caller(), number)
}

/// As [`number`], for a line of the user's that is not the caller's.
pub(crate) fn number_at(line: SourceLine, number: Weak) -> NdArray {
    let dtype = ArgType::Weak(number.kind()).default_dtype();
    let literal = match number.to_literal(dtype) {
        Ok(literal) => literal,
        Err(error) => return Call::named(&format!("{number:?}")).at(line).error(error.into()),
    };
    Call::named("number").at(line).record(|builder| {
        let node = builder.number(literal);
        builder.mark_weak(node);
        Ok(node)
    })
}

/// What was taken out of the graph under the lock, to be dropped after it is released: the last
/// reference to a value frees device memory.
#[derive(Default)]
pub(crate) struct Garbage {
    /// Most handles that are dropped free a node or two, which must not cost an allocation.
    leaves: SmallVec<[Content; 2]>,
    programs: Vec<Arc<Compilation>>,
    stack: SmallVec<[NodeId; 8]>,
}

impl Recorder {
    pub(crate) fn recorded(&self) -> u64 {
        self.recorded
    }

    pub(crate) fn pending(&self) -> usize {
        self.pending
    }

    pub(crate) fn pending_peak(&self) -> usize {
        self.pending_peak
    }

    /// The type of a node.
    ///
    /// # Errors
    /// The node's own error, if it is in error.
    pub(crate) fn ty(&self, id: NodeId) -> Result<&Type> {
        let node = &self.graph[id];
        match &node.data.leaf {
            Content::Error(error) => Err(error.clone()),
            _ => Ok(&node.ty),
        }
    }

    /// The type of a node for messages.
    pub(crate) fn describe(&self, id: NodeId) -> String {
        self.ty(id).map_or_else(|_| "error".to_owned(), Type::to_string)
    }

    /// The value of a node that is one.
    pub(crate) fn value(&self, id: NodeId) -> Option<&Arc<Value>> {
        match &self.graph[id].data.leaf {
            Content::Value(value) => Some(value),
            _ => None,
        }
    }

    /// Whether anybody but one handle, and one who holds a reference to the value, has a use for the value of a node.
    pub(crate) fn is_shared(&self, id: NodeId, value: &Arc<Value>) -> bool {
        let slot = &self.graph[id].data;
        slot.handles > 1 || slot.users > 0 || Arc::strong_count(value) > 2
    }

    /// Counts one more handle.
    pub(crate) fn retain(&mut self, id: NodeId) {
        self.graph[id].data.handles += 1;
    }

    /// Counts one handle less and frees what nobody refers to any more.
    pub(crate) fn release(&mut self, id: NodeId, garbage: &mut Garbage) {
        self.graph[id].data.handles -= 1;
        if self.graph[id].data.is_free_value() && self.graph.is_isolated(id) {
            // Such as what a compiled function returned and its next call took: nothing was recorded on it.
            garbage.leaves.push(std::mem::take(&mut self.graph[id].data.leaf));
            if self.spare.len() < MAX_SPARE {
                self.spare.push(id);
            } else {
                self.graph.remove(id);
            }
            return;
        }
        self.free_if_unused(id, garbage);
        self.sweep();
    }

    fn add(&mut self, op: Op, operands: Operands, ty: Type, line: SourceLine, leaf: Content) -> NodeId {
        let mut scope = ScopeId::ROOT;
        for &operand in &operands {
            let slot = &mut self.graph[operand].data;
            slot.users += 1;
            scope = scope.max(slot.scope);
        }
        let is_operation = op.facts().cost != Cost::Leaf;
        let data = Slot { leaf, scope, position: self.recorded, ..Slot::default() };
        let node = Node { op, operands, ty, line, data };
        let id = match self.spare.pop_if(|_| node.operands.is_empty()) {
            Some(id) => {
                self.graph[id] = node;
                id
            }
            None => self.graph.add(node),
        };
        if is_operation {
            self.recorded += 1;
        }
        if is_operation && scope == ScopeId::ROOT {
            self.pending += 1;
            self.pending_peak = self.pending_peak.max(self.pending);
            let node = &mut self.graph[id];
            let fingerprint = limit::fingerprint(&node.op, &node.ty, line);
            (node.data.thread, node.data.position) = self.threads.log(id, fingerprint);
        }
        id
    }

    fn add_error(&mut self, error: Error, line: SourceLine) -> NodeId {
        let ty = Type::scalar(hloom_ir::DType::F64);
        self.add(Leaf::Input.into(), Operands::new(), ty, line, Content::Error(error))
    }

    /// Frees a node that neither a handle nor another node refers to, and what only it held up. The nodes stay
    /// in the table until the next [`Recorder::sweep`], so that callers may go on to look at them.
    fn free_if_unused(&mut self, id: NodeId, garbage: &mut Garbage) {
        let slot = &self.graph[id].data;
        if slot.handles > 0 || slot.users > 0 {
            return;
        }
        garbage.stack.push(id);
        self.free_unused(garbage);
    }

    /// Frees what is on the stack and not used, and what only that held up.
    fn free_unused(&mut self, garbage: &mut Garbage) {
        while let Some(id) = garbage.stack.pop() {
            let slot = &mut self.graph[id].data;
            if slot.handles == 0 && slot.users == 0 && !slot.dead {
                slot.dead = true;
                self.retire(id, garbage);
                self.dead.push(id);
            }
        }
    }

    /// Takes the dead nodes out of the table once they are many.
    fn sweep(&mut self) {
        let worthwhile = MIN_SWEEP.max(self.graph.len() / 2).max(self.graph.table_len() / 8);
        if self.dead.len() >= worthwhile {
            self.graph.remove_all(&self.dead);
            self.dead.clear();
        }
    }

    /// Takes a node's history and value away; its operands are put on the stack to be looked at.
    fn retire(&mut self, id: NodeId, garbage: &mut Garbage) {
        let node = &mut self.graph[id];
        if node.op.facts().cost != Cost::Leaf && node.data.scope == ScopeId::ROOT {
            self.pending -= 1;
            let thread = node.data.thread;
            self.threads.settle(thread);
        }
        let node = &mut self.graph[id];
        node.op = Leaf::Input.into();
        let operands = std::mem::take(&mut node.operands);
        match std::mem::take(&mut node.data.leaf) {
            Content::None | Content::Scalar(_) => {}
            leaf => garbage.leaves.push(leaf),
        }
        for operand in operands {
            let slot = &mut self.graph[operand].data;
            slot.users -= 1;
            if slot.users == 0 && slot.handles == 0 {
                garbage.stack.push(operand);
            }
        }
    }

    /// Makes a node the leaf of a value that a job will settle.
    fn seal(&mut self, id: NodeId, value: Arc<Value>, garbage: &mut Garbage) {
        self.retire(id, garbage);
        self.graph[id].data.leaf = Content::Value(value);
        self.free_unused(garbage);
    }

    /// Cuts a thread's pending operations off where they have grown to the limit.
    fn enforce_limit(&mut self, garbage: &mut Garbage) -> Option<Arc<Job>> {
        let roots = self.limit_reached()?;
        crate::eval::stats::COUNTERS.cuts.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        Some(self.cut(&roots, garbage))
    }

    /// Cuts the operations that `roots` need out of the graph, as a job that computes them.
    pub(crate) fn cut(&mut self, roots: &[NodeId], garbage: &mut Garbage) -> Arc<Job> {
        let mut extraction = self.extract(roots, Purpose::Compute);
        let (job, results) = self.job(&mut extraction, garbage);
        for (&output, value) in extraction.outputs.iter().zip(results) {
            self.seal(output, value, garbage);
        }
        self.sweep();
        self.extraction.put_back(extraction);
        job
    }
}
