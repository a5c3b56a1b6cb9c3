//! The recorder: the one graph of pending operations, its handles, and its lock.
//!
//! The lock is held to record an operation and to cut a piece of graph out, never while something is
//! compiled or run. Knows operations and types; knows nothing about devices.

mod builder;
mod call;
mod cut;
mod extract;
mod handle;
mod join;
mod limit;
mod operand;
mod postponed;
mod references;
mod region;
mod scope;

use std::panic::Location;
use std::sync::{Arc, LazyLock};

use hloom_ir::{ArgType, Graph, Leaf, Literal, Node, NodeId, Op, Operands, SourceLine, Type, Weak, WeakKind};
use parking_lot::{Mutex, MutexGuard};
use smallvec::SmallVec;

use crate::eval::value::Value;
use crate::{Error, Result};

pub(crate) use builder::Builder;
pub(crate) use call::Call;
pub(crate) use cut::start;
pub(crate) use extract::Purpose;
pub use handle::NdArray;
pub(crate) use hloom_transform::Build;
pub(crate) use join::{Known, What, known};
pub(crate) use operand::for_each_number;
pub use operand::{IntoOperand, Operand};
pub(crate) use region::{Inside, Scalars};
pub(crate) use scope::{Scope, specified};

use extract::Marks;
use limit::{LogPosition, Threads};
use references::{Garbage, References};
use scope::Scopes;

static RECORDER: LazyLock<Mutex<Recorder>> = LazyLock::new(Mutex::default);

/// The graph of everything that is recorded and not computed, and the leaves it reads.
#[derive(Default)]
pub(crate) struct Recorder {
    graph: Graph<NodeData>,
    threads: Threads,
    scopes: Scopes,
    /// Nodes that nothing refers to, waiting to be taken out of the graph together.
    dead: Vec<NodeId>,
    /// Operations recorded so far.
    recorded: u64,
    /// How many operations are recorded outside of traces and not computed.
    pending: usize,
    pending_peak: usize,
    extraction: extract::Scratch,
}

/// What the recorder keeps with a node.
#[derive(Debug, Default)]
pub(crate) struct NodeData {
    content: Content,
    references: References,
    /// What the last walk noted at the node.
    marks: Marks,
    /// When the node was recorded: the position in the log of a thread. In a trace, the position is the number of
    /// operations recorded before it.
    position: u64,
    /// The thread that the log is of.
    thread: u32,
    /// Whether the node stands for a weak scalar: one that takes the dtype of the array that it is combined with.
    weak: bool,
    /// Whether nothing refers to the node any more, and it waits to be taken out of the graph.
    dead: bool,
    /// The trace that the node belongs to: the innermost of those its operands belong to.
    scope: ScopeId,
}

impl NodeData {
    /// When the node was recorded.
    fn logged(&self) -> LogPosition {
        LogPosition { thread: self.thread, position: self.position }
    }
}

/// Every pending operation has one. The order in which fields are declared is the compiler's to change; where small
/// fields are nested in structs of their own, what fills these up to their alignment is memory that no field can take.
const _: () = assert!(size_of::<NodeData>() <= 88);

/// Identifies a trace. Numbers are not used again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ScopeId(u64);

impl ScopeId {
    /// Belongs to everything that is recorded outside of traces.
    pub(crate) const ROOT: ScopeId = ScopeId(0);

    /// Belongs to arrays that stand for a type and never have a value, and to what is computed with them.
    pub(crate) const SPECIFIED: ScopeId = ScopeId(u64::MAX);
}

/// What a node without operands stands for.
#[derive(Debug, Default)]
enum Content {
    /// The node computes something, or is a constant.
    #[default]
    None,
    /// A value, known or being computed.
    Value(Arc<Value>),
    /// A scalar that the user wrote.
    Scalar(Literal),
    /// An illegal operation, or one on the result of one.
    Error(Error),
}

/// Locks the recorder.
pub(crate) fn lock() -> MutexGuard<'static, Recorder> {
    debug_assert!(!postponed::is_recording(), "a call that is being recorded holds the lock: ask its builder");
    RECORDER.lock()
}

/// An array of a value at hand.
#[track_caller]
pub(crate) fn leaf(value: Arc<Value>) -> NdArray {
    let line = Location::caller();
    let mut recorder = lock();
    let ty = value.ty().clone();
    recorder.threads.note_bytes(ty.size_bytes());
    let node = recorder.add(Leaf::Input.into(), Operands::new(), ty, line, Content::Value(value));
    recorder.graph[node].data.references.handles += 1;
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
        recorder.graph[node].data.references.handles += 1;
        arrays.push(NdArray::from_node(node));
    }
    arrays
}

/// A 0-d array of a weak scalar: one that takes the dtype of the array that it is combined with.
#[track_caller]
pub(crate) fn scalar(number: Weak) -> NdArray {
    scalar_at(Location::caller(), number)
}

/// As [`scalar`], for a line of the user's that is not the caller's.
pub(crate) fn scalar_at(line: SourceLine, number: Weak) -> NdArray {
    let dtype = ArgType::Weak(number.kind()).default_dtype();
    let literal = match number.to_literal(dtype) {
        Ok(literal) => literal,
        Err(error) => return Call::named(&format!("{number:?}")).at(line).error(error.into()),
    };
    Call::named("scalar").at(line).record(|builder| {
        let node = builder.scalar(literal);
        builder.mark_weak(node);
        Ok(node)
    })
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
        match &node.data.content {
            Content::Error(error) => Err(error.clone()),
            _ => Ok(&node.ty),
        }
    }

    /// The type of a node for messages.
    pub(crate) fn describe(&self, id: NodeId) -> String {
        self.ty(id).map_or_else(|_| "error".to_owned(), Type::to_string)
    }

    /// What a node contributes to promotion.
    ///
    /// # Errors
    /// The node's own error, if it is in error.
    pub(crate) fn arg_type(&self, id: NodeId) -> Result<ArgType> {
        let dtype = self.ty(id)?.dtype;
        Ok(match WeakKind::of(dtype) {
            Some(kind) if self.is_weak(id) => ArgType::Weak(kind),
            _ => ArgType::Strong(dtype),
        })
    }

    /// The value of a node that is one.
    pub(crate) fn value(&self, id: NodeId) -> Option<&Arc<Value>> {
        match &self.graph[id].data.content {
            Content::Value(value) => Some(value),
            _ => None,
        }
    }

    fn add(&mut self, op: Op, operands: Operands, ty: Type, line: SourceLine, content: Content) -> NodeId {
        let mut scope = ScopeId::ROOT;
        for &operand in &operands {
            let data = &mut self.graph[operand].data;
            data.references.users += 1;
            scope = scope.max(data.scope);
        }
        let is_operation = !op.is_at_hand();
        let data = NodeData { content, scope, position: self.recorded, ..NodeData::default() };
        let id = self.graph.add(Node { op, operands, ty, line, data });
        if is_operation {
            self.recorded += 1;
        }
        if is_operation && scope == ScopeId::ROOT {
            self.pending += 1;
            self.pending_peak = self.pending_peak.max(self.pending);
            let node = &mut self.graph[id];
            let fingerprint = limit::fingerprint(&node.op, &node.ty, line);
            let LogPosition { thread, position } = self.threads.log(id, fingerprint);
            (node.data.thread, node.data.position) = (thread, position);
        }
        id
    }

    /// Adds a leaf of a trace that has no value, referred to by one handle.
    fn add_parameter(&mut self, op: Op, ty: Type, line: SourceLine, scope: ScopeId, weak: bool) -> NodeId {
        let references = References { handles: 1, ..References::default() };
        let data = NodeData { weak, references, position: self.recorded, scope, ..NodeData::default() };
        self.graph.add(Node { op, operands: Operands::new(), ty, line, data })
    }

    fn add_error(&mut self, error: Error, line: SourceLine) -> NodeId {
        let ty = Type::scalar(hloom_ir::DType::F64);
        self.add(Leaf::Input.into(), Operands::new(), ty, line, Content::Error(error))
    }
}
