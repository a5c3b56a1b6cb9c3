//! A traced function, ready to be called: how arguments become inputs of its program, and its results a tree.

use std::sync::Arc;

use hloom_backend::Backend;
use hloom_ir::{DType, Literal, SourceLine, Type};
use smallvec::SmallVec;

use super::signature::Key;
use crate::check::ProgramChecks;
use crate::eval::call::{self, Input};
use crate::eval::program::Compilation;
use crate::eval::value::Value;
use crate::record;
use crate::tree::{Tree, TreeLeaf, rebuild};
use crate::{Error, ErrorKind, NdArray, Result, guard};

/// What was found out by tracing a function for one signature.
pub(super) struct CallPlan<R> {
    /// For messages.
    pub(super) name: Arc<str>,
    pub(super) key: Key,
    /// The leaves that are inputs of the program, in their order.
    pub(super) kept: Vec<Kept>,
    /// The leaves that are numbers of the program, and their dtypes.
    pub(super) numbers: Vec<(usize, DType)>,
    /// The leaves whose memory is taken, though the program does not read them.
    pub(super) taken_unread: Vec<usize>,
    /// What the function reads from around it: the inputs behind the kept leaves.
    pub(super) captures: Vec<Arc<Value>>,
    /// The types of the results.
    pub(super) results: Vec<Type>,
    /// What may turn out to be wrong when the program runs: for each, one result more, a 0-d int64.
    pub(super) checks: ProgramChecks,
    /// The tree of the results, with arrays that hold nothing.
    pub(super) template: R,
}

/// A leaf that is an input of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kept {
    pub(super) leaf: usize,
    pub(super) donated: bool,
    /// Whether a result takes its memory.
    pub(super) is_reused: bool,
}

/// The arrays among the leaves of a call, by leaf: their values, computed or being computed.
pub(super) type Values = SmallVec<[Option<Arc<Value>>; 8]>;

/// Starts the computation of those arrays that are recorded only, all together.
///
/// # Errors
/// The error of an array in error, [`ErrorKind::Trace`] for one that belongs to a trace.
pub(super) fn materialize(nodes: &[hloom_ir::NodeId], line: SourceLine) -> Result<Vec<Arc<Value>>> {
    let recorder = record::lock();
    let mut pending = Vec::new();
    for &node in nodes {
        recorder.ty(node)?;
        if recorder.scope(node) != record::ScopeId::ROOT {
            return Err(recorder.valueless(node, "call", line));
        }
        if recorder.value(node).is_none() && !pending.contains(&node) {
            pending.push(node);
        }
    }
    let values = record::start(recorder, &pending, |recorder| {
        nodes.iter().map(|&node| recorder.value(node).cloned()).collect::<Option<Vec<_>>>()
    });
    values.ok_or_else(|| Error::internal("an array was not computed"))
}

impl<R: Tree> CallPlan<R> {
    /// Calls the program.
    ///
    /// # Errors
    /// Those of [`call::call`]; [`ErrorKind::Donated`] if a donated array is passed twice.
    pub(super) fn call(
        &self,
        program: &Compilation,
        backend: &dyn Backend,
        leaves: &[TreeLeaf<'_>],
        values: &Values,
        line: SourceLine,
    ) -> Result<R> {
        let mut inputs: SmallVec<[Input<'_>; 8]> = SmallVec::new();
        for kept in &self.kept {
            let value = value_of(values, kept.leaf)?;
            inputs.push(Input { value, donated: kept.donated, is_reused: kept.is_reused });
        }
        for value in &self.captures {
            inputs.push(Input { value, donated: false, is_reused: false });
        }
        self.check_donated(&inputs, values).map_err(|error| error.on(line))?;
        let shared = self.shared(leaves, values)?;
        // What others still hold stays where it is: the results get memory of their own.
        for (kept, input) in self.kept.iter().zip(&mut inputs) {
            input.donated &= !shared.contains(&kept.leaf);
        }
        if self.results.is_empty() {
            for (kept, input) in self.kept.iter().zip(&inputs).filter(|(_, input)| input.donated) {
                input.value.donate(self.donated_error(kept.leaf, line));
            }
            self.take_unread(leaves, values, &shared, line)?;
            return Ok(rebuild(&self.template, []));
        }
        let mut scalars: SmallVec<[Literal; 4]> = SmallVec::new();
        for &(leaf, dtype) in &self.numbers {
            scalars.push(match leaves.get(leaf) {
                Some(TreeLeaf::Number(number)) => {
                    number.to_literal(dtype).map_err(|error| Error::from(error).on(line))?
                }
                _ => read_first(value_of(values, leaf)?, "a number", line, |bytes| Literal::from_bytes(dtype, bytes))?
                    .ok_or_else(|| Error::internal("a number is not as long as its dtype"))?,
            });
        }
        let denied = guard::denies_recompile();
        let donated = |input: usize| self.donated_error(self.kept[input].leaf, line);
        let outputs = call::call(program, backend, denied, &inputs, &scalars, &self.checks, donated)?;
        self.take_unread(leaves, values, &shared, line)?;
        Ok(rebuild(&self.template, record::results(outputs.into_values(), line)))
    }

    /// The donated leaves whose values somebody else has a use for: another handle, or what was recorded on the array
    /// and is not computed.
    fn shared(&self, leaves: &[TreeLeaf<'_>], values: &Values) -> Result<SmallVec<[usize; 2]>> {
        let mut shared = SmallVec::new();
        if self.taken_unread.is_empty() && !self.kept.iter().any(|kept| kept.donated) {
            return Ok(shared);
        }
        let recorder = record::lock();
        let read = self.kept.iter().filter(|kept| kept.donated).map(|kept| kept.leaf);
        for leaf in read.chain(self.taken_unread.iter().copied()) {
            let value = value_of(values, leaf)?;
            if let Some(TreeLeaf::Array(array)) = leaves.get(leaf)
                && recorder.is_shared(array.node(), value)
            {
                shared.push(leaf);
            }
        }
        Ok(shared)
    }

    /// Takes the donated arrays that the program does not read, and the handles of those that others hold.
    fn take_unread(&self, leaves: &[TreeLeaf<'_>], values: &Values, shared: &[usize], line: SourceLine) -> Result<()> {
        for &leaf in &self.taken_unread {
            if !shared.contains(&leaf) {
                value_of(values, leaf)?.donate(self.donated_error(leaf, line));
            }
        }
        for &leaf in shared {
            if let Some(TreeLeaf::Array(array)) = leaves.get(leaf) {
                array.give_away(value_of(values, leaf)?.ty().clone(), self.donated_error(leaf, line), line);
            }
        }
        Ok(())
    }

    fn check_donated(&self, inputs: &[Input<'_>], values: &Values) -> Result<()> {
        if self.taken_unread.is_empty() && !inputs.iter().any(|input| input.donated) {
            return Ok(());
        }
        let unread = self.taken_unread.iter().map(|&leaf| (leaf, None));
        let read = self.kept.iter().enumerate().filter(|(_, kept)| kept.donated);
        for (leaf, own) in unread.chain(read.map(|(idx, kept)| (kept.leaf, Some(idx)))) {
            let value = value_of(values, leaf)?;
            let again =
                inputs.iter().enumerate().any(|(idx, input)| Some(idx) != own && Arc::ptr_eq(input.value, value));
            if again {
                return Err(Error::new(
                    ErrorKind::Donated,
                    format!(
                        "'{}' takes the memory of {}, which is passed to it a second time or captured by it",
                        self.name,
                        self.key.argument(leaf)
                    ),
                ));
            }
        }
        Ok(())
    }

    fn donated_error(&self, leaf: usize, line: SourceLine) -> Error {
        let message = format!(
            "the array was donated to '{}' as {} and its memory is gone; use what the call returned, or do not donate it",
            self.name,
            self.key.argument(leaf)
        );
        Error::new(ErrorKind::Donated, message).on(line)
    }
}

/// Reads what has to be known before a call starts.
///
/// # Errors
/// [`ErrorKind::Denied`] if that would wait and must not; what computing the value reported.
pub(super) fn read_first<T>(value: &Value, what: &str, line: SourceLine, reader: impl FnOnce(&[u8]) -> T) -> Result<T> {
    if guard::denies_sync() && !value.is_on_host() {
        return Err(guard::sync_denied(what, &value.ty().to_string(), true, line));
    }
    value.read(reader)
}

fn value_of(values: &Values, leaf: usize) -> Result<&Arc<Value>> {
    let value = values.get(leaf).and_then(Option::as_ref);
    value.ok_or_else(|| Error::internal("a leaf that is an array of the program has no value"))
}

/// As many arrays that hold nothing, for the tree of the results.
pub(super) fn placeholders() -> impl Iterator<Item = NdArray> {
    let placeholder = record::specified(Type::scalar(DType::Bool));
    std::iter::repeat_with(move || placeholder.clone())
}
