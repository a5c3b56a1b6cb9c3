//! Arrays computed at a moment that the caller chooses: started together, or waited for.

use std::panic::Location;
use std::sync::Arc;

use hloom_ir::NodeId;

use crate::eval::value::Value;
use crate::record::{self, ScopeId};
use crate::tree::{Failure, TreeLeaf, Visitor};
use crate::{NdArray, Result, Tree, guard};

/// Has the arrays of a tree computed, all by one program, and does not wait for it.
///
/// Reading one array computes that array alone, and what others need of it a second time. Arrays that are wanted together
/// are computed together.
///
/// # Errors
/// The error of an array in error; of one that belongs to a trace; what compiling and starting report.
///
/// # Examples
/// ```
/// use hloom as np;
/// let x = np::linspace(0.0, 1.0, 1000);
/// let (low, high) = (x.square().min(..), x.square().max(..));
/// let before = np::stats();
/// np::eval((&low, &high))?;
/// assert_eq!((low.item::<f64>()?, high.item::<f64>()?), (0.0, 1.0));
/// assert_eq!((np::stats() - before).executions, 1);
/// # Ok::<(), hloom::Error>(())
/// ```
#[track_caller]
pub fn eval<T>(tree: impl Tree<T>) -> Result<()> {
    start(&tree, "eval").map(|_| ())
}

/// Has the arrays of a tree computed, all by one program, and waits until they are there.
///
/// # Errors
/// As [`eval`], and what running the program reports; `DeniedError` within [`deny_sync`](crate::deny_sync()).
///
/// # Examples
/// ```
/// use hloom as np;
/// let x = np::arange(10) * 2;
/// np::wait((&x, vec![x.square()]))?;
/// # Ok::<(), hloom::Error>(())
/// ```
#[track_caller]
pub fn wait<T>(tree: impl Tree<T>) -> Result<()> {
    let values = start(&tree, "wait")?;
    values.iter().try_for_each(|value| value.ready())
}

impl NdArray {
    /// Has the array computed, and waits until it is there: for timing, and to see an error where it arises.
    ///
    /// # Errors
    /// As [`wait()`](crate::wait()).
    ///
    /// # Examples
    /// ```
    /// let x = hloom::arange(10).square();
    /// x.wait()?;
    /// assert!(x.is_materialized());
    /// # Ok::<(), hloom::Error>(())
    /// ```
    #[track_caller]
    pub fn wait(&self) -> Result<()> {
        wait(self)
    }
}

/// Starts what computes the arrays of a tree that have no value yet, and returns the values of all.
#[track_caller]
fn start<T>(tree: &impl Tree<T>, what: &'static str) -> Result<Vec<Arc<Value>>> {
    let line = Location::caller();
    let visitor = Visitor::of(tree);
    if let Some(Failure::Whole(error) | Failure::Part(error)) = visitor.failure {
        return Err(error.clone());
    }
    let arrays = visitor.leaves.iter().filter_map(|leaf| match leaf {
        TreeLeaf::Array(array) => Some(array.node()),
        TreeLeaf::Number(_) | TreeLeaf::Spec(_) => None,
    });
    let nodes: Vec<NodeId> = arrays.collect();
    let recorder = record::lock();
    let mut pending = Vec::new();
    for &node in &nodes {
        recorder.ty(node)?;
        if recorder.scope(node) != ScopeId::ROOT {
            return Err(recorder.valueless(node, what, line));
        }
        let value = recorder.value(node);
        if what == "wait" && guard::denies_sync() && !value.is_some_and(|value| value.is_on_host()) {
            return Err(guard::sync_denied(what, &recorder.describe(node), value.is_some(), line));
        }
        if value.is_none() && !pending.contains(&node) {
            pending.push(node);
        }
    }
    Ok(record::start(recorder, &pending, |recorder| {
        nodes.iter().filter_map(|&node| recorder.value(node).cloned()).collect()
    }))
}
