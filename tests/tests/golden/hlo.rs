//! HLO text of programs that show one choice of lowering each.

use expect_test::{ExpectFile, expect_file};
use hloom_hlo::{Error, Options, OutputBuffer, Target, lower};
use hloom_ir::{
    AxisSet, Binary, Combine, Contraction, Control, DType, DotDims, Extreme, IndexDims, Indexing, Layout, Leaf,
    Literal, NodeId, Op, PadDims, Reducer, Reduction, Region, Shape, SliceDims, Sort, Switch, Type, Unary, While,
};
use hloom_transform::{Build, ProgramBuilder};

use super::line::line;

/// A program under construction, all of whose nodes have one line.
struct Recorder(ProgramBuilder);

impl Default for Recorder {
    fn default() -> Recorder {
        let mut builder = ProgramBuilder::new();
        builder.at(line());
        Recorder(builder)
    }
}

impl Recorder {
    fn declared(&mut self, op: impl Into<Op>, operands: &[NodeId], ty: Type) -> NodeId {
        self.0.declared(op, operands, ty).unwrap()
    }

    fn op(&mut self, op: impl Into<Op>, operands: &[NodeId]) -> NodeId {
        self.0.op(op, operands).unwrap()
    }

    fn input<const N: usize>(&mut self, dtype: DType, shape: [usize; N]) -> NodeId {
        self.0.input(Type::new(dtype, shape))
    }

    fn scalar(&mut self, dtype: DType) -> NodeId {
        self.0.scalar(dtype)
    }

    fn check(self, outputs: &[NodeId], buffers: &[usize], expected: ExpectFile) {
        self.check_for(Target::Cpu, outputs, buffers, expected);
    }

    fn check_for(self, target: Target, outputs: &[NodeId], buffers: &[usize], expected: ExpectFile) {
        let program = self.0.finish(outputs);
        program.verify().unwrap();
        let results = program.result_types();
        let output_buffers =
            buffers.iter().map(|&output| OutputBuffer { output, ty: results[output].clone() }).collect();
        let options = Options { output_buffers, module_name: "golden".to_owned(), target, ..Options::default() };
        let lowered = lower(&program, &options).unwrap();
        expected.assert_eq(&lowered.text());
        assert_eq!(lowered.parameters[..program.parameter_types().len()], program.parameter_types());
        assert_eq!(lowered.results, results);
    }
}

#[test]
fn scalars_come_packed_by_dtype() {
    let mut r = Recorder::default();
    let x = r.input(DType::F32, [3]);
    let (a, n, b) = (r.scalar(DType::F32), r.scalar(DType::I64), r.scalar(DType::F32));
    let scaled = r.op(Binary::Multiply, &[x, a]);
    let shifted = r.op(Binary::Add, &[scaled, b]);
    r.check(&[shifted, n], &[], expect_file!["hlo/scalars.hlo"]);
}

#[test]
fn broadcasting_drops_axes_that_grow() {
    let mut r = Recorder::default();
    let (x, y) = (r.input(DType::F64, [4, 1, 3]), r.input(DType::F64, [5, 1]));
    let sum = r.op(Binary::Add, &[x, y]);
    let wide = r.declared(Layout::Broadcast, &[y], Type::new(DType::F64, [2, 5, 1]));
    r.check(&[sum, wide], &[], expect_file!["hlo/broadcast.hlo"]);
}

#[test]
fn half_precision_is_summed_in_float32() {
    let mut r = Recorder::default();
    let x = r.input(DType::F16, [4, 5]);
    let axes: AxisSet = [1].into_iter().collect();
    let sum = r.op(Reduction::Reduce { reducer: Reducer::Sum, axes }, &[x]);
    let max = r.op(Reduction::Reduce { reducer: Reducer::Max, axes: AxisSet::all(2) }, &[x]);
    r.check(&[sum, max], &[], expect_file!["hlo/reduce.hlo"]);
}

#[test]
fn complex_numbers_order_by_both_parts() {
    let mut r = Recorder::default();
    let x = r.input(DType::C64, [4]);
    let max = r.op(Reduction::Reduce { reducer: Reducer::Max, axes: AxisSet::all(1) }, &[x]);
    r.check(&[max], &[], expect_file!["hlo/complex_max.hlo"]);
}

#[test]
fn index_arrays_gather_and_scatter() {
    let mut r = Recorder::default();
    let x = r.input(DType::F32, [3, 4, 5]);
    let (i, j) = (r.input(DType::I64, [2, 2]), r.input(DType::I64, [2, 2]));
    let both = IndexDims { axes: [0, 2].into_iter().collect(), position: 0 };
    let middle = IndexDims { axes: [1].into_iter().collect(), position: 1 };
    let corner = r.op(Indexing::Gather(both), &[x, i, j]);
    let rows = r.op(Indexing::Gather(middle), &[x, i]);
    let written = r.op(
        Indexing::Scatter { dims: middle, combine: Combine::By { op: Binary::Add, kept: DType::F32 } },
        &[x, rows, j],
    );
    r.check(&[corner, written], &[], expect_file!["hlo/gather_scatter.hlo"]);
}

#[test]
fn positions_known_at_run_time_are_operands() {
    let mut r = Recorder::default();
    let x = r.input(DType::I32, [4, 5]);
    let (i, j) = (r.scalar(DType::I64), r.scalar(DType::I64));
    let part = r.declared(Indexing::DynamicSlice, &[x, i, j], Type::new(DType::I32, [2, 1]));
    let written = r.op(Indexing::DynamicUpdateSlice, &[x, part, j, i]);
    r.check(&[written], &[], expect_file!["hlo/dynamic_slice.hlo"]);
}

#[test]
fn contractions_accumulate_wide() {
    let mut r = Recorder::default();
    let (x, y) = (r.input(DType::BF16, [2, 3, 4]), r.input(DType::BF16, [2, 4, 5]));
    let (p, q) = (r.input(DType::Bool, [3]), r.input(DType::Bool, [3]));
    let batch = DotDims {
        lhs_batch: [0].as_slice().into(),
        rhs_batch: [0].as_slice().into(),
        lhs_contracting: [2].as_slice().into(),
        rhs_contracting: [1].as_slice().into(),
    };
    let inner = DotDims {
        lhs_batch: [].as_slice().into(),
        rhs_batch: [].as_slice().into(),
        lhs_contracting: [0].as_slice().into(),
        rhs_contracting: [0].as_slice().into(),
    };
    let product = r.op(Contraction::Dot(Box::new(batch)), &[x, y]);
    let any = r.op(Contraction::Dot(Box::new(inner)), &[p, q]);
    r.check(&[product, any], &[], expect_file!["hlo/dot.hlo"]);
}

#[test]
fn output_buffers_follow_the_parameters_and_may_be_taken() {
    let mut r = Recorder::default();
    let (x, a) = (r.input(DType::F32, [8]), r.scalar(DType::F32));
    let (up, down) = (r.op(Binary::Add, &[x, a]), r.op(Binary::Subtract, &[x, a]));
    r.check(&[up, down], &[1], expect_file!["hlo/output_buffers.hlo"]);
}

#[test]
fn integer_division_never_divides_by_zero_or_minus_one() {
    let mut r = Recorder::default();
    let (x, y) = (r.input(DType::I32, [4]), r.input(DType::I32, [4]));
    let quotient = r.op(Binary::FloorDivide, &[x, y]);
    r.check(&[quotient], &[], expect_file!["hlo/floor_divide.hlo"]);
}

#[test]
fn loops_carry_tuples() {
    let mut r = Recorder::default();
    let (x, y) = (r.input(DType::U8, [4]), r.input(DType::U8, [4]));
    let divisor = r.op(Binary::Gcd, &[x, y]);
    r.check(&[divisor], &[], expect_file!["hlo/gcd.hlo"]);
}

/// A region of some input types.
fn region(inputs: &[Type], results: impl FnOnce(&mut Recorder, &[NodeId]) -> Vec<NodeId>) -> Region {
    let mut r = Recorder::default();
    let inputs: Vec<NodeId> = inputs.iter().map(|ty| r.0.input(ty.clone())).collect();
    let outputs = results(&mut r, &inputs);
    Region::new(r.0.finish(&outputs))
}

#[test]
fn loops_are_whiles_over_the_state_and_what_it_reads() {
    let mut r = Recorder::default();
    let (x, step, limit) = (r.input(DType::F32, [3]), r.input(DType::F32, [3]), r.scalar(DType::F32));
    let half = r.op(Literal::new(0.5f32), &[]);
    let types: Vec<Type> = [x, step, limit, half].map(|id| r.0.ty(id).unwrap().clone()).into();
    let condition = region(&types, |r, inputs| {
        let sum = r.op(Reduction::Reduce { reducer: Reducer::Sum, axes: AxisSet::all(1) }, &[inputs[0]]);
        vec![r.op(Binary::Less, &[sum, inputs[2]])]
    });
    let body = region(&types, |r, inputs| {
        let scaled = r.op(Binary::Multiply, &[inputs[0], inputs[3]]);
        vec![r.op(Binary::Add, &[scaled, inputs[1]])]
    });
    let left = r.op(Control::While(Box::new(While { condition, body })), &[x, step, limit, half]);
    let result = r.declared(Control::Part { idx: 0 }, &[left], types[0].clone());
    // The number is written into the body, and does not go round with the state.
    r.check(&[result], &[], expect_file!["hlo/while.hlo"]);
}

#[test]
fn choices_are_conditionals() {
    let mut r = Recorder::default();
    let (x, predicate) = (r.input(DType::F32, [3]), r.input(DType::Bool, []));
    let ty = r.0.ty(x).unwrap().clone();
    let unary = |op: Unary| region(std::slice::from_ref(&ty), |r, inputs| vec![r.op(op, &[inputs[0]])]);
    let branches = vec![unary(Unary::Negative), unary(Unary::Exp)];
    let chosen = r.op(Control::Switch(Box::new(Switch { branches })), &[predicate, x]);
    let result = r.declared(Control::Part { idx: 0 }, &[chosen], ty.clone());
    // The first computation is the one for true, the second branch.
    r.check(&[result], &[], expect_file!["hlo/conditional.hlo"]);
}

#[test]
fn extreme_elements_are_found_in_one_reduction() {
    let mut r = Recorder::default();
    let x = r.input(DType::F16, [4, 5]);
    let greatest = r.op(Reduction::ArgReduce { extreme: Extreme::Max, axis: 1 }, &[x]);
    r.check(&[greatest], &[], expect_file!["hlo/argmax.hlo"]);
}

#[test]
fn positions_in_order_come_of_one_array_of_integers() {
    let mut r = Recorder::default();
    let x = r.input(DType::F32, [1000]);
    let sorted = r.op(Sort::Values { axis: 0 }, &[x]);
    let positions = r.op(Sort::Positions { axis: 0 }, &[x]);
    r.check(&[sorted, positions], &[], expect_file!["hlo/sort.hlo"]);
}

#[test]
fn processors_accumulate_in_turn_and_others_by_doubling() {
    for (target, expected) in
        [(Target::Cpu, expect_file!["hlo/accumulate.hlo"]), (Target::Other, expect_file!["hlo/doubled.hlo"])]
    {
        let mut r = Recorder::default();
        let x = r.input(DType::F64, [11]);
        let sums = r.op(Reduction::Accumulate { op: Binary::Add, axis: 0 }, &[x]);
        r.check_for(target, &[sums], &[], expected);
    }
}

#[test]
fn what_a_compiler_would_reorder_is_hidden() {
    let mut r = Recorder::default();
    let (x, y) = (r.input(DType::F32, [4]), r.input(DType::F32, [1]));
    let number = r.op(Literal::new(1e30f32), &[]);
    let once = r.op(Binary::Multiply, &[x, number]);
    let twice = r.op(Binary::Multiply, &[once, number]);
    let quotient = r.op(Binary::Divide, &[x, y]);
    r.check_for(Target::Other, &[twice, quotient], &[], expect_file!["hlo/hidden.hlo"]);
}

#[test]
fn the_greatest_of_many_is_found_in_stages_and_hidden_from_libraries() {
    let mut r = Recorder::default();
    let (x, y) = (r.input(DType::F32, [5000]), r.input(DType::F16, [4096, 2]));
    let greatest = r.op(Reduction::Reduce { reducer: Reducer::Max, axes: [0].into_iter().collect() }, &[x]);
    let least = r.op(Reduction::Reduce { reducer: Reducer::Min, axes: [0].into_iter().collect() }, &[y]);
    r.check(&[greatest, least], &[], expect_file!["hlo/extremes.hlo"]);
}

#[test]
fn empty_results_are_constants() {
    let mut r = Recorder::default();
    let (x, i) = (r.input(DType::F32, [0, 4]), r.input(DType::I64, [0]));
    let dims = IndexDims { axes: [0].into_iter().collect(), position: 0 };
    let rows = r.op(Indexing::Gather(dims), &[x, i]);
    let sum = r.op(Reduction::Reduce { reducer: Reducer::Sum, axes: [0].into_iter().collect() }, &[rows]);
    r.check(&[rows, sum], &[], expect_file!["hlo/empty.hlo"]);
}

fn slice(r: &mut Recorder, x: NodeId, start: usize, limit: usize) -> NodeId {
    let dims =
        SliceDims { start: [start].as_slice().into(), limit: [limit].as_slice().into(), stride: [1].as_slice().into() };
    r.op(Layout::Slice(Box::new(dims)), &[x])
}

#[test]
fn an_expensive_value_read_through_two_slices_is_not_computed_twice() {
    let mut r = Recorder::default();
    let x = r.input(DType::F32, [6]);
    let of_input = (slice(&mut r, x, 1, 6), slice(&mut r, x, 0, 5));
    let rise = r.op(Binary::Subtract, &[of_input.0, of_input.1]);
    let step = [Unary::Exp, Unary::Sin].into_iter().fold(rise, |x, function| r.op(function, &[x]));
    let zero = r.op(Literal::zero(DType::F32), &[]);
    let dims = PadDims { low: [1].as_slice().into(), high: [0].as_slice().into(), interior: [0].as_slice().into() };
    let padded = r.op(Layout::Pad(Box::new(dims)), &[step, zero]);
    let of_step = (slice(&mut r, padded, 1, 6), slice(&mut r, padded, 0, 5));
    let next = r.op(Binary::Subtract, &[of_step.0, of_step.1]);
    r.check(&[next], &[], expect_file!["hlo/barrier.hlo"]);
}

#[test]
fn arrays_beyond_any_device_are_refused() {
    let mut r = Recorder::default();
    let shape: Shape = [1 << 42].into();
    let iota = r.declared(Leaf::Iota { axis: 0 }, &[], Type { dtype: DType::F64, shape });
    let sum = r.op(Reduction::Reduce { reducer: Reducer::Sum, axes: AxisSet::all(1) }, &[iota]);
    let program = r.0.finish(&[sum]);
    assert!(matches!(lower(&program, &Options::default()), Err(Error::TooLarge { op: "iota", .. })));
}

#[test]
fn an_output_buffer_of_another_size_is_refused() {
    let mut r = Recorder::default();
    let x = r.input(DType::F32, [4]);
    let y = r.op(Unary::Negative, &[x]);
    let program = r.0.finish(&[y]);
    for (output, extent) in [(0, 5), (1, 4)] {
        let output_buffers = vec![OutputBuffer { output, ty: Type::new(DType::F32, [extent]) }];
        let error = lower(&program, &Options { output_buffers, ..Options::default() }).unwrap_err();
        assert!(matches!(error, Error::Internal(_)), "{error}");
    }
}
