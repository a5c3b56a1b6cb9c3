//! The arguments of a call: what they are, and the values of their arrays.

use hloom_ir::{SourceLine, Type};
use smallvec::SmallVec;

use super::options::Options;
use super::plan::{self, Values};
use super::signature::{self, Key, LeafType};
use crate::record::{self, ScopeId};
use crate::tree::{Tree, TreeLeaf, Visitor};
use crate::{Error, Result};

/// What is known of the arguments of a call before anything is looked up.
pub(super) struct CallArguments<'a> {
    pub(super) visitor: Visitor<'a>,
    pub(super) values: Values,
    /// Whether the function becomes part of what is being recorded: an array belongs to a trace, or the call is in a
    /// branch, which may not be run.
    pub(super) is_inline: bool,
}

impl<'a> CallArguments<'a> {
    /// Walks the arguments.
    #[inline]
    pub(super) fn of<A>(arguments: &'a impl Tree<A>) -> CallArguments<'a> {
        // Visited in place, for the reason that `prepare` gives.
        let mut call = CallArguments { visitor: Visitor::new(), values: SmallVec::new(), is_inline: false };
        arguments.visit(&mut call.visitor);
        call
    }

    /// Adds the types of the arrays to the signature, and finds their values, which are computed first if need
    /// be. With `types_only`, arrays need not have a value.
    ///
    /// Works in place, as moving the lists about would take as long as all the rest of a call.
    pub(super) fn prepare(&mut self, options: &Options, line: SourceLine, types_only: bool) -> Result<()> {
        let CallArguments { visitor, values, is_inline } = self;
        if let Some(wrong) = options.contradiction(visitor.n_arguments) {
            return Err(Error::type_(wrong).on(line));
        }
        let Visitor { words, leaves, .. } = visitor;
        let mut pending = false;
        {
            let mut recorder = record::lock();
            *is_inline = recorder.is_in_branch();
            for leaf in leaves.iter() {
                let value = match leaf {
                    TreeLeaf::Array(array) => {
                        signature::push_type(words, recorder.ty(array.node())?);
                        let value = recorder.value(array.node()).cloned();
                        if recorder.scope(array.node()) != ScopeId::ROOT && !types_only {
                            if recorder.trace_name(array.node()).is_none() {
                                return Err(recorder.valueless(array.node(), "call", line));
                            }
                            *is_inline = true;
                        }
                        pending |= value.is_none();
                        value
                    }
                    TreeLeaf::Number(number) => {
                        signature::push_number(words, signature::number_dtype(*number));
                        None
                    }
                    TreeLeaf::Spec(spec) => {
                        if !types_only {
                            let message =
                                format!("'{}' is called with a ShapeDtype, which has no elements", options.name);
                            return Err(Error::type_(message).on(line));
                        }
                        signature::push_type(words, spec.ty());
                        None
                    }
                };
                values.push(value);
            }
        }
        if *is_inline && !types_only {
            return Ok(());
        }
        if pending {
            self.materialize(options, line, types_only)?;
        }
        if !options.static_args.is_empty() {
            self.read_static(options, line)?;
        }
        Ok(())
    }

    /// Has the arrays computed that have no value yet. With `types_only` it is those that are static.
    fn materialize(&mut self, options: &Options, line: SourceLine, types_only: bool) -> Result<()> {
        let CallArguments { visitor, values, .. } = self;
        let wanted = visitor.leaves.iter().enumerate().filter_map(|(idx, leaf)| match leaf {
            TreeLeaf::Array(array) if values[idx].is_none() => {
                let is_wanted = !types_only || options.is_static(visitor.arguments[idx]);
                is_wanted.then(|| (idx, array.node()))
            }
            _ => None,
        });
        let (idxs, nodes): (Vec<usize>, Vec<_>) = wanted.unzip();
        for (idx, value) in idxs.into_iter().zip(plan::materialize(&nodes, line)?) {
            values[idx] = Some(value);
        }
        Ok(())
    }

    /// Puts the elements of static arguments into the signature.
    fn read_static(&mut self, options: &Options, line: SourceLine) -> Result<()> {
        let CallArguments { visitor, values, .. } = self;
        for (idx, value) in values.iter().enumerate() {
            let argument = visitor.arguments[idx];
            if !options.is_static(argument) {
                continue;
            }
            match (&visitor.leaves[idx], value) {
                (TreeLeaf::Number(number), _) => {
                    let dtype = signature::number_dtype(*number);
                    let literal = number.to_literal(dtype)?;
                    signature::push_static(&mut visitor.words, &Type::scalar(dtype), literal.bytes());
                }
                (TreeLeaf::Array(_), Some(value)) => {
                    let push = |bytes: &[u8]| signature::push_static(&mut visitor.words, value.ty(), bytes);
                    plan::read_first(value, "a static argument", line, push)?;
                }
                (TreeLeaf::Array(_), None) => return Err(Error::internal("a static argument was not computed")),
                (TreeLeaf::Spec(_), _) => {
                    let message = format!(
                        "'{}' is lowered with a ShapeDtype in argument {argument}, which is static and needs elements",
                        options.name
                    );
                    return Err(Error::type_(message).on(line));
                }
            }
        }
        Ok(())
    }

    pub(super) fn key<A>(&self, arguments: &impl Tree<A>, options: &Options) -> Result<Key> {
        let leaves = self.visitor.leaves.iter().enumerate().map(|(idx, leaf)| {
            let is_static = options.is_static(self.visitor.arguments[idx]);
            Ok(match (leaf, &self.values[idx]) {
                (TreeLeaf::Number(number), _) if is_static => {
                    LeafType::Static(Type::scalar(signature::number_dtype(*number)))
                }
                (TreeLeaf::Number(number), _) => LeafType::Number(signature::number_dtype(*number)),
                (TreeLeaf::Spec(spec), _) => LeafType::Array(spec.ty().clone()),
                (TreeLeaf::Array(_), Some(value)) if is_static => LeafType::Static(value.ty().clone()),
                (TreeLeaf::Array(_), Some(value)) => LeafType::Array(value.ty().clone()),
                // Only types count.
                (TreeLeaf::Array(array), None) => LeafType::Array(array.try_type()?),
            })
        });
        Ok(Key::new(&self.visitor, Visitor::key_paths(arguments), leaves.collect::<Result<_>>()?))
    }
}
