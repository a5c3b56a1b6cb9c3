//! Which loops are unrolled by two: two of their iterations are lowered as one. Knows the shape of a loop, not how its
//! iterations are computed.
//!
//! The state of a loop stays in one buffer. A body that cannot compute the next state in that buffer (a stencil reads
//! neighbours of what it writes) therefore ends with a copy of the whole state. If an iteration runs the body twice, the
//! first run writes to another buffer and the second run back: 500 five-point steps on 1000x1000 float32 took 154 ms so,
//! and 195 ms with a copy after each. If one iteration remains, the loop as it was runs it.

use hloom_ir::{Cost, InPlace, NodeId, Program, Region, While};

/// The smallest array whose copies are worth compiling the body twice more, which takes some 20 ms for a stencil and
/// as long as 1000 copies of so much.
const MIN_BYTES: usize = 1 << 18;

/// The longest body that is compiled twice.
const MAX_NODES: usize = 256;

/// The induction variables of a loop that is to be unrolled, ascending: the parts of the state that decide whether there
/// is another iteration. They must be numbers that follow from nothing but themselves, as a counter does. `None` if the
/// loop cannot be unrolled, or gains nothing by it.
pub(super) fn induction_variables(parts: &While) -> Option<Vec<usize>> {
    let body = parts.body.program();
    let n_state = body.outputs.len();
    let is_long = body.graph.len() > MAX_NODES;
    let nests = body.graph.ids().any(|id| !body.graph[id].op.regions().is_empty());
    if is_long || nests || !(0..n_state).any(|part| is_copied(body, part)) {
        return None;
    }
    let mut parts_read = read_by(&parts.condition, &[0])?;
    loop {
        let state: Vec<usize> = parts_read.iter().copied().filter(|&part| part < n_state).collect();
        let mut known = state.clone();
        known.extend(read_by(&parts.body, &state)?.into_iter().filter(|&part| part < n_state));
        known.sort_unstable();
        known.dedup();
        if known == state {
            return Some(state);
        }
        parts_read = known;
    }
}

/// Whether a part of the state is large and each of its elements is computed from elements at other positions. What is
/// computed element by element, or written to at some positions only, stays where it is.
fn is_copied(body: &Program, part: usize) -> bool {
    let (input, output) = (body.inputs[part], body.outputs[part]);
    let mut written = output;
    while matches!(body.graph[written].op.facts().in_place, InPlace::Update | InPlace::Itself) {
        written = body.graph[written].operands[0];
    }
    if body.graph[output].ty.size_bytes() < MIN_BYTES || written == input {
        return false;
    }
    let needed = ancestors(body, &[output]);
    // Whether a node depends on the part, and whether on elements at other positions.
    let mut known = vec![(false, false); needed.len()];
    known[input.index()] = (true, false);
    for id in body.graph.ids().filter(|&id| needed[id.index()] && id != input) {
        let node = &body.graph[id];
        let operands = node.operands.iter().map(|operand| known[operand.index()]);
        let (depends, moved) = operands.fold((false, false), |a, b| (a.0 || b.0, a.1 || b.1));
        let moves = node.op.facts().in_place == InPlace::Never;
        known[id.index()] = (depends, moved || depends && moves);
    }
    known[output.index()].1
}

/// The inputs that some results of a region are computed from, ascending, if all on the way are numbers.
fn read_by(region: &Region, results: &[usize]) -> Option<Vec<usize>> {
    let program = region.program();
    let outputs: Vec<NodeId> = results.iter().map(|&result| program.outputs[result]).collect();
    let needed = ancestors(program, &outputs);
    let is_number =
        |id: NodeId| program.graph[id].ty.shape.is_empty() && program.graph[id].op.facts().cost != Cost::Expensive;
    let all_numbers = program.graph.ids().filter(|id| needed[id.index()]).all(is_number);
    let inputs = program.inputs.iter().enumerate().filter(|(_, input)| needed[input.index()]);
    all_numbers.then(|| inputs.map(|(idx, _)| idx).collect())
}

/// Which nodes some nodes are computed from, by index; the nodes themselves are among them.
pub(super) fn ancestors(program: &Program, nodes: &[NodeId]) -> Vec<bool> {
    let ids: Vec<NodeId> = program.graph.ids().collect();
    let mut needed = vec![false; ids.last().map_or(0, |last| last.index() + 1)];
    for node in nodes {
        needed[node.index()] = true;
    }
    // Operands come before their users.
    for &id in ids.iter().rev() {
        if needed[id.index()] {
            for operand in &program.graph[id].operands {
                needed[operand.index()] = true;
            }
        }
    }
    needed
}

#[cfg(test)]
mod tests {
    use hloom_ir::{Binary, DType, Indexing, Layout, Literal, PadDims, Shape, SliceDims, Type};
    use hloom_transform::{Build, ProgramBuilder};
    use smallvec::smallvec;

    use super::*;

    const EXTENT: usize = 1 << 16;

    /// A region of a counter and an array.
    fn region(build: impl FnOnce(&mut ProgramBuilder, NodeId, NodeId) -> Vec<NodeId>) -> Region {
        let mut b = ProgramBuilder::new();
        let counter = b.input(Type::scalar(DType::I64));
        let array = b.input(Type::new(DType::F32, [EXTENT]));
        let outputs = build(&mut b, counter, array);
        Region::new(b.finish(&outputs))
    }

    /// Whether the counter is below a number.
    fn counts() -> Region {
        region(|b, counter, _| {
            let end = b.constant(Literal::new(9i64));
            vec![b.apply(Binary::Less, counter, end).unwrap()]
        })
    }

    /// A body that counts and computes the array with `step`.
    fn body(step: impl FnOnce(&mut ProgramBuilder, NodeId) -> NodeId) -> Region {
        region(|b, counter, array| {
            let one = b.constant(Literal::new(1i64));
            let next = b.apply(Binary::Add, counter, one).unwrap();
            vec![next, step(b, array)]
        })
    }

    fn from_start(len: usize) -> Layout {
        Layout::Slice(Box::new(SliceDims { start: smallvec![0], limit: smallvec![len], stride: smallvec![1] }))
    }

    /// The array moved by one, 0 in front.
    fn shifted(b: &mut ProgramBuilder, array: NodeId) -> NodeId {
        let most = b.op(from_start(EXTENT - 1), &[array]).unwrap();
        let zero = b.constant(Literal::zero(DType::F32));
        let dims = PadDims { low: smallvec![1], high: smallvec![0], interior: smallvec![0] };
        b.op(Layout::Pad(Box::new(dims)), &[most, zero]).unwrap()
    }

    #[test]
    fn a_counted_loop_over_a_stencil_is_unrolled() {
        let stencil = body(|b, array| {
            let before = shifted(b, array);
            b.apply(Binary::Add, array, before).unwrap()
        });
        assert_eq!(induction_variables(&While { condition: counts(), body: stencil }), Some(vec![0]));
    }

    #[test]
    fn what_is_computed_in_place_is_not_unrolled() {
        let doubled = body(|b, array| b.apply(Binary::Add, array, array).unwrap());
        assert_eq!(induction_variables(&While { condition: counts(), body: doubled }), None);
        let written = body(|b, array| {
            let at = b.constant(Literal::new(5i64));
            let read = b.declared(Indexing::DynamicSlice, &[array, at], Type::new(DType::F32, [1])).unwrap();
            b.op(Indexing::DynamicUpdateSlice, &[array, read, at]).unwrap()
        });
        assert_eq!(induction_variables(&While { condition: counts(), body: written }), None);
    }

    #[test]
    fn a_loop_that_ends_for_what_it_computes_is_not_unrolled() {
        let condition = region(|b, _, array| {
            let first = b.op(from_start(1), &[array]).unwrap();
            let first = b.reshape(first, Shape::scalar()).unwrap();
            let zero = b.constant(Literal::zero(DType::F32));
            vec![b.apply(Binary::Greater, first, zero).unwrap()]
        });
        assert_eq!(induction_variables(&While { condition, body: body(shifted) }), None);
    }
}
