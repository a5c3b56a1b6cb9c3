//! Operands as values, for joining many arrays on the host: a program with so many operands would take long to compile.
//!
//! Knows nothing about how they are joined.

use std::sync::Arc;

use hloom_ir::{ArgType, Literal, NodeId};
use rustc_hash::FxHashSet;

use super::cut::start_in_background;
use super::{Content, Garbage, NdArray, Operand, Recorder, ScopeId, lock};
use crate::eval::value::Value;

/// An operand, and what it contributes to promotion.
pub(crate) struct Known {
    pub(crate) promotion: ArgType,
    pub(crate) what: What,
}

/// What an operand is.
pub(crate) enum What {
    Value(Arc<Value>),
    /// A scalar of a dtype.
    Literal(Literal),
    /// A weak scalar, which takes the dtype of what it is joined with.
    Number(hloom_ir::Weak),
}

/// The operands as values. What is recorded only begins to be computed, in the background. `None` if one of them has no
/// value, as in a trace, or must not be computed, as in a branch.
pub(crate) fn known(operands: &[Operand<'_>]) -> Option<Vec<Known>> {
    let mut recorder = lock();
    if recorder.is_in_branch() {
        return None;
    }
    let mut pending = FxHashSet::default();
    let mut roots: Vec<NodeId> = Vec::new();
    for node in operands.iter().filter_map(Operand::as_array).map(NdArray::node) {
        recorder.ty(node).ok()?;
        let data = &recorder.graph[node].data;
        if data.scope != ScopeId::ROOT {
            return None;
        }
        if matches!(data.content, Content::None) && pending.insert(node) {
            roots.push(node);
        }
    }
    let mut garbage = Garbage::default();
    let job = (!roots.is_empty()).then(|| recorder.cut(&roots, &mut garbage));
    start_in_background(recorder, garbage, job, |recorder| {
        operands.iter().map(|operand| recorder.known(operand)).collect()
    })
}

impl Recorder {
    fn known(&self, operand: &Operand<'_>) -> Option<Known> {
        let array = match operand {
            Operand::Number(number) => {
                return Some(Known { promotion: ArgType::Weak(number.kind()), what: What::Number(*number) });
            }
            operand => operand.as_array()?,
        };
        let node = array.node();
        let promotion = self.arg_type(node).ok()?;
        let what = match &self.graph[node].data.content {
            Content::Value(value) => What::Value(value.clone()),
            Content::Scalar(literal) if self.is_weak(node) => What::Number(literal.weak()),
            Content::Scalar(literal) => What::Literal(*literal),
            Content::None | Content::Error(_) => return None,
        };
        Some(Known { promotion, what })
    }
}
