//! The array: a handle on a node of the graph, counted there for as long as it lives.

use std::sync::OnceLock;

use hloom_ir::{NodeId, SourceLine, Type};

use super::{Garbage, lock, postponed, results};
use crate::Error;
use crate::eval::value::Value;

/// An n-dimensional array of one dtype, computed when it is read.
///
/// Operations on arrays record what to do and return at once. Reading a value ([`NdArray::tolist`],
/// [`NdArray::to_vec`], `bool::try_from`, printing, iterating) compiles everything recorded that it
/// depends on as one program and runs it.
///
/// Arrays are immutable values: cloning is cheap, [`NdArray::set`] makes the handle refer to a changed
/// array, and other handles keep the old one. An illegal operation gives an array in error, which any
/// further operation passes on and the first read returns.
///
/// # Examples
/// ```
/// use hloom::prelude::*;
///
/// let x = NdArray::from([[1.0, 2.0], [3.0, 4.0]]);
/// let y = (&x * 10 + 1).t();
/// assert_eq!(y.tolist()?, [[11.0, 31.0], [21.0, 41.0]]);
/// # Ok::<(), hloom::Error>(())
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.ndarray.html> and
/// `tf.experimental.numpy.ndarray`.
pub struct NdArray {
    node: NodeId,
    /// What the handle refers to after its array was donated while other handles still held it.
    given: OnceLock<NodeId>,
}

impl NdArray {
    /// Takes over a handle that the recorder has counted.
    pub(crate) fn from_node(node: NodeId) -> NdArray {
        NdArray { node, given: OnceLock::new() }
    }

    /// The node that the handle refers to.
    pub(crate) fn node(&self) -> NodeId {
        self.given.get().copied().unwrap_or(self.node)
    }

    /// Puts this handle in error, because its array was donated to a compiled function. Other handles keep the array.
    pub(crate) fn give_away(&self, ty: Type, error: Error, line: SourceLine) {
        for told in results([Value::donated(ty, error)], line) {
            if self.given.set(told.node).is_ok() {
                // From now on this handle owns the reference that was counted for the other.
                std::mem::forget(told);
            }
        }
    }
}

impl Clone for NdArray {
    fn clone(&self) -> NdArray {
        let node = self.node();
        if postponed::is_recording() {
            postponed::copied(node);
        } else {
            lock().retain(node);
        }
        NdArray::from_node(node)
    }
}

impl Drop for NdArray {
    fn drop(&mut self) {
        if postponed::is_recording() {
            postponed::dropped(self.node);
            self.given.get().into_iter().for_each(|&given| postponed::dropped(given));
            return;
        }
        let mut garbage = Garbage::default();
        let mut recorder = lock();
        recorder.release(self.node, &mut garbage);
        if let Some(&given) = self.given.get() {
            recorder.release(given, &mut garbage);
        }
        drop(recorder);
    }
}
