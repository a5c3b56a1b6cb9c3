//! Bounds what is pending: decides where a graph that has grown too long is cut.
//!
//! Compile time grows faster than a program, so a loop written in Rust must not become one program.
//! What a loop records repeats, operation by operation and line by line. If a cut is made at the same
//! position in the loop as the last one, one or more iterations later, it gives the same program again:
//! the loop compiles its body once, however long it runs. Every thread has a log of its own: in what
//! several threads record at once, nothing repeats.

use std::cell::Cell;
use std::collections::VecDeque;
use std::hash::{Hash, Hasher};

use hloom_ir::{Control, Node, NodeId, Op, Results, SourceLine, Type};
use rustc_hash::FxHasher;
use smallvec::{SmallVec, smallvec};

use super::{Recorder, ScopeId};

/// A thread with this many pending operations is due for a cut. In a program of this size, compiling takes about
/// 1 ms for each element-wise operation and several for a product of matrices; in a larger one each takes longer.
/// Starting a program takes 3 us, which is little for this many operations.
const LIMIT: usize = 64;

/// A thread that handed over this many bytes of host data since its last cut is due as well: operations that
/// wait keep what they read alive.
const MAX_BYTES: usize = 256 << 20;

/// If the log does not repeat itself, a cut waits for a repetition until this many operations are pending.
const HARD_LIMIT: usize = 16 * LIMIT;

/// This many operations in a row must match for two positions of a log to count as the same position in a loop.
const CONTEXT: usize = 16;

/// The longest log: enough to see a repetition twice within the hard limit.
const MAX_LOG: usize = 4 * HARD_LIMIT;

/// What each thread has recorded recently.
#[derive(Default)]
pub(super) struct Threads {
    threads: Vec<Thread>,
    free: Vec<u32>,
    /// How many branches all threads are recording.
    n_branches: usize,
}

struct Thread {
    log: VecDeque<Entry>,
    /// The position of the first entry of the log.
    first: u64,
    /// The position of the last cut.
    cut: u64,
    pending: usize,
    /// Bytes of host data that became arrays since the last cut.
    bytes: usize,
    /// The number of pending operations at which to look for a place to cut next.
    due: usize,
    /// How many branches the thread is recording, one inside another. Nothing is cut off meanwhile, as it may belong to
    /// a branch.
    n_branches: usize,
}

/// A position in the log of a thread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct LogPosition {
    pub(super) thread: u32,
    pub(super) position: u64,
}

#[derive(Clone, Copy)]
struct Entry {
    node: NodeId,
    fingerprint: u32,
}

/// What tells operations of a loop apart: a hash of operation, line, dtype and rank.
pub(super) fn fingerprint(op: &Op, ty: &Type, line: SourceLine) -> u32 {
    let mut hasher = FxHasher::default();
    std::mem::discriminant(op).hash(&mut hasher);
    std::ptr::from_ref(line).hash(&mut hasher);
    (ty.dtype as u8, ty.shape.ndim()).hash(&mut hasher);
    let hash = hasher.finish();
    (hash ^ hash >> 32) as u32
}

/// A thread's number in the recorder, given back when the thread ends.
struct Registration(u32);

impl Drop for Registration {
    fn drop(&mut self) {
        NUMBER.set(None);
        super::lock().threads.free.push(self.0);
    }
}

thread_local! {
    /// The number of the thread, which is asked for twice for each operation: without anything to be dropped with it, that
    /// is one access to memory.
    static NUMBER: Cell<Option<u32>> = const { Cell::new(None) };
    static REGISTRATION: Cell<Option<Registration>> = const { Cell::new(None) };
}

impl Threads {
    /// Notes an operation of the calling thread. Returns its position in the log.
    pub(super) fn log(&mut self, node: NodeId, fingerprint: u32) -> LogPosition {
        let thread_idx = self.current();
        let thread = &mut self.threads[thread_idx as usize];
        if thread.log.len() == MAX_LOG {
            thread.log.drain(..MAX_LOG / 2);
            thread.first += (MAX_LOG / 2) as u64;
            thread.cut = thread.cut.max(thread.first);
        }
        let position = thread.first + thread.log.len() as u64;
        thread.log.push_back(Entry { node, fingerprint });
        thread.pending += 1;
        LogPosition { thread: thread_idx, position }
    }

    /// Notes that an operation of a thread is not pending any more.
    pub(super) fn settle(&mut self, thread: u32) {
        self.threads[thread as usize].pending -= 1;
    }

    /// Notes host data that the calling thread made an array of.
    pub(super) fn note_bytes(&mut self, bytes: usize) {
        let thread = self.current();
        let thread = &mut self.threads[thread as usize];
        thread.bytes = thread.bytes.saturating_add(bytes);
    }

    /// The position in the log of what the calling thread records next.
    pub(super) fn mark(&mut self) -> LogPosition {
        let thread_idx = self.current();
        let thread = &self.threads[thread_idx as usize];
        LogPosition { thread: thread_idx, position: thread.first + thread.log.len() as u64 }
    }

    /// Notes that the calling thread begins to record a branch.
    pub(super) fn enter_branch(&mut self) {
        let thread = self.current();
        self.threads[thread as usize].n_branches += 1;
        self.n_branches += 1;
    }

    /// Whether the calling thread is recording a branch.
    pub(super) fn is_in_branch(&mut self) -> bool {
        self.n_branches > 0 && {
            let thread = self.current();
            self.threads[thread as usize].n_branches > 0
        }
    }

    /// Notes that the calling thread is done with a branch.
    pub(super) fn leave_branch(&mut self) {
        let thread = self.current();
        self.threads[thread as usize].n_branches -= 1;
        self.n_branches -= 1;
    }

    #[inline]
    fn current(&mut self) -> u32 {
        NUMBER.get().unwrap_or_else(|| self.register())
    }

    /// Gives the calling thread a number.
    #[cold]
    fn register(&mut self) -> u32 {
        let number = self.new_number();
        if REGISTRATION.try_with(|registration| registration.set(Some(Registration(number)))).is_err() {
            // A thread that is being torn down records under the first thread's number.
            self.free.push(number);
            return 0;
        }
        NUMBER.set(Some(number));
        number
    }

    fn new_number(&mut self) -> u32 {
        // What a thread records may be run by another when the process ends.
        crate::eval::exit::watch_main_thread();
        if let Some(idx) = self.free.pop() {
            return idx;
        }
        self.threads.push(Thread {
            log: VecDeque::new(),
            first: 0,
            cut: 0,
            pending: 0,
            bytes: 0,
            due: LIMIT,
            n_branches: 0,
        });
        self.threads.len() as u32 - 1
    }
}

impl Thread {
    /// The entries since the last cut.
    fn segment(&self) -> Vec<Entry> {
        self.log.iter().skip((self.cut - self.first) as usize).copied().collect()
    }
}

impl Recorder {
    /// If the calling thread's pending operations are due for a cut, the nodes to compute: those
    /// recorded before the cut that are held, or read by operations after it.
    pub(super) fn limit_reached(&mut self) -> Option<Vec<NodeId>> {
        let thread_idx = self.threads.current();
        let thread = &mut self.threads.threads[thread_idx as usize];
        let pending = thread.pending;
        if pending < LIMIT {
            thread.due = LIMIT;
        }
        let heavy = thread.bytes >= MAX_BYTES;
        if thread.n_branches > 0 {
            return None;
        }
        if pending == 0 || pending < thread.due && !heavy {
            return None;
        }
        self.skip_settled(thread_idx);
        let thread = &self.threads.threads[thread_idx as usize];
        let (start, segment) = (thread.cut, thread.segment());
        let fingerprints: Vec<u32> = segment.iter().map(|entry| entry.fingerprint).collect();
        let end = match same_position(&fingerprints) {
            Some(end) => end,
            None => match period(&fingerprints) {
                Some(period) => self.narrowest(thread_idx, start, &segment, period),
                None if pending < HARD_LIMIT && !heavy => {
                    self.threads.threads[thread_idx as usize].due = pending * 2;
                    return None;
                }
                None => segment.len(),
            },
        };
        let end = self.after_parts(&segment, end);
        let thread = &mut self.threads.threads[thread_idx as usize];
        thread.cut = start + end as u64;
        thread.bytes = 0;
        thread.due = LIMIT;
        let roots = self.live_out(thread_idx, start, &segment[..end]);
        if roots.is_empty() {
            // What is pending is older than the log reaches: held arrays that nothing was done with since.
            return Some(self.all_held(thread_idx)).filter(|held| !held.is_empty());
        }
        Some(roots)
    }

    /// Moves the start of the segment past what was computed, or freed, since the last cut.
    fn skip_settled(&mut self, thread_idx: u32) {
        let thread = &self.threads.threads[thread_idx as usize];
        let (first, mut cut) = (thread.first, thread.cut);
        while let Some(&entry) = thread.log.get((cut - first) as usize) {
            if self.is_pending(thread_idx, cut, entry.node) {
                break;
            }
            cut += 1;
        }
        self.threads.threads[thread_idx as usize].cut = cut;
    }

    fn all_held(&self, thread: u32) -> Vec<NodeId> {
        let held = self.graph.ids().filter(|&id| {
            let node = &self.graph[id];
            let data = &node.data;
            data.thread == thread && data.scope == ScopeId::ROOT && data.references.handles > 0 && !node.op.is_at_hand()
        });
        held.collect()
    }

    /// Whether a log entry still stands for the pending operation it was made for.
    fn is_pending(&self, thread: u32, position: u64, node: NodeId) -> bool {
        self.graph.get(node).is_some_and(|found| {
            !found.op.is_at_hand()
                && found.data.scope == ScopeId::ROOT
                && found.data.logged() == LogPosition { thread, position }
                && !found.data.dead
        })
    }

    /// The position of the last operation of this thread that reads a node. None if it may still be read after that: if
    /// there is a handle on it, or an operation of another thread or of a trace reads it.
    fn last_use(&self, thread: u32, node: NodeId) -> Option<u64> {
        if self.graph[node].data.references.handles > 0 {
            return None;
        }
        let mut last = 0;
        // A user that was computed or freed stays in the graph until the next sweep, as a leaf.
        for user in self.graph.users(node).filter(|&user| !self.graph[user].op.is_at_hand()) {
            let data = &self.graph[user].data;
            if data.thread != thread || data.scope != ScopeId::ROOT {
                return None;
            }
            last = last.max(data.position);
        }
        Some(last)
    }

    /// The first end from `end` on that does not separate an operation of several results from its results.
    fn after_parts(&self, segment: &[Entry], end: usize) -> usize {
        let is_part = |entry: &&Entry| {
            self.graph.get(entry.node).is_some_and(|node| matches!(node.op, Op::Control(Control::Part { .. })))
        };
        end + segment[end..].iter().take_while(is_part).count()
    }

    /// What is computed before the end of a segment and used after it.
    fn live_out(&self, thread: u32, start: u64, segment: &[Entry]) -> Vec<NodeId> {
        let end = start + segment.len() as u64;
        let pending =
            segment.iter().enumerate().filter(|&(idx, entry)| self.is_pending(thread, start + idx as u64, entry.node));
        pending
            .map(|(_, entry)| entry.node)
            .filter(|&node| self.last_use(thread, node).is_none_or(|last| last >= end))
            .flat_map(|node| self.results_after(node, end))
            .collect()
    }

    /// The arrays to compute for a node that is used after the end of a segment: the node itself. An operation of several
    /// results is no array; for it, those of its results that come after the end.
    fn results_after(&self, node: NodeId, end: u64) -> SmallVec<[NodeId; 1]> {
        if self.graph[node].op.facts().results == Results::One {
            return smallvec![node];
        }
        let is_after = |&part: &NodeId| {
            let Node { op, data, .. } = &self.graph[part];
            !op.is_at_hand() && !data.dead && data.position >= end
        };
        self.graph.users(node).filter(is_after).collect()
    }

    /// The best end within the last period: the one for which the fewest values are computed before it and used after it.
    fn narrowest(&self, thread: u32, start: u64, segment: &[Entry], period: usize) -> usize {
        // The sum of `change` up to `end` counts the operations before `end` that an operation at or after it reads.
        let mut change = vec![0isize; segment.len() + 2];
        for (idx, entry) in segment.iter().enumerate() {
            if !self.is_pending(thread, start + idx as u64, entry.node) {
                continue;
            }
            let last = self.last_use(thread, entry.node).map_or(segment.len(), |last| {
                usize::try_from(last.saturating_sub(start)).map_or(segment.len(), |last| last.min(segment.len()))
            });
            change[idx + 1] += 1;
            change[last.max(idx) + 1] -= 1;
        }
        let mut crossing = 0;
        let mut best = (isize::MAX, segment.len());
        for (end, change) in change.iter().enumerate().take(segment.len() + 1).skip(1) {
            crossing += change;
            if end > segment.len() - period && crossing < best.0 {
                best = (crossing, end);
            }
        }
        best.1
    }
}

/// The last index where the segment goes on as it began.
fn same_position(fingerprints: &[u32]) -> Option<usize> {
    let context = fingerprints.get(..CONTEXT)?;
    let last = fingerprints.len() - CONTEXT;
    (1..=last).rev().find(|&idx| fingerprints[idx..idx + CONTEXT] == *context)
}

/// The length of the shortest piece that the segment repeats at its end: twice, and long enough not to be
/// chance.
fn period(fingerprints: &[u32]) -> Option<usize> {
    let n = fingerprints.len();
    (1..=n / 2).find(|&period| {
        let run = period.max(CONTEXT);
        run + period <= n
            && fingerprints[n - 1] == fingerprints[n - 1 - period]
            && fingerprints[n - run..] == fingerprints[n - run - period..n - period]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_is_cut_where_it_began() {
        let body = [3, 1, 4, 1, 5, 9, 2, 6, 5];
        let looped: Vec<u32> = body.iter().copied().cycle().take(40).collect();
        // The iteration at 18 is followed by 16 entries that can be compared; the one at 27 only by 13.
        assert_eq!(same_position(&looped), Some(18));
        assert_eq!(same_position(&(0..40).collect::<Vec<_>>()), None);
    }

    #[test]
    fn the_period_is_that_of_the_end() {
        let mut log: Vec<u32> = vec![90, 91, 92];
        log.extend([1, 2, 3, 4].iter().cycle().take(22));
        assert_eq!(period(&log), Some(4));
        assert_eq!(period(&[1, 2, 3]), None);
        // Two equal operations in a row are no loop.
        assert_eq!(period(&[1, 2, 3, 4, 5, 6, 7, 7]), None);
    }
}
