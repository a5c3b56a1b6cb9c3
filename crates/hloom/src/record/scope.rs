//! Traces: the private parts of the graph that functions are recorded in.
//!
//! All traces share the recorder's table of nodes; a node belongs to the innermost trace among those of its
//! operands. A trace that is opened within another has the greater number, so that the innermost is the
//! greatest. Nothing depends on which thread records. Knows nothing about what a trace is for.

use std::panic::Location;
use std::sync::Arc;

use hloom_ir::{Leaf, NodeId, Op, SourceLine, Type};
use rustc_hash::FxHashMap;

use super::{NdArray, Recorder, ScopeId, lock};
use crate::{Error, ErrorKind};

/// An array that stands for a type.
#[track_caller]
pub(crate) fn specified(ty: Type) -> NdArray {
    let line = Location::caller();
    NdArray::from_node(lock().add_parameter(Leaf::Input.into(), ty, line, ScopeId::SPECIFIED, false))
}

/// The traces that are open.
#[derive(Default)]
pub(super) struct Scopes {
    last: u64,
    open: FxHashMap<ScopeId, Arc<str>>,
}

impl Scopes {
    /// Whether a trace is open.
    pub(super) fn is_open(&self, scope: ScopeId) -> bool {
        self.open.contains_key(&scope)
    }
}

/// An open trace. Dropping it closes the trace. Its nodes then stay as long as something refers to them, but can no longer
/// become part of a program.
#[derive(Debug)]
pub(crate) struct Scope {
    id: ScopeId,
    /// The user's line that made the function that is traced.
    line: SourceLine,
}

impl Scope {
    /// Opens a trace. The name is for messages, and so is the line that its parameters bear.
    pub(crate) fn open(name: &str, line: SourceLine) -> Scope {
        let mut recorder = lock();
        recorder.scopes.last += 1;
        let id = ScopeId(recorder.scopes.last);
        recorder.scopes.open.insert(id, name.into());
        Scope { id, line }
    }

    /// The trace's number.
    pub(crate) fn id(&self) -> ScopeId {
        self.id
    }

    /// An array that stands for a value which is known when the program runs.
    pub(crate) fn parameter(&self, ty: Type) -> NdArray {
        self.leaf(Leaf::Input.into(), ty, false)
    }

    /// An array that stands for a scalar, which is passed with the other scalars of the program. A weak one takes the
    /// dtype of the array that it is combined with.
    pub(crate) fn scalar(&self, ty: Type, weak: bool) -> NdArray {
        self.leaf(Leaf::Scalar.into(), ty, weak)
    }

    /// As [`Scope::parameter`], for a weak scalar.
    pub(crate) fn weak_parameter(&self, ty: Type) -> NdArray {
        self.leaf(Leaf::Input.into(), ty, true)
    }

    fn leaf(&self, op: Op, ty: Type, weak: bool) -> NdArray {
        NdArray::from_node(lock().add_parameter(op, ty, self.line, self.id, weak))
    }
}

impl Drop for Scope {
    fn drop(&mut self) {
        lock().scopes.open.remove(&self.id);
    }
}

impl Recorder {
    /// The trace that a node belongs to.
    pub(crate) fn scope(&self, id: NodeId) -> ScopeId {
        self.graph[id].data.scope
    }

    /// Whether a node stands for a weak scalar: one that takes the dtype of the array that it is combined with.
    pub(crate) fn is_weak(&self, id: NodeId) -> bool {
        self.graph[id].data.weak
    }

    /// The name of a node's trace, if that is open.
    pub(crate) fn trace_name(&self, id: NodeId) -> Option<Arc<str>> {
        self.scopes.open.get(&self.scope(id)).cloned()
    }

    /// Why a node of a trace has no value: its trace is being recorded, or has ended.
    pub(crate) fn valueless(&self, id: NodeId, what: &str, line: SourceLine) -> Error {
        let described = self.describe(id);
        let message = match self.trace_name(id) {
            Some(name) => format!(
                "{what} needs a value, but {described} stands for one that is not known while '{name}' is traced; \
                 {}, or make what it depends on a static argument",
                remedy(what)
            ),
            None if self.scope(id) == ScopeId::SPECIFIED => {
                format!("{what} needs a value, but {described} stands for a shape and a dtype only")
            }
            None => format!(
                "{what} needs a value, but {described} belongs to a traced function that has ended; return arrays from \
                 the function instead of keeping them"
            ),
        };
        Error::new(ErrorKind::Trace, message).on(line)
    }
}

/// A suggestion for messages: what to write instead of reading a value in a trace.
fn remedy(what: &str) -> &'static str {
    match what {
        "bool" => "choose with where_ or cond, loop with while_loop",
        "nonzero" | "getitem" | "setitem" => {
            "its shape would depend on values: choose with where_ and keep the shape, or do it outside"
        }
        "iter" => "loop over rows with scan or map, or index with get",
        _ => "compute with the array, with where_, cond or while_loop where the value decides, and read the result",
    }
}
