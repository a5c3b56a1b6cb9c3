//! The driver: walks a program in order, lowers each node, and makes the entry computation.
//!
//! Knows which file lowers which operation; how each is computed is theirs.

mod accumulate;
mod arctangent;
mod arg_reduce;
mod barrier;
mod bessel;
mod binary;
mod chain;
mod combination;
mod complex;
mod contraction;
mod control;
mod convert;
mod elementwise;
mod float;
mod hyperbolic;
mod indexing;
mod integer;
mod inverse;
mod layout;
mod leaf;
mod logarithm;
mod order;
mod quotient;
mod reduce;
mod reduction;
mod root;
mod rounding;
mod sort;
mod stages;
mod unary;
mod unroll;

use hloom_ir::{Elementwise, Leaf, Literal, Node, NodeId, Op, Program, Results, Shape, Type, Types};
use prost::Message;

use crate::builder::{Builder, Form, Module};
use crate::proto::{AliasEntryProto, HloInputOutputAliasProto, HloModuleProto};
use crate::types::{OpSource, int};
use crate::value::Value;
use crate::{Error, Result, Target};

/// How a program is lowered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Memory that outputs may take, as extra parameters at the end.
    pub output_buffers: Vec<OutputBuffer>,
    /// Inputs whose memory outputs may take.
    pub donations: Vec<Donation>,
    /// The module's name, for people.
    pub module_name: String,
    /// The compiler that the module is written for.
    pub target: Target,
    /// Whether the module may call a [`Kernel`](crate::Kernel), which its device then has to know.
    pub has_kernels: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            output_buffers: Vec::new(),
            donations: Vec::new(),
            module_name: "hloom".to_owned(),
            target: Target::Cpu,
            has_kernels: false,
        }
    }
}

/// A parameter that is not read: an output may be written to its memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputBuffer {
    /// The position of the output.
    pub output: usize,
    /// The type of the parameter, as many bytes as the output has.
    pub ty: Type,
}

/// An input that the program may overwrite with an output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Donation {
    /// The position of the input.
    pub parameter: usize,
    /// The position of the output, of as many bytes.
    pub output: usize,
}

/// A lowered program.
#[derive(Clone, Debug, PartialEq)]
pub struct Lowered {
    /// The module. Its entry returns one tuple of the outputs, also of one output, all row-major.
    pub module: HloModuleProto,
    /// The parameters: inputs, packs of scalars, output buffers.
    pub parameters: Vec<Type>,
    /// The results.
    pub results: Vec<Type>,
}

impl Lowered {
    /// The module as bytes for a compiler.
    pub fn encode(&self) -> Vec<u8> {
        self.module.encode_to_vec()
    }

    /// What tells the module from others that compute something else: its bytes without the source
    /// lines, which move whenever a user's file is edited.
    pub fn identity(&self) -> Vec<u8> {
        let mut module = self.module.clone();
        for instruction in module.computations.iter_mut().flat_map(|computation| &mut computation.instructions) {
            instruction.metadata.clear();
        }
        module.encode_to_vec()
    }

    /// The passes of XLA that the module must be compiled without, as it would not compile.
    pub fn avoided_passes(&self) -> &'static [&'static str] {
        crate::passes::avoided(&self.module)
    }

    /// The module as HLO text, for people.
    pub fn text(&self) -> String {
        crate::text::module(&self.module)
    }
}

/// The largest array that is lowered. Plugins abort on a 64 TiB iota instead of refusing it, and no
/// device has this much memory.
const MAX_BYTES: usize = 1 << 44;

/// Lowers a verified program.
///
/// # Errors
/// [`Error::TooLarge`] if a node has more bytes than any device; [`Error::Internal`] if the program is
/// not one that the verifier accepts, or an output buffer names no output of its size.
pub fn lower(program: &Program, options: &Options) -> Result<Lowered> {
    let module = Module::new(options.target, options.has_kernels);
    let b = module.computation("main");
    b.reserve(program.graph.len() * 3 / 2);
    let mut lowering = Lowering::new(program, &b, &[]);
    lowering.parameters();
    for buffer in &options.output_buffers {
        b.parameter(Form::Array(buffer.ty.clone()));
    }
    let outputs = lowering.nodes(&program.outputs)?;
    module.set_source(None);
    let entry = b.finish(b.tuple(&outputs));
    drop(lowering);
    drop(b);

    let results = program.result_types();
    let mut parameters = program.parameter_types();
    let first = parameters.len();
    parameters.extend(options.output_buffers.iter().map(|buffer| buffer.ty.clone()));
    let buffers = options.output_buffers.iter().enumerate();
    let buffers = buffers.map(|(idx, buffer)| Donation { parameter: first + idx, output: buffer.output });
    let alias = aliases(buffers.chain(options.donations.iter().cloned()), &parameters, &results)?;
    let mut module = module.finish(&options.module_name, entry)?;
    module.input_output_alias = alias;
    Ok(Lowered { module, parameters, results })
}

fn aliases(
    donations: impl Iterator<Item = Donation>,
    parameters: &[Type],
    results: &[Type],
) -> Result<Option<HloInputOutputAliasProto>> {
    const MAY_ALIAS: i32 = 1;
    let mut taken: Vec<Donation> = Vec::new();
    for donation in donations {
        let Donation { parameter, output } = donation;
        let repeated = taken.iter().any(|earlier| earlier.output == output || earlier.parameter == parameter);
        let sizes = parameters.get(parameter).map(Type::size_bytes).zip(results.get(output).map(Type::size_bytes));
        if repeated || sizes.is_none_or(|(parameter, output)| parameter != output) {
            return Err(Error::Internal(format!("parameter {parameter} is not the place of output {output}")));
        }
        taken.push(donation);
    }
    let entry = |donation: Donation| AliasEntryProto {
        output_shape_index: vec![int(donation.output)],
        parameter_number: int(donation.parameter),
        parameter_shape_index: Vec::new(),
        kind: MAY_ALIAS,
    };
    let entries: Vec<AliasEntryProto> = taken.into_iter().map(entry).collect();
    Ok((!entries.is_empty()).then_some(HloInputOutputAliasProto { entries }))
}

/// A computation while it is built: the entry, or a region.
struct Lowering<'p, 'b> {
    program: &'p Program,
    b: &'b Builder<'b>,
    /// The value of each node lowered so far, by the node's index.
    values: Vec<Option<Value<'b>>>,
    /// The nodes behind which fusion stops.
    barriers: Vec<NodeId>,
    /// The nodes of which the compiler must not see how they are computed.
    hidden: Vec<NodeId>,
    /// What has to be read before arrays are written to in place.
    order: order::Order,
}

impl<'p, 'b> Lowering<'p, 'b> {
    /// `numbers` are the inputs that are numbers of a formula or of the user's.
    fn new(program: &'p Program, b: &'b Builder<'b>, numbers: &[NodeId]) -> Lowering<'p, 'b> {
        let hidden = match b.module().target() {
            Target::Cpu | Target::OlderCpu => Vec::new(),
            Target::Other => chain::find(program, numbers),
        };
        let barriers = barrier::find(program);
        Lowering { program, b, values: Vec::new(), barriers, hidden, order: order::Order::default() }
    }

    /// Reads the elements that an iteration of a loop overwrites before it overwrites them.
    fn ordered(self) -> Lowering<'p, 'b> {
        Lowering { order: order::Order::of(self.program), ..self }
    }

    /// Declares the inputs and takes the scalars out of their packs.
    fn parameters(&mut self) {
        let graph = &self.program.graph;
        for &id in &self.program.inputs {
            let value = self.b.parameter(Form::Array(graph[id].ty.clone()));
            self.set(id, value);
        }
        for (dtype, nodes) in self.program.scalar_packs() {
            let pack = self.b.parameter(Form::Array(Type::new(dtype, [nodes.len()])));
            for (idx, &id) in nodes.iter().enumerate() {
                self.b.module().set_source(source(&graph[id]));
                let element = if nodes.len() == 1 { pack } else { layout::range(pack, 0, idx, idx + 1) };
                self.set(id, element.reshape(&Shape::scalar()));
            }
            self.b.module().set_source(None);
        }
    }

    /// Lowers what some nodes are computed from, and returns their values.
    fn nodes(&mut self, outputs: &[NodeId]) -> Result<Vec<Value<'b>>> {
        let needed = unroll::ancestors(self.program, outputs);
        for id in self.order.nodes(self.program) {
            if needed[id.index()] {
                self.read_before(id, &needed);
                self.node(id)?;
            }
        }
        outputs.iter().map(|&id| self.value(id)).collect()
    }

    /// Has what is read of arrays there before a node writes to them.
    fn read_before(&mut self, id: NodeId, needed: &[bool]) {
        let together = self.order.before(id).filter(|known| needed[known.index()]);
        let together: Vec<NodeId> = together.filter(|&known| self.value(known).is_ok()).collect();
        let values: Vec<Value<'b>> = together.iter().filter_map(|&known| self.value(known).ok()).collect();
        if values.len() > 1 {
            for (known, value) in together.into_iter().zip(self.b.barrier_all(&values)) {
                self.set(known, value);
            }
        }
    }

    fn node(&mut self, id: NodeId) -> Result<()> {
        let node = &self.program.graph[id];
        let several;
        let types = match node.op.facts().results {
            Results::One => std::slice::from_ref(&node.ty),
            Results::Several => {
                several = self.results(node)?;
                &several[..]
            }
        };
        if let Some(ty) = types.iter().find(|ty| ty.size_bytes() > MAX_BYTES) {
            return Err(Error::TooLarge { op: node.op.name(), ty: ty.to_string(), limit: MAX_BYTES });
        }
        if matches!(node.op, Op::Leaf(Leaf::Input | Leaf::Scalar)) {
            return self.value(id).map(drop);
        }
        let operands = node.operands.iter().map(|&operand| self.value(operand)).collect::<Result<Vec<_>>>()?;
        self.b.module().set_source(source(node));
        // There is only one empty array of each type, and many instructions cannot make it.
        let are_empty = types.iter().all(|ty| ty.shape.size() == 0);
        let empty = |ty: &Type| self.b.constant(Literal::zero(ty.dtype), &ty.shape);
        if node.op.facts().results == Results::Several {
            let results = if are_empty {
                self.b.tuple(&types.iter().map(empty).collect::<Vec<_>>())
            } else {
                self.op(node, &operands)?
            };
            let form = self.b.form(results);
            // What a loop only reads comes behind its results.
            let fits = matches!(&form, Form::Tuple(found) if found.starts_with(types));
            if !fits {
                let name = node.op.name();
                return Err(Error::Internal(format!("{name}: lowered to {form:?}, expected {types:?}")));
            }
            self.set(id, results);
            return Ok(());
        }
        let mut value = if are_empty { empty(&node.ty) } else { self.computed(id, node, &operands)? };
        if value.ty() != node.ty {
            return Err(Error::Internal(format!(
                "{}: lowered to {}, expected {}",
                node.op.name(),
                value.ty(),
                node.ty
            )));
        }
        if self.hidden.binary_search(&id).is_ok() {
            value = value.hidden();
        }
        if self.barriers.binary_search(&id).is_ok() || self.order.is_apart(id) {
            value = value.barrier();
        }
        self.set(id, value);
        Ok(())
    }

    /// The types of the results of a node that has several.
    fn results(&self, node: &Node<()>) -> Result<Types> {
        let operands: Vec<&Type> = node.operands.iter().map(|&operand| &self.program.graph[operand].ty).collect();
        let types = node.op.infer(&operands, Some(&node.ty));
        types.map_err(|error| Error::Internal(error.message).within(node.op.name()))
    }

    /// One operation of one array that is not empty, kept as it was written whatever follows.
    fn computed(&self, id: NodeId, node: &Node<()>, operands: &[Value<'b>]) -> Result<Value<'b>> {
        let mut value = self.op(node, operands)?;
        // Before a reduction and behind it, 8-bit integers would saturate where they wrap.
        if matches!(node.op, Op::Elementwise(_) | Op::Reduction(_)) && node.op != Elementwise::Select.into() {
            value = value.wrapped();
        }
        if rounding::is_product_in_sum(self.program, id) {
            value = value.unknown();
        }
        Ok(value)
    }

    /// One operation: an array that is not empty, or the tuple of several results of which one at least is not.
    fn op(&self, node: &Node<()>, operands: &[Value<'b>]) -> Result<Value<'b>> {
        let ty = &node.ty;
        let value = match &node.op {
            Op::Leaf(op) => leaf::lower(self.b, op, ty),
            Op::Elementwise(op) => elementwise::lower(op, operands, ty),
            Op::Layout(op) => layout::lower(op, operands, ty),
            Op::Indexing(op) => indexing::lower(op, operands, ty),
            Op::Reduction(op) => reduction::lower(op, operands, ty),
            Op::Sort(op) => sort::lower(op, operands),
            Op::Contraction(op) => contraction::lower(op, operands, ty),
            Op::Control(op) => self.control(op, &node.operands, operands),
        };
        value.map_err(|error| error.within(node.op.name()))
    }

    fn set(&mut self, id: NodeId, value: Value<'b>) {
        if self.values.len() <= id.index() {
            self.values.resize(id.index() + 1, None);
        }
        self.values[id.index()] = Some(value);
    }

    fn value(&self, id: NodeId) -> Result<Value<'b>> {
        let value = self.values.get(id.index()).copied().flatten();
        value.ok_or_else(|| Error::Internal(format!("{id:?} is used before it is computed")))
    }
}

/// As many operands as an operation has.
fn exactly<'b, const N: usize>(operands: &[Value<'b>]) -> Result<[Value<'b>; N]> {
    let n_given = operands.len();
    operands.try_into().map_err(|_| Error::Internal(format!("expected {N} operands, got {n_given}")))
}

/// Where a node comes from, for profiles and for messages of the compiler.
fn source(node: &Node<()>) -> Option<OpSource> {
    Some((node.op.name(), node.line))
}
