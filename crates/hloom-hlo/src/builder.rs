//! A small builder of HLO computations that tracks shapes.
//!
//! No instruction with operands that do not fit leaves it: the first misfit is kept, everything built
//! after it is discarded, and [`Module::finish`] returns it as an error. Formulas therefore read like
//! formulas, without a `?` at every step. Knows nothing about the operations of a graph, nor about the instructions of
//! formulas.

use std::cell::{Cell, RefCell};

use hloom_ir::{DType, Literal, Shape, Type, Weak};
use prost::Message;
use prost::bytes::Bytes;
use rustc_hash::FxHashMap;

use crate::proto::{HloComputationProto, HloInstructionProto, HloModuleProto, ProgramShapeProto, ShapeProto};
use crate::types::{OpSource, int, literal_proto, metadata_proto, shape_proto, tuple_proto};
use crate::{Error, Result, Target, readers};

/// The computations of a module that is being built.
#[derive(Debug, Default)]
pub(crate) struct Module {
    target: Target,
    /// Whether kernels can be called.
    has_kernels: bool,
    computations: RefCell<Vec<HloComputationProto>>,
    last_id: Cell<i64>,
    /// The first instruction that did not fit.
    fault: RefCell<Option<String>>,
    /// The operation that is being lowered, and what is written to every instruction of it.
    source: RefCell<(Option<OpSource>, Bytes)>,
    /// What was written for sources before.
    metadata: RefCell<FxHashMap<OpSource, Bytes>>,
    /// The types that instructions have had, encoded.
    shapes: RefCell<FxHashMap<Type, Bytes>>,
    /// Computations by what they compute, so that each is in the module once.
    shared: RefCell<FxHashMap<String, Computation>>,
}

/// A finished computation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Computation {
    id: i64,
}

impl Module {
    /// An empty module for a compiler.
    pub(crate) fn new(target: Target, has_kernels: bool) -> Module {
        Module { target, has_kernels, ..Module::default() }
    }

    /// The compiler that it is written for.
    pub(crate) fn target(&self) -> Target {
        self.target
    }

    /// Whether it may call kernels.
    pub(crate) fn has_kernels(&self) -> bool {
        self.has_kernels
    }

    /// Starts a computation.
    pub(crate) fn computation(&self, name: &str) -> Builder<'_> {
        let id = self.fresh_id();
        Builder { module: self, id, name: format!("{name}.{id}"), is_combination: false, state: RefCell::default() }
    }

    /// A computation of two elements, which reductions and scatters call for each.
    pub(crate) fn combination(&self, name: &str) -> Builder<'_> {
        Builder { is_combination: true, ..self.computation(name) }
    }

    /// The computation of a key, built on first use. The key tells all that `build` depends on.
    pub(crate) fn shared(&self, key: String, build: impl FnOnce() -> Computation) -> Computation {
        if let Some(&computation) = self.shared.borrow().get(&key) {
            return computation;
        }
        let computation = build();
        self.shared.borrow_mut().insert(key, computation);
        computation
    }

    /// Where the instructions that follow come from.
    pub(crate) fn set_source(&self, source: Option<OpSource>) {
        let encode = |source: OpSource| {
            let mut metadata = self.metadata.borrow_mut();
            metadata.entry(source).or_insert_with(|| metadata_proto(source).encode_to_vec().into()).clone()
        };
        *self.source.borrow_mut() = (source, source.map(encode).unwrap_or_default());
    }

    /// Where instructions come from at the moment.
    pub(crate) fn source(&self) -> Option<OpSource> {
        self.source.borrow().0
    }

    /// Keeps the first misfit.
    pub(crate) fn fail(&self, message: String) {
        self.fault.borrow_mut().get_or_insert(message);
    }

    /// The module with `entry` as its entry computation.
    pub(crate) fn finish(self, name: &str, entry: Computation) -> Result<HloModuleProto> {
        if let Some(message) = self.fault.into_inner() {
            return Err(Error::Internal(message));
        }
        let computations = self.computations.into_inner();
        let Some(main) = computations.iter().find(|computation| computation.id == entry.id) else {
            return Err(Error::Internal("the entry computation was not finished".to_owned()));
        };
        Ok(HloModuleProto {
            name: name.to_owned(),
            entry_computation_name: main.name.clone(),
            host_program_shape: main.program_shape.clone(),
            id: 1,
            entry_computation_id: entry.id,
            computations,
            input_output_alias: None,
        })
    }

    /// An encoded [`ShapeProto`].
    fn shape(&self, form: &Form) -> Bytes {
        match form {
            Form::Array(ty) => {
                if let Some(shape) = self.shapes.borrow().get(ty) {
                    return shape.clone();
                }
                let shape: Bytes = form.shape_proto().encode_to_vec().into();
                self.shapes.borrow_mut().insert(ty.clone(), shape.clone());
                shape
            }
            Form::Tuple(_) => form.shape_proto().encode_to_vec().into(),
        }
    }

    fn fresh_id(&self) -> i64 {
        self.last_id.set(self.last_id.get() + 1);
        self.last_id.get()
    }
}

/// What an instruction yields.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Form {
    /// One array.
    Array(Type),
    /// Several arrays, as the state of a loop.
    Tuple(Vec<Type>),
}

impl Form {
    fn shape_proto(&self) -> ShapeProto {
        match self {
            Form::Array(ty) => shape_proto(ty),
            Form::Tuple(types) => tuple_proto(types),
        }
    }
}

/// An instruction's result. A value is a place in its computation, so it is copied freely.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Value<'b> {
    builder: &'b Builder<'b>,
    slot: usize,
}

impl<'b> Value<'b> {
    /// The value at a place of a computation.
    fn new<'m: 'b>(builder: &'b Builder<'m>, slot: usize) -> Value<'b> {
        Value { builder, slot }
    }

    /// The computation it belongs to.
    pub(crate) fn builder(self) -> &'b Builder<'b> {
        self.builder
    }

    /// The place in the computation.
    fn slot(self) -> usize {
        self.slot
    }

    /// Dtype and shape. A tuple has no such type: asking is a misfit.
    pub(crate) fn ty(self) -> Type {
        match self.builder.form(self) {
            Form::Array(ty) => ty,
            Form::Tuple(types) => {
                self.fail(format!("expected an array, got a tuple of {types:?}"));
                Type::scalar(DType::Bool)
            }
        }
    }

    /// The element type.
    pub(crate) fn dtype(self) -> DType {
        self.ty().dtype
    }

    /// The extents.
    pub(crate) fn shape(self) -> Shape {
        self.ty().shape
    }

    /// Keeps a misfit.
    pub(crate) fn fail(self, message: String) {
        self.builder.module().fail(message);
    }
}

/// One computation that is being built.
#[derive(Debug)]
pub(crate) struct Builder<'m> {
    module: &'m Module,
    id: i64,
    name: String,
    is_combination: bool,
    state: RefCell<State>,
}

#[derive(Debug, Default)]
struct State {
    instructions: Vec<HloInstructionProto>,
    forms: Vec<Form>,
    parameters: Vec<usize>,
    constants: FxHashMap<(Literal, Shape), usize>,
    /// Negative zeros behind a barrier.
    unknown_zeros: Vec<(DType, usize)>,
    /// Negative zeros that only the run knows.
    run_time_zeros: Vec<(DType, usize)>,
    /// The values that are one number everywhere.
    numbers: FxHashMap<usize, Literal>,
    /// The values that a library computes, together with what they are computed from.
    in_library: Vec<usize>,
}

/// How many instructions that a value is computed from are looked at.
const MOST_JUDGED: usize = 64;

/// Whether what an instruction yields is in memory, so that it is not computed where it is read.
pub(crate) fn is_in_memory(opcode: &str) -> bool {
    matches!(opcode, "parameter" | "get-tuple-element" | "opt-barrier" | "constant" | "dot" | "reduce")
}

/// What is thought of an instruction that a value is computed from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Judgement {
    /// It is as it should be if its operands are.
    AsItsOperands,
    /// It is as it should be, whatever it is computed from.
    Known,
    /// It is not as it should be.
    Refused,
}

impl Builder<'_> {
    /// The module that the computation belongs to.
    pub(crate) fn module(&self) -> &Module {
        self.module
    }

    /// Makes room for instructions, which are large: to move them to more and more room takes as long as to write them.
    pub(crate) fn reserve(&self, n_instructions: usize) {
        let mut state = self.state.borrow_mut();
        state.instructions.reserve(n_instructions);
        state.forms.reserve(n_instructions);
    }

    /// Appends an instruction. `fill` writes the fields that its opcode has beside shape and operands.
    ///
    /// The callers check that operands and result fit each other; here it is only checked that the
    /// operands belong to this computation.
    pub(crate) fn emit<'b>(
        &'b self,
        opcode: &'static str,
        form: Form,
        operands: &[Value<'b>],
        fill: impl FnOnce(&mut HloInstructionProto),
    ) -> Value<'b> {
        let id = self.module.fresh_id();
        let mut instruction = HloInstructionProto {
            name: name(opcode, id),
            opcode: opcode.to_owned(),
            shape: self.module.shape(&form),
            metadata: self.module.source.borrow().1.clone(),
            id,
            operand_ids: operands.iter().map(|&operand| self.instruction_id(opcode, operand)).collect(),
            ..HloInstructionProto::default()
        };
        // May ask for the types of other values, so nothing is borrowed here.
        fill(&mut instruction);
        let mut state = self.state.borrow_mut();
        state.instructions.push(instruction);
        state.forms.push(form);
        let slot = state.forms.len() - 1;
        // What is spread out over a shape stays the same number.
        if let ("broadcast" | "reshape", [operand]) = (opcode, operands)
            && let Some(&number) = state.numbers.get(&operand.slot())
        {
            state.numbers.insert(slot, number);
        }
        Value::new(self, slot)
    }

    fn instruction_id(&self, opcode: &str, operand: Value<'_>) -> i64 {
        let state = self.state.borrow();
        match state.instructions.get(operand.slot()).filter(|_| std::ptr::eq(operand.builder(), self)) {
            Some(instruction) => instruction.id,
            None => {
                self.module.fail(format!("{opcode}: an operand belongs to another computation"));
                0
            }
        }
    }

    /// Appends an instruction that yields one array.
    pub(crate) fn array<'b>(
        &'b self,
        opcode: &'static str,
        ty: Type,
        operands: &[Value<'b>],
        fill: impl FnOnce(&mut HloInstructionProto),
    ) -> Value<'b> {
        self.emit(opcode, Form::Array(ty), operands, fill)
    }

    /// What an instruction of this computation yields.
    pub(crate) fn form(&self, value: Value<'_>) -> Form {
        self.inspect(value, Form::clone)
    }

    /// Whether a value of this computation is that of an instruction of some opcode.
    pub(crate) fn is_of(&self, value: Value<'_>, opcode: &str) -> bool {
        self.state.borrow().instructions.get(value.slot()).is_some_and(|instruction| instruction.opcode == opcode)
    }

    /// Whether all instructions that a value is computed from are as they should be. `judge` is asked about each of them once,
    /// by its opcode and what it yields, the first [`MOST_JUDGED`] at most.
    pub(crate) fn is_made_of(&self, value: Value<'_>, judge: impl Fn(&str, &Form) -> Judgement) -> bool {
        let state = self.state.borrow();
        let (mut seen, mut pending) = (vec![value.slot()], vec![value.slot()]);
        while let Some(slot) = pending.pop() {
            let (Some(instruction), Some(form)) = (state.instructions.get(slot), state.forms.get(slot)) else {
                return false;
            };
            match judge(&instruction.opcode, form) {
                Judgement::Refused => return false,
                Judgement::Known => {}
                Judgement::AsItsOperands => {
                    for id in &instruction.operand_ids {
                        // Numbers are given in turn.
                        if let Ok(slot) = state.instructions.binary_search_by_key(id, |instruction| instruction.id)
                            && !seen.contains(&slot)
                            && seen.len() < MOST_JUDGED
                        {
                            seen.push(slot);
                            pending.push(slot);
                        }
                    }
                }
            }
        }
        true
    }

    /// Looks at what an instruction of this computation yields.
    pub(crate) fn inspect<T>(&self, value: Value<'_>, look: impl FnOnce(&Form) -> T) -> T {
        match self.state.borrow().forms.get(value.slot()) {
            Some(form) => look(form),
            None => {
                self.module.fail("a value belongs to another computation".to_owned());
                look(&Form::Tuple(Vec::new()))
            }
        }
    }

    /// The next parameter.
    pub(crate) fn parameter(&self, form: Form) -> Value<'_> {
        let number = self.state.borrow().parameters.len();
        let value = self.emit("parameter", form, &[], |instruction| instruction.parameter_number = int(number));
        self.state.borrow_mut().parameters.push(value.slot());
        value
    }

    /// A number at every place of a shape. Each number of a shape is built once.
    pub(crate) fn constant(&self, literal: Literal, shape: &Shape) -> Value<'_> {
        if let Some(&slot) = self.state.borrow().constants.get(&(literal, shape.clone())) {
            return Value::new(self, slot);
        }
        let ty = Type { dtype: literal.dtype(), shape: shape.clone() };
        let value = if shape.is_empty() {
            self.array("constant", ty, &[], |instruction| instruction.literal = Some(Box::new(literal_proto(&literal))))
        } else {
            let scalar = self.constant(literal, &Shape::scalar());
            self.array("broadcast", ty, &[scalar], |_| {})
        };
        let mut state = self.state.borrow_mut();
        state.numbers.insert(value.slot(), literal);
        state.constants.insert((literal, shape.clone()), value.slot());
        value
    }

    /// A 0-d negative zero of a float dtype in which the compiler sees no number, built once.
    pub(crate) fn unknown_zero(&self, dtype: DType) -> Value<'_> {
        if let Some(&(_, slot)) = self.state.borrow().unknown_zeros.iter().find(|(of, _)| *of == dtype) {
            return Value::new(self, slot);
        }
        if self.module().target() == Target::OlderCpu && !self.is_combination {
            // It takes barriers away before it makes machine code, and the zero with them. It has no code for the other zero
            // where two elements are combined: there the product of a complex reduction may be rounded with its sum.
            return self.run_time_zero(dtype);
        }
        let zero = self.constant(Weak::Float(-0.0).saturating_literal(dtype), &Shape::scalar());
        let zero = self.array("opt-barrier", zero.ty(), &[zero], |_| {});
        self.state.borrow_mut().unknown_zeros.push((dtype, zero.slot()));
        zero
    }

    /// A 0-d negative zero of a float dtype that only the run of the program knows, built once. The compiler moves what is
    /// behind a barrier out of a loop, and the barrier away; code of a small loop and what comes before it then see the
    /// number.
    pub(crate) fn run_time_zero(&self, dtype: DType) -> Value<'_> {
        if let Some(&(_, slot)) = self.state.borrow().run_time_zeros.iter().find(|(of, _)| *of == dtype) {
            return Value::new(self, slot);
        }
        let device = self.array("partition-id", Type::scalar(DType::U32), &[], |_| {});
        let is_never = device.equals(self.constant(Literal::new(u32::MAX), &Shape::scalar()));
        let number = |number: f64| self.constant(Weak::Float(number).saturating_literal(dtype), &Shape::scalar());
        let zero = is_never.select(number(1.0), number(-0.0));
        self.set_run_time_zero(zero);
        zero
    }

    /// Has a value as the unknown zero of its dtype, which comes from outside of the computation.
    pub(crate) fn set_run_time_zero(&self, zero: Value<'_>) {
        let of = (zero.dtype(), zero.slot());
        let mut state = self.state.borrow_mut();
        state.run_time_zeros.push(of);
        state.unknown_zeros.push(of);
    }

    /// The number that a value is everywhere, if it was built as one.
    pub(crate) fn number(&self, value: Value<'_>) -> Option<Literal> {
        self.state.borrow().numbers.get(&value.slot()).copied()
    }

    /// Notes that a library computes a value, together with what it is computed from.
    pub(crate) fn set_in_library(&self, value: Value<'_>) {
        self.state.borrow_mut().in_library.push(value.slot());
    }

    /// Several arrays as one value.
    pub(crate) fn tuple<'b>(&'b self, parts: &[Value<'b>]) -> Value<'b> {
        let types = parts.iter().map(|part| part.ty()).collect();
        self.emit("tuple", Form::Tuple(types), parts, |_| {})
    }

    /// One array of a tuple.
    pub(crate) fn part<'b>(&'b self, tuple: Value<'b>, idx: usize) -> Value<'b> {
        match self.form(tuple) {
            Form::Tuple(types) if idx < types.len() => {
                self.array("get-tuple-element", types[idx].clone(), &[tuple], |instruction| {
                    instruction.tuple_index = int(idx);
                })
            }
            form => {
                self.module.fail(format!("get-tuple-element: expected a tuple with part {idx}, got {form:?}"));
                tuple
            }
        }
    }

    /// Several arrays behind one point that fusion does not cross: none is there before all of them are.
    pub(crate) fn barrier_all<'b>(&'b self, parts: &[Value<'b>]) -> Vec<Value<'b>> {
        let tuple = self.tuple(parts);
        let crossed = self.emit("opt-barrier", self.form(tuple), &[tuple], |_| {});
        (0..parts.len()).map(|idx| self.part(crossed, idx)).collect()
    }

    /// Repeats `body` while `condition` holds, each a computation of the tuple `state`.
    pub(crate) fn while_loop<'b>(&'b self, condition: Computation, body: Computation, state: Value<'b>) -> Value<'b> {
        self.emit("while", self.form(state), &[state], |instruction| {
            instruction.called_computation_ids = vec![body.id, condition.id];
        })
    }

    /// What one of some computations of the tuple `input` yields. `selector`, a 0-d int32, chooses; a bool
    /// chooses the first of two if it is true.
    pub(crate) fn conditional<'b>(
        &'b self,
        selector: Value<'b>,
        branches: &[Computation],
        input: Value<'b>,
        form: Form,
    ) -> Value<'b> {
        let mut operands = vec![selector];
        operands.extend(branches.iter().map(|_| input));
        self.emit("conditional", form, &operands, |instruction| {
            instruction.called_computation_ids = branches.iter().map(|branch| branch.id).collect();
        })
    }

    /// Ends the computation with `root` as its result.
    pub(crate) fn finish(&self, root: Value<'_>) -> Computation {
        let root_id = self.instruction_id("the root", root);
        if self.module.target.is_cpu() {
            self.spare_memory();
        }
        let mut state = self.state.borrow_mut();
        let instructions = std::mem::take(&mut state.instructions);
        let shape_of = |slot: usize| state.forms.get(slot).map(Form::shape_proto);
        let program_shape = ProgramShapeProto {
            parameters: state.parameters.iter().filter_map(|&slot| shape_of(slot)).collect(),
            result: shape_of(root.slot()),
            parameter_names: (0..state.parameters.len()).map(|number| format!("p{number}")).collect(),
        };
        self.module.computations.borrow_mut().push(HloComputationProto {
            name: self.name.clone(),
            instructions,
            program_shape: Some(program_shape),
            id: self.id,
            root_id,
        });
        Computation { id: self.id }
    }
}

impl Builder<'_> {
    /// Gives the readers of some expensive values the product of it and 1; see [`readers`].
    fn spare_memory(&self) {
        let (found, n_instructions) = {
            let state = self.state.borrow();
            let array = |slot: usize| match state.forms.get(slot) {
                Some(Form::Array(ty)) => Some(ty),
                Some(Form::Tuple(_)) | None => None,
            };
            (readers::find(&state.instructions, array, &state.in_library), state.instructions.len())
        };
        if found.is_empty() {
            return;
        }
        let mut ones: FxHashMap<Type, Value<'_>> = FxHashMap::default();
        for &slot in &found {
            let value = Value::new(self, slot);
            let ty = value.ty();
            // Not one that is there already, which may come behind the value.
            let one = *ones.entry(ty.clone()).or_insert_with(|| {
                let one = literal_proto(&Literal::one(ty.dtype));
                let one = self.array("constant", Type::scalar(ty.dtype), &[], |it| it.literal = Some(Box::new(one)));
                self.array("broadcast", ty, &[one], |_| {})
            });
            let _ = value * one;
        }
        let mut state = self.state.borrow_mut();
        let mut instructions = std::mem::take(&mut state.instructions);
        let (products, ones): (Vec<_>, Vec<_>) =
            instructions.drain(n_instructions..).partition(|added| added.opcode == "multiply");
        let of: FxHashMap<i64, i64> = products.iter().map(|product| (product.operand_ids[0], product.id)).collect();
        // Operands come before their readers.
        state.instructions = ones;
        let mut products = products.into_iter().peekable();
        for mut instruction in instructions {
            for operand in &mut instruction.operand_ids {
                *operand = of.get(operand).copied().unwrap_or(*operand);
            }
            let product = products.next_if(|product| product.operand_ids[0] == instruction.id);
            let product =
                product.map(|product| HloInstructionProto { metadata: instruction.metadata.clone(), ..product });
            state.instructions.push(instruction);
            state.instructions.extend(product);
        }
    }
}

/// The name of an instruction.
fn name(opcode: &str, id: i64) -> String {
    let (mut digits, mut name) = (itoa::Buffer::new(), String::with_capacity(opcode.len() + 8));
    name.push_str(opcode);
    name.push('.');
    name.push_str(digits.format(id));
    name
}

/// Names the computations that an instruction calls.
pub(crate) fn call(instruction: &mut HloInstructionProto, computation: Computation) {
    instruction.called_computation_ids = vec![computation.id];
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameter<'b>(b: &'b Builder<'_>, dtype: DType, shape: &[usize]) -> Value<'b> {
        b.parameter(Form::Array(Type::new(dtype, shape)))
    }

    #[test]
    fn a_misfit_is_an_error_and_the_first_is_kept() {
        let module = Module::default();
        let b = module.computation("main");
        let x = parameter(&b, DType::F32, &[2]);
        let y = parameter(&b, DType::F32, &[3]);
        let z = parameter(&b, DType::F64, &[2]);
        let root = b.tuple(&[x + y, x * z]);
        let entry = b.finish(root);
        let message = module.finish("m", entry).unwrap_err().to_string();
        assert!(message.contains("add: expected operands of one type, got f32[2] and f32[3]"), "{message}");
    }

    #[test]
    fn values_of_another_computation_are_refused() {
        let module = Module::default();
        let (a, b) = (module.computation("a"), module.computation("b"));
        let x = parameter(&a, DType::F32, &[]);
        let y = parameter(&b, DType::F32, &[]);
        let entry = b.finish(b.array("add", y.ty(), &[x, y], |_| {}));
        assert!(module.finish("m", entry).is_err());
    }

    #[test]
    fn numbers_are_built_once_for_each_shape() {
        let module = Module::default();
        let b = module.computation("main");
        let x = parameter(&b, DType::F32, &[2]);
        let root = b.tuple(&[(x + 1.0) * 1.0 + 2.0]);
        let entry = b.finish(root);
        let proto = module.finish("m", entry).unwrap();
        let count = |opcode: &str| proto.computations[0].instructions.iter().filter(|i| i.opcode == opcode).count();
        assert_eq!((count("constant"), count("broadcast"), count("add")), (2, 2, 2));
    }

    #[test]
    fn several_readers_of_an_expensive_value_read_a_product() {
        /// The opcodes, each with what its operands are, as positions in the list.
        fn program(
            target: Target,
            build: impl for<'b> FnOnce(&'b Builder<'b>, Value<'b>, Value<'b>) -> Value<'b>,
        ) -> Vec<(String, Vec<usize>)> {
            let module = Module::new(target, false);
            let b = module.computation("main");
            let [x, y] = [(); 2].map(|()| parameter(&b, DType::F32, &[8]));
            let root = b.tuple(&[build(&b, x, y)]);
            let entry = b.finish(root);
            drop(b);
            let mut proto = module.finish("m", entry).unwrap();
            let instructions = proto.computations.pop().unwrap().instructions;
            let place = |id: &i64| instructions.iter().position(|instruction| instruction.id == *id).unwrap();
            let listed = |instruction: &HloInstructionProto| {
                (instruction.opcode.clone(), instruction.operand_ids.iter().map(place).collect::<Vec<_>>())
            };
            instructions.iter().map(listed).collect()
        }
        /// What the readers of the quotient read, which is the one value with two readers.
        fn read(instructions: &[(String, Vec<usize>)]) -> Vec<&str> {
            assert!(instructions.iter().enumerate().all(|(at, (_, operands))| operands.iter().all(|&of| of < at)));
            let adds = instructions.iter().filter(|(opcode, _)| opcode == "add" || opcode == "subtract");
            adds.map(|(_, operands)| instructions[operands[0]].0.as_str()).collect()
        }
        let twice = program(Target::Cpu, |_, x, y| {
            let quotient = x / y;
            (quotient + x) * (quotient - y)
        });
        assert_eq!(read(&twice), ["multiply", "multiply"]);
        let elsewhere = program(Target::Other, |_, x, y| {
            let quotient = x / y;
            (quotient + x) * (quotient - y)
        });
        assert_eq!(read(&elsewhere), ["divide", "divide"]);
        let once = program(Target::Cpu, |_, x, y| x / y + x);
        assert_eq!(read(&once), ["divide"]);
        // What is in memory anyway is read there.
        let written = program(Target::Cpu, |b, x, y| {
            let quotient = x / y;
            let behind = b.barrier_all(&[quotient]);
            (quotient + x) * behind[0]
        });
        assert_eq!(read(&written), ["divide"]);
        let by_a_library = program(Target::Cpu, |b, x, y| {
            let quotient = x / y;
            let sum = (quotient + x) * (quotient - y);
            b.set_in_library(sum);
            sum
        });
        assert_eq!(read(&by_a_library), ["divide", "divide"]);
    }

    #[test]
    fn names_and_ids_are_unique() {
        let module = Module::default();
        let b = module.computation("main");
        let x = parameter(&b, DType::F32, &[2]);
        let entry = b.finish(b.tuple(&[x + x, x + x]));
        let proto = module.finish("m", entry).unwrap();
        let mut names: Vec<&str> = proto.computations[0].instructions.iter().map(|i| i.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), proto.computations[0].instructions.len());
    }
}
