//! Cuts the ancestors of some nodes out of the graph as one program, in canonical form.
//!
//! The canonical form numbers nodes in the order of a depth-first walk from the roots, so that equal
//! computations have equal keys wherever they lie in the graph. A key holds operations, types and
//! structure, never the values of scalars.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use hloom_ir::{Cost, DType, Leaf, Literal, Node, NodeId, Op, Program, Recompute};
use smallvec::SmallVec;

use super::{Content, NodeData, Recorder};
use crate::check::{Condition, Conditional, Conditions};
use crate::eval::value::Value;

/// An array that there is a handle on, and that takes a chain of this many cheap operations to compute, becomes a result of
/// the program that computes something from it. A shorter chain costs less to compute again than its result costs to
/// write to memory. A chain that begins with an expensive operation counts as long. So does a chain that an earlier
/// program computed without keeping its result: a loop that reads one value per iteration would otherwise compute its
/// whole history in every iteration, as a new program each time.
const LONG_CHAIN: u32 = 32;

/// A piece of graph in canonical form.
#[derive(Default)]
pub(crate) struct Extraction {
    /// The canonical form: equal for equal programs.
    pub(super) key: Vec<u64>,
    /// The nodes in the order of their numbers; operands come before users.
    order: Vec<NodeId>,
    /// The nodes to be computed: the roots, then held ancestors that are expensive to compute again, and the
    /// results of checks.
    pub(crate) outputs: Vec<NodeId>,
    pub(super) inputs: Vec<Arc<Value>>,
    pub(super) scalars: SmallVec<[Literal; 4]>,
    pub(super) conditions: Conditions,
}

/// What a walk notes at a node.
#[derive(Debug, Default)]
pub(super) struct Marks {
    /// The walk that last saw the node.
    walk: u64,
    /// The last walk that the node is an output of.
    output_of: u64,
    /// The number that the node got in the walk.
    number: u32,
    /// The length of the chain of cheap operations that ends in the node.
    chain: u32,
    /// The checks that the node depends on, as a set of the walk's conditions.
    pub(super) conditions: u32,
    /// Whether any program has computed the node on its way to something else, and did not keep it.
    computed: bool,
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
            self.graph[root].data.marks.output_of = walk;
        }
        let mut stack = std::mem::take(&mut self.extraction.stack);
        for &root in roots {
            stack.push((root, 0));
            while let Some((id, next)) = stack.pop() {
                let node = &self.graph[id];
                if node.data.marks.walk == walk {
                    continue;
                }
                // Operands that were seen before are passed over without going through the stack.
                let remaining = node.operands.get(next as usize..).unwrap_or_default();
                match remaining.iter().position(|&operand| self.graph[operand].data.marks.walk != walk) {
                    Some(n_seen) => {
                        let operand = remaining[n_seen];
                        stack.push((id, next + n_seen as u32 + 1));
                        stack.push((operand, 0));
                    }
                    None => self.take(id, walk, purpose, &mut extraction),
                }
            }
        }
        self.extraction.stack = stack;
        // The lengths mark where the nodes end and the outputs begin.
        extraction.key.extend([extraction.order.len() as u64, extraction.outputs.len() as u64]);
        for &output in &extraction.outputs {
            extraction.key.push(u64::from(self.graph[output].data.marks.number));
        }
        extraction
    }

    /// Takes a node, whose operands were taken before, into an extraction: numbers it, adds it to the key, and notes
    /// what users of the node have to know.
    fn take(&mut self, id: NodeId, walk: u64, purpose: Purpose, extraction: &mut Extraction) {
        let number = extraction.order.len() as u32;
        extraction.order.push(id);
        let node = &self.graph[id];
        write_key(node, &mut extraction.key);
        let (mut chain, mut conditions) = (0, 0);
        for &operand in &node.operands {
            let marks = &self.graph[operand].data.marks;
            extraction.key.push(u64::from(marks.number));
            chain = chain.max(marks.chain);
            conditions = extraction.conditions.union(conditions, marks.conditions);
        }
        let mut chain = length(node, chain);
        // A node that is held is computed along with what needs it if it is expensive to compute again.
        let is_kept = node.data.references.handles > 0 && chain >= LONG_CHAIN;
        let mut to_compute = None;
        match &node.data.content {
            Content::Value(value) => {
                if value.is_conditional() {
                    conditions = extraction.conditions.with(conditions, Condition::Input(extraction.inputs.len()));
                }
                extraction.inputs.push(value.clone());
            }
            Content::Scalar(literal) => extraction.scalars.push(*literal),
            Content::None => {
                if let Some((_, offender)) = node.requirement() {
                    conditions = extraction.conditions.with(conditions, Condition::Checked(id));
                    // The offender is computed along with the value that the check is about.
                    to_compute = self.value(offender).is_none().then_some(offender);
                }
            }
            Content::Error(_) => {}
        }
        if let Some(offender) = to_compute {
            self.add_output(offender, walk, extraction);
        }
        if is_kept && self.add_output(id, walk, extraction) {
            chain = 0;
        }
        let marks = &mut self.graph[id].data.marks;
        (marks.walk, marks.number, marks.chain, marks.conditions) = (walk, number, chain, conditions);
        marks.computed |= purpose == Purpose::Compute;
    }

    /// Makes a node an output of an extraction; false if it is one already.
    fn add_output(&mut self, id: NodeId, walk: u64, extraction: &mut Extraction) -> bool {
        let marks = &mut self.graph[id].data.marks;
        let is_new = marks.output_of != walk;
        if is_new {
            marks.output_of = walk;
            extraction.outputs.push(id);
        }
        is_new
    }

    /// The program of an extraction, for whoever lowers or prints it.
    pub(crate) fn program(&self, extraction: &Extraction) -> Program {
        let mut program = Program::default();
        let mut ids = Vec::with_capacity(extraction.order.len());
        for &id in &extraction.order {
            let node = &self.graph[id];
            let operands = node.operands.iter().map(|&operand| ids[self.graph[operand].data.marks.number as usize]);
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
            extraction.outputs.iter().map(|&output| ids[self.graph[output].data.marks.number as usize]).collect();
        program
    }
}

/// Adds a node to a key: its operation and its type. The numbers of its operands follow.
#[inline]
fn write_key(node: &Node<NodeData>, key: &mut Vec<u64>) {
    let mut writer = KeyWriter { words: key, last: 0, n_small: 0 };
    node.op.hash(&mut writer);
    writer.write_u64(
        u64::from(node.ty.dtype as u8) | (node.ty.shape.ndim() as u64) << 8 | (node.operands.len() as u64) << 32,
    );
    key.extend(node.ty.shape.iter().map(|&extent| extent as u64));
}

/// The length of the chain of cheap operations that ends in a node, from what is kept in memory. That of its operands is
/// known.
fn length(node: &Node<NodeData>, of_operands: u32) -> u32 {
    let facts = node.op.facts();
    let chain = match (facts.cost, facts.recomputes) {
        (Cost::Expensive, _) => LONG_CHAIN,
        (Cost::Leaf, _) | (Cost::Cheap, Recompute::Nothing) => 0,
        (Cost::Cheap, Recompute::Itself) => of_operands.saturating_add(1),
        (Cost::Cheap, Recompute::Operand) => of_operands,
    };
    if chain > 0 && node.data.marks.computed { chain.max(LONG_CHAIN) } else { chain }
}

/// Collects what an operation hashes as words, so that operations with equal words are equal: derived
/// `Hash` writes every field, and the length before every list.
///
/// Small numbers in a row, which are variants inside variants, share a word: each says whether another one follows it.
struct KeyWriter<'a> {
    words: &'a mut Vec<u64>,
    /// The word that small numbers are collected in, which is added when it is full or a longer one follows.
    last: u64,
    n_small: u32,
}

impl KeyWriter<'_> {
    #[inline]
    fn small(&mut self, value: u8) {
        if self.n_small == u64::BITS / u8::BITS {
            self.flush();
        }
        self.last |= u64::from(value) << (u8::BITS * self.n_small);
        self.n_small += 1;
    }

    #[inline]
    fn flush(&mut self) {
        if self.n_small > 0 {
            self.words.push(self.last);
            (self.last, self.n_small) = (0, 0);
        }
    }
}

impl Hasher for KeyWriter<'_> {
    fn finish(&self) -> u64 {
        // Never asked for: the words themselves are the result.
        0
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.write_u64(u64::from_ne_bytes(word));
        }
    }

    #[inline]
    fn write_u8(&mut self, value: u8) {
        self.small(value);
    }

    #[inline]
    fn write_u64(&mut self, value: u64) {
        self.flush();
        self.words.push(value);
    }

    fn write_usize(&mut self, value: usize) {
        self.write_u64(value as u64);
    }

    /// What tells variants apart.
    #[inline]
    fn write_isize(&mut self, value: isize) {
        match u8::try_from(value) {
            Ok(small) => self.small(small),
            Err(_) => self.write_u64(value as u64),
        }
    }
}

/// Guards the numbering of dtypes in keys, which must fit the byte they get.
const _: () = assert!(DType::ALL.len() <= u8::MAX as usize);
