//! What keeps nodes alive: counts who refers to a node, and frees what nobody refers to any more.

use std::sync::Arc;

use hloom_ir::{Leaf, NodeId};
use smallvec::SmallVec;

use super::{Content, Recorder, ScopeId};
use crate::eval::program::Compilation;
use crate::eval::value::Value;

/// Dead nodes stay in the table until there are at least this many. There must also be as many as live ones, and an
/// eighth of the table's length, so that going through the table is worth it.
const MIN_SWEEP: usize = 1024;

/// How often a node is referred to.
#[derive(Debug, Default)]
pub(super) struct References {
    /// How many `NdArray`s refer to the node.
    pub(super) handles: u32,
    /// How often the node is an operand of others.
    pub(super) users: u32,
}

impl References {
    fn are_none(&self) -> bool {
        self.handles == 0 && self.users == 0
    }
}

/// What was taken out of the graph while the recorder was locked. It is dropped after the lock is released, as dropping
/// the last reference to a value frees device memory, which takes time.
#[derive(Default)]
pub(crate) struct Garbage {
    /// Inline for two, as most handles free no more than that, and dropping one should not allocate.
    contents: SmallVec<[Content; 2]>,
    pub(super) programs: Vec<Arc<Compilation>>,
    stack: SmallVec<[NodeId; 8]>,
}

impl Garbage {
    /// Drops the references to values that others hold too, which frees nothing.
    pub(super) fn let_go_of_held(&mut self) {
        let is_held = |content: &Content| matches!(content, Content::Value(value) if Arc::strong_count(value) > 1);
        self.contents.retain(|content| !is_held(content));
    }
}

impl Recorder {
    /// Whether the value of a node is used elsewhere: by more than one handle, by another node, or through more
    /// references than the graph's and the caller's.
    pub(crate) fn is_shared(&self, id: NodeId, value: &Arc<Value>) -> bool {
        let references = &self.graph[id].data.references;
        references.handles > 1 || references.users > 0 || Arc::strong_count(value) > 2
    }

    /// Whether a node is a value that nobody refers to.
    fn is_free_value(&self, id: NodeId) -> bool {
        let data = &self.graph[id].data;
        data.references.are_none() && !data.dead && matches!(data.content, Content::Value(_))
    }

    /// Counts one more handle.
    pub(crate) fn retain(&mut self, id: NodeId) {
        self.graph[id].data.references.handles += 1;
    }

    /// Counts one handle less, and frees the nodes that nothing refers to any more.
    pub(crate) fn release(&mut self, id: NodeId, garbage: &mut Garbage) {
        self.graph[id].data.references.handles -= 1;
        if self.is_free_value(id) && self.graph.is_isolated(id) {
            // Nothing was recorded on it: such as a result of a compiled function that its next call took.
            garbage.contents.push(std::mem::take(&mut self.graph[id].data.content));
            self.graph.remove(id);
            return;
        }
        self.free_if_unused(id, garbage);
        self.sweep();
    }

    /// Frees a node if neither a handle nor another node refers to it, and then those of its operands that nothing else
    /// refers to. The nodes stay in the table until the next [`Recorder::sweep`], so that callers can still look at them.
    pub(super) fn free_if_unused(&mut self, id: NodeId, garbage: &mut Garbage) {
        if self.graph[id].data.references.are_none() {
            garbage.stack.push(id);
            self.free_unused(garbage);
        }
    }

    /// Frees the nodes on the stack that nothing refers to, and then those operands that nothing else refers to.
    fn free_unused(&mut self, garbage: &mut Garbage) {
        while let Some(id) = garbage.stack.pop() {
            let data = &mut self.graph[id].data;
            if data.references.are_none() && !data.dead {
                data.dead = true;
                self.retire(id, garbage);
                self.dead.push(id);
            }
        }
    }

    /// Takes the dead nodes out of the table once they are many.
    pub(super) fn sweep(&mut self) {
        let worthwhile = MIN_SWEEP.max(self.graph.len() / 2).max(self.graph.table_len() / 8);
        if self.dead.len() >= worthwhile {
            self.graph.remove_all(&self.dead);
            self.dead.clear();
        }
    }

    /// Takes a node's history and value away; its operands are put on the stack to be looked at.
    fn retire(&mut self, id: NodeId, garbage: &mut Garbage) {
        let node = &mut self.graph[id];
        if !node.op.is_at_hand() && node.data.scope == ScopeId::ROOT {
            self.pending -= 1;
            let thread = node.data.thread;
            self.threads.settle(thread);
        }
        let node = &mut self.graph[id];
        node.op = Leaf::Input.into();
        let operands = std::mem::take(&mut node.operands);
        match std::mem::take(&mut node.data.content) {
            Content::None | Content::Scalar(_) => {}
            content => garbage.contents.push(content),
        }
        for operand in operands {
            let references = &mut self.graph[operand].data.references;
            references.users -= 1;
            if references.are_none() {
                garbage.stack.push(operand);
            }
        }
    }

    /// Makes a node the leaf of a value that a job will settle.
    pub(super) fn seal(&mut self, id: NodeId, value: Arc<Value>, garbage: &mut Garbage) {
        self.retire(id, garbage);
        self.graph[id].data.content = Content::Value(value);
        self.free_unused(garbage);
    }
}
