//! Handles that are copied and dropped by a call while it is recorded.
//!
//! A call holds the recorder's lock while its operations are added, and a handle is counted under that lock: a handle that
//! the call itself copies or drops would wait for it forever. It is counted when the operations are added.

use std::cell::{Cell, RefCell};

use hloom_ir::NodeId;

use super::{Garbage, Recorder};

thread_local! {
    static IS_RECORDING: Cell<bool> = const { Cell::new(false) };
    /// Whether there is anything in `POSTPONED`, which takes longer to look at, as it has to be dropped with the thread.
    static IS_ANY_POSTPONED: Cell<bool> = const { Cell::new(false) };
    static POSTPONED: RefCell<Postponed> = const { RefCell::new(Postponed { copied: Vec::new(), dropped: Vec::new() }) };
}

/// Nodes whose handles are not counted yet.
struct Postponed {
    copied: Vec<NodeId>,
    dropped: Vec<NodeId>,
}

/// Adds operations for a call of this thread, which holds the recorder's lock.
pub(super) fn recording<T>(build: impl FnOnce() -> T) -> T {
    /// Ends the recording, also if it panics.
    struct End(bool);
    impl Drop for End {
        fn drop(&mut self) {
            IS_RECORDING.set(self.0);
        }
    }
    let _end = End(IS_RECORDING.replace(true));
    build()
}

/// Whether this thread adds operations, and so holds the lock.
pub(super) fn is_recording() -> bool {
    IS_RECORDING.get()
}

/// Has a handle that was copied counted later.
pub(super) fn copied(node: NodeId) {
    IS_ANY_POSTPONED.set(true);
    POSTPONED.with_borrow_mut(|postponed| postponed.copied.push(node));
}

/// Has a handle that was dropped counted later.
pub(super) fn dropped(node: NodeId) {
    IS_ANY_POSTPONED.set(true);
    POSTPONED.with_borrow_mut(|postponed| postponed.dropped.push(node));
}

/// Counts what this thread has copied and dropped.
#[inline]
pub(super) fn settle(recorder: &mut Recorder, garbage: &mut Garbage) {
    if !IS_ANY_POSTPONED.replace(false) {
        return;
    }
    POSTPONED.with_borrow_mut(|postponed| {
        postponed.copied.drain(..).for_each(|node| recorder.retain(node));
        postponed.dropped.drain(..).for_each(|node| recorder.release(node, garbage));
    });
}

#[cfg(test)]
mod tests {
    use crate::NdArray;
    use crate::record::{Call, lock};

    #[test]
    fn handles_are_copied_and_dropped_while_a_call_is_recorded() {
        let x = NdArray::from([1.0, 2.0]);
        let node = x.node();
        let handles = || lock().graph[node].data.references.handles;
        let (moved, kept) = (x.clone(), x.clone());
        assert_eq!(handles(), 3);
        let y = Call::named("copies").record(move |_| {
            let copy = moved.clone();
            drop(moved);
            Ok(copy.node())
        });
        // The handle of the result is the third.
        assert_eq!((y.node(), handles()), (node, 3));
        drop((y, kept));
        assert_eq!(handles(), 1);
        let moved = x.clone();
        let z = Call::named("fails").record(move |_| {
            drop(moved);
            Err(crate::Error::value("refused"))
        });
        assert!(z.check().is_err());
        assert_eq!(handles(), 1);
    }
}
