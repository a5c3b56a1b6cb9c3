//! Cuts the ancestors of some nodes out of the graph as one program, in canonical form.
//!
//! The canonical form numbers nodes in the order of a depth-first walk from the roots, so that equal
//! computations have equal keys wherever they lie in the graph. A key holds operations, types and
//! structure, never the values of numbers.

use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use hloom_ir::{Cost, DType, Leaf, Literal, Node, NodeId, Op, Program, Recompute};
use smallvec::SmallVec;

use super::conditions::{Condition, Conditions};
use super::{Content, Garbage, Recorder};
use crate::eval::check::{Check, Checks, Fault, Origin};
use crate::eval::job::Job;
use crate::eval::runtime::runtime;
use crate::eval::value::Value;
use crate::guard;

/// A held array whose computation is a chain of this many cheap operations is computed along with what
/// needs it: shorter ones cost less to compute again than to write to memory. A chain that starts from a
/// dear value, or from one that an earlier program computed and did not keep, counts as long: else a loop
/// that reads one value a round would compute its whole history in every round, as a new program each.
const LONG_CHAIN: u32 = 32;

/// A piece of graph in canonical form.
#[derive(Default)]
pub(crate) struct Extraction {
    /// The canonical form: equal for equal programs.
    key: Vec<u64>,
    /// The nodes in the order of their numbers; operands come before users.
    order: Vec<NodeId>,
    /// The nodes to be computed: the roots, then held ancestors that are dear to compute again.
    pub(crate) outputs: Vec<NodeId>,
    inputs: Vec<Arc<Value>>,
    scalars: SmallVec<[Literal; 4]>,
    conditions: Conditions,
}

/// Why a piece of graph is walked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To compute it.
    Compute,
    /// To show it.
    Show,
}

/// Memory that one walk leaves to the next.
#[derive(Default)]
pub(crate) struct Scratch {
    spare: Extraction,
    stack: Vec<(NodeId, u32)>,
    walk: u64,
}

impl Scratch {
    pub(super) fn put_back(&mut self, extraction: Extraction) {
        self.spare = extraction;
    }
}

impl Recorder {
    /// Walks the ancestors of `roots`, which are not in error.
    pub(crate) fn extract(&mut self, roots: &[NodeId], purpose: Purpose) -> Extraction {
        let mut extraction = std::mem::take(&mut self.extraction.spare);
        extraction.key.clear();
        extraction.order.clear();
        extraction.outputs.clear();
        extraction.inputs.clear();
        extraction.scalars.clear();
        extraction.conditions.clear();
        extraction.outputs.extend_from_slice(roots);
        self.extraction.walk += 1;
        let walk = self.extraction.walk;
        for &root in roots {
            self.graph[root].data.root_of = walk;
        }
        let mut stack = std::mem::take(&mut self.extraction.stack);
        for &root in roots {
            stack.push((root, 0));
            while let Some((id, next)) = stack.pop() {
                let node = &self.graph[id];
                if node.data.mark == walk {
                    continue;
                }
                match node.operands.get(next as usize) {
                    Some(&operand) => {
                        stack.push((id, next + 1));
                        if self.graph[operand].data.mark != walk {
                            stack.push((operand, 0));
                        }
                    }
                    None => self.number(id, walk, purpose, &mut extraction),
                }
            }
        }
        self.extraction.stack = stack;
        // The lengths mark where the nodes end and the outputs begin.
        extraction.key.extend([extraction.order.len() as u64, extraction.outputs.len() as u64]);
        for &output in &extraction.outputs {
            extraction.key.push(u64::from(self.graph[output].data.number));
        }
        extraction
    }

    /// Gives a node, whose operands have theirs, the next number and adds it to the key.
    fn number(&mut self, id: NodeId, walk: u64, purpose: Purpose, extraction: &mut Extraction) {
        let number = extraction.order.len() as u32;
        extraction.order.push(id);
        let node = &self.graph[id];
        // What the node may be in error for.
        let mut conditions = 0;
        match &node.data.leaf {
            Content::Value(value) => {
                if value.is_conditional() {
                    conditions = extraction.conditions.with(0, Condition::Input(extraction.inputs.len()));
                }
                extraction.inputs.push(value.clone());
            }
            Content::Scalar(literal) => extraction.scalars.push(*literal),
            Content::None | Content::Error(_) => {}
        }
        let mut sink = Words(&mut extraction.key);
        node.op.hash(&mut sink);
        sink.write_u64(
            u64::from(node.ty.dtype as u8) | (node.ty.shape.ndim() as u64) << 8 | (node.operands.len() as u64) << 32,
        );
        sink.0.extend(node.ty.shape.iter().map(|&extent| extent as u64));
        let mut chain = 0;
        for &operand in &node.operands {
            let slot = &self.graph[operand].data;
            sink.0.push(u64::from(slot.number));
            chain = chain.max(slot.chain);
            conditions = extraction.conditions.union(conditions, slot.conditions);
        }
        if let Some((_, offender)) = node.in_bounds() {
            conditions = extraction.conditions.with(conditions, Condition::Checked(id));
            // What tells is computed along with it.
            if self.value(offender).is_none() && self.graph[offender].data.root_of != walk {
                self.graph[offender].data.root_of = walk;
                extraction.outputs.push(offender);
            }
        }
        let node = &self.graph[id];
        let (cost, held) = (node.op.facts().cost, node.data.handles > 0);
        // What is computed from a dear value that is not kept is as dear to compute again.
        let mut chain = match (cost, node.op.facts().recomputes) {
            (Cost::Expensive, _) => LONG_CHAIN,
            (Cost::Leaf, _) | (Cost::Cheap, Recompute::Nothing) => 0,
            (Cost::Cheap, Recompute::Itself) => chain.saturating_add(1),
            (Cost::Cheap, Recompute::Operand) => chain,
        };
        if chain > 0 && node.data.computed {
            chain = chain.max(LONG_CHAIN);
        }
        if held && (cost == Cost::Expensive || chain >= LONG_CHAIN) && node.data.root_of != walk {
            extraction.outputs.push(id);
            chain = 0;
        }
        let slot = &mut self.graph[id].data;
        (slot.mark, slot.number, slot.chain, slot.conditions) = (walk, number, chain, conditions);
        slot.computed |= purpose == Purpose::Compute;
    }

    /// The program of an extraction, for whoever lowers or prints it.
    pub(crate) fn program(&self, extraction: &Extraction) -> Program {
        let mut program = Program::default();
        let mut ids = Vec::with_capacity(extraction.order.len());
        for &id in &extraction.order {
            let node = &self.graph[id];
            let operands = node.operands.iter().map(|&operand| ids[self.graph[operand].data.number as usize]);
            let added = program.graph.add(Node {
                op: node.op.clone(),
                operands: operands.collect(),
                ty: node.ty.clone(),
                line: node.line,
                data: (),
            });
            match node.op {
                Op::Leaf(Leaf::Input) => program.inputs.push(added),
                Op::Leaf(Leaf::Scalar) => program.scalars.push(added),
                _ => {}
            }
            ids.push(added);
        }
        program.outputs =
            extraction.outputs.iter().map(|&output| ids[self.graph[output].data.number as usize]).collect();
        program
    }

    /// The job that computes an extraction, and the values that it settles.
    pub(super) fn job(&self, extraction: &mut Extraction, garbage: &mut Garbage) -> (Arc<Job>, Results) {
        let program = runtime().programs.entry(&extraction.key, &mut garbage.programs, || self.program(extraction));
        let results = self.results(extraction);
        let outputs = results.iter().map(Arc::downgrade).collect();
        // The memory of the extraction is used again: it must not keep values alive until then.
        let inputs = std::mem::take(&mut extraction.inputs);
        let denied = AtomicBool::new(guard::denies_recompile());
        let scalars = extraction.scalars.clone();
        (Arc::new(Job { program, inputs, scalars, outputs, denied }), results)
    }
}

/// The values that a job settles.
pub(super) type Results = SmallVec<[Arc<Value>; 2]>;

impl Recorder {
    /// What an extraction computes, with what each of it may be in error for.
    fn results(&self, extraction: &Extraction) -> Results {
        let value = |&id: &NodeId, checks| Value::computing(self.graph[id].ty.clone(), checks);
        if extraction.conditions.all().is_empty() {
            return extraction.outputs.iter().map(|id| value(id, Checks::default())).collect();
        }
        // What tells of an error comes first: other values refer to it.
        let mut results: SmallVec<[Option<Arc<Value>>; 4]> = SmallVec::from_elem(None, extraction.outputs.len());
        let mut checks: Vec<(Condition, Check)> = Vec::new();
        for &condition in extraction.conditions.all() {
            let Condition::Checked(id) = condition else { continue };
            let node = &self.graph[id];
            let Some((bounds, offender)) = node.in_bounds() else { continue };
            let known = self.value(offender).cloned();
            let computed = extraction.outputs.iter().position(|output| *output == offender);
            let offender = known.or_else(|| {
                let result = &mut results[computed?];
                Some(result.get_or_insert_with(|| value(&offender, Checks::default())).clone())
            });
            let Some(offender) = offender else { continue };
            let fault = Fault { bounds: bounds.clone(), origin: Origin::Line(node.line) };
            checks.push((condition, Check { offender, fault: Arc::new(fault) }));
        }
        let finished = extraction.outputs.iter().zip(results).map(|(id, result)| {
            result.unwrap_or_else(|| {
                let set: Vec<Condition> = extraction.conditions.of(self.graph[*id].data.conditions).collect();
                let inputs = set.iter().filter_map(|condition| match condition {
                    Condition::Input(input) => extraction.inputs.get(*input),
                    Condition::Checked(_) => None,
                });
                let own = checks.iter().filter(|(condition, _)| set.contains(condition));
                let own: Vec<Check> = own.map(|(_, check)| check.clone()).collect();
                value(id, Checks::of(inputs).and(&own))
            })
        });
        finished.collect()
    }
}

/// Collects what an operation hashes as words, so that operations with equal words are equal: derived
/// `Hash` writes every field, and the length before every list.
struct Words<'a>(&'a mut Vec<u64>);

impl Hasher for Words<'_> {
    fn finish(&self) -> u64 {
        // Never asked for: the words themselves are the result.
        0
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.0.push(u64::from_ne_bytes(word));
        }
    }

    fn write_u8(&mut self, value: u8) {
        self.0.push(u64::from(value));
    }

    fn write_u64(&mut self, value: u64) {
        self.0.push(value);
    }

    fn write_usize(&mut self, value: usize) {
        self.0.push(value as u64);
    }

    fn write_isize(&mut self, value: isize) {
        self.0.push(value as u64);
    }
}

/// Guards the numbering of dtypes in keys, which must fit the byte they get.
const _: () = assert!(DType::ALL.len() <= u8::MAX as usize);
