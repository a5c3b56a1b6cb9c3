//! Which large inputs of a program its results can be written over.
//!
//! A chain over one array that fills the memory needs no second place for it, if nobody else holds what the next
//! step reads. Knows nothing about who holds a value.

use hloom_backend::Donation;
use hloom_ir::{InPlace, Node, Program, Recompute};
use smallvec::SmallVec;

/// The smallest input whose memory is taken. What takes it is a program of its own, compiled once more where the same
/// operations also read an input that is held.
const MIN_BYTES: usize = 64 << 20;

/// Every input that a result can be written over, and that result.
pub(super) fn possible(program: &Program) -> SmallVec<[Donation; 2]> {
    let place = |input| Some(Donation { input, output: place(program, input)? });
    (0..program.inputs.len()).filter_map(place).collect()
}

/// Of what is possible, what these inputs allow: a result is written over one of them.
pub(super) fn chosen(possible: &[Donation], free: &[usize]) -> Vec<Donation> {
    let mut chosen: Vec<Donation> = Vec::new();
    for donation in possible.iter().filter(|donation| free.contains(&donation.input)) {
        if chosen.iter().all(|earlier| earlier.output != donation.output) {
            chosen.push(donation.clone());
        }
    }
    chosen
}

/// The output that can be written over an input: the only one that depends on it, each element on that in its place.
/// Others would have to be computed first, or from a copy.
fn place(program: &Program, input: usize) -> Option<usize> {
    let graph = &program.graph;
    let ty = &graph[program.inputs[input]].ty;
    if ty.size_bytes() < MIN_BYTES {
        return None;
    }
    let mut depends = vec![false; graph.ids().map(|id| id.index() + 1).max()?];
    depends[program.inputs[input].index()] = true;
    for id in graph.ids() {
        let node = &graph[id];
        let reads = |position: usize| depends[node.operands[position].index()];
        if (0..node.operands.len()).any(reads) {
            if node.ty.shape != ty.shape || !stays_in_place(node, (1..node.operands.len()).any(reads)) {
                return None;
            }
            depends[id.index()] = true;
        }
    }
    let mut dependent = (0..program.outputs.len()).filter(|&output| depends[program.outputs[output].index()]);
    let output = dependent.next()?;
    (dependent.next().is_none() && graph[program.outputs[output]].ty == *ty).then_some(output)
}

/// Whether each element of a result follows from those of the input in its place alone. `is_read_behind` says whether
/// other operands than the first depend on the input.
fn stays_in_place(node: &Node<()>, is_read_behind: bool) -> bool {
    let facts = node.op.facts();
    match (facts.in_place, facts.recomputes) {
        (InPlace::Always, Recompute::Itself) => true,
        (InPlace::Update | InPlace::Itself, _) => !is_read_behind,
        (InPlace::Always, Recompute::Operand | Recompute::Nothing) | (InPlace::Never, _) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{self, Purpose};
    use crate::{DType, NdArray};

    const SIDE: usize = 1 << 12;

    /// The inputs of what is recorded, and the results that can be written over them. Nothing is computed.
    fn found(array: &NdArray) -> Vec<(usize, usize)> {
        let mut recorder = record::lock();
        let extraction = recorder.extract(&[array.node()], Purpose::Show);
        let program = recorder.program(&extraction);
        possible(&program).iter().map(|donation| (donation.input, donation.output)).collect()
    }

    #[test]
    fn results_are_written_over_what_they_follow_from_in_place() {
        // Host data in every page of which is the same zero.
        let zeros = |dtype| {
            let array = crate::zeros([SIDE, SIDE / 2]).astype(dtype);
            array.data().unwrap();
            array
        };
        let (x, y, small) = (zeros(DType::F64), zeros(DType::F64), zeros(DType::F64).get(0));
        small.data().unwrap();
        assert_eq!(found(&(&x * 2 + 1)), [(0, 0)]);
        assert_eq!(found(&(x.sin() - &y * &small)), [(0, 0), (1, 0)]);
        let mut updated = x.clone();
        updated.set(3, &small);
        assert_eq!(found(&updated), [(0, 0)]);
        // Elements of other places would be overwritten before they are read.
        let mut shifted = x.clone();
        shifted.set(0, x.get(1));
        for other in
            [x.get(crate::s![.., ..-1]), x.t(), x.sum(0), &x + x.get(crate::s![..;-1]), &x - x.mean(..), shifted]
        {
            assert_eq!(found(&other), [], "{}", other.ir().unwrap());
        }
        // Nor is there place for a larger type, or use for a smaller one.
        for other in [x.astype(DType::F32), &x * crate::array(1.0f64).astype(DType::C128), small.clone() + 1] {
            assert_eq!(found(&other), []);
        }
        assert_eq!(chosen(&possible_of(2), &[1]), [Donation { input: 1, output: 0 }]);
        assert_eq!(chosen(&possible_of(2), &[0, 1]), [Donation { input: 0, output: 0 }]);
        assert_eq!(chosen(&possible_of(2), &[]), []);
    }

    /// So many inputs, each of which the one output can be written over.
    fn possible_of(n_inputs: usize) -> Vec<Donation> {
        (0..n_inputs).map(|input| Donation { input, output: 0 }).collect()
    }
}
