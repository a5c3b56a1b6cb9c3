//! Transpositions that undo others: `f(x.T, y.T).T` is `f(x, y)` for an `f` that works element by element.

use hloom_ir::{Layout, Node, NodeId, Op, Program, Shape, Type};

use crate::Build;
use crate::rewrite::{Rewrite, rewritten};

/// The most operations that are looked through.
const MAX_NODES: usize = 16;

/// The program without transpositions that undo each other; `None` if there are none.
///
/// An array that somebody else reads too is computed where it is.
pub fn cancel_transposes(program: &Program) -> Option<Program> {
    let replace = |rewrite: &mut Rewrite<'_>, _, (operand, permutation)| Some(permuted(rewrite, operand, permutation));
    rewritten(program, undone, replace, cancel_transposes)
}

/// The operand and the permutation of a transposition, if every array that the operand is computed from, element by
/// element, is a transposition that this one undoes.
fn undone(program: &Program, id: NodeId) -> Option<(NodeId, &[usize])> {
    let node = &program.graph[id];
    let (Op::Layout(Layout::Transpose { permutation }), [operand]) = (&node.op, node.operands.as_slice()) else {
        return None;
    };
    let mut n_left = MAX_NODES;
    cancels(program, *operand, permutation, &mut n_left).then_some((*operand, permutation))
}

fn cancels(program: &Program, id: NodeId, permutation: &[usize], n_left: &mut usize) -> bool {
    let node = &program.graph[id];
    if *n_left == 0 || node.ty.shape.ndim() != permutation.len() {
        return false;
    }
    *n_left -= 1;
    match &node.op {
        Op::Layout(Layout::Transpose { permutation: inner }) => {
            permutation.iter().enumerate().all(|(to, &from)| inner[from] == to)
        }
        Op::Elementwise(_) => {
            let is_read_once = program.graph.users(id).take(2).count() == 1 && !program.outputs.contains(&id);
            is_read_once
                && node.operands.iter().all(|&operand| {
                    program.graph[operand].ty.shape.is_empty() || cancels(program, operand, permutation, n_left)
                })
        }
        _ => false,
    }
}

/// The transposition of a node for which [`cancels`] holds. What is walked is no larger than [`MAX_NODES`].
fn permuted(rewrite: &mut Rewrite<'_>, id: NodeId, permutation: &[usize]) -> NodeId {
    let Node { op, operands, ty, line, .. } = &rewrite.program.graph[id];
    if ty.shape.is_empty() {
        return rewrite.copy_of(id);
    }
    if let (Op::Layout(Layout::Transpose { .. }), [operand]) = (op, operands.as_slice()) {
        return rewrite.copy_of(*operand);
    }
    let moved = operands.iter().map(|&operand| permuted(rewrite, operand, permutation)).collect();
    let shape: Shape = permutation.iter().map(|&axis| ty.shape[axis]).collect();
    rewrite.builder.at(line);
    rewrite.builder.add(op.clone(), moved, Type { dtype: ty.dtype, shape })
}

#[cfg(test)]
mod tests {
    use hloom_ir::{Binary, Control, DType, Literal, Region, Unary, While};

    use super::*;
    use crate::ProgramBuilder;

    const SWAP: &[usize] = &[1, 0];

    fn matrix(shape: [usize; 2]) -> Type {
        Type::new(DType::F32, shape)
    }

    /// The names of the operations that the outputs are computed from, in order.
    fn names(program: &Program) -> Vec<&'static str> {
        let mut needed = program.outputs.clone();
        for id in program.graph.ids().collect::<Vec<_>>().into_iter().rev() {
            if needed.contains(&id) {
                needed.extend(&program.graph[id].operands);
            }
        }
        program.graph.ids().filter(|id| needed.contains(id)).map(|id| program.graph[id].op.name()).collect()
    }

    fn with_outputs(builder: &ProgramBuilder, outputs: &[NodeId]) -> Program {
        Program { outputs: outputs.to_vec(), ..builder.program().clone() }
    }

    #[test]
    fn transpositions_around_element_wise_operations_go() {
        let mut b = ProgramBuilder::new();
        let (x, y, a) = (b.input(matrix([2, 3])), b.input(matrix([2, 3])), b.scalar(DType::F32));
        let (xt, yt) = (b.transpose(x, SWAP).unwrap(), b.transpose(y, SWAP).unwrap());
        let sum = b.apply(Binary::Add, xt, yt).unwrap();
        let scaled = b.apply(Binary::Multiply, sum, a).unwrap();
        let sine = b.op(Unary::Sin, &[scaled]).unwrap();
        let result = b.transpose(sine, SWAP).unwrap();
        let rewritten = cancel_transposes(&b.finish(&[result])).unwrap();
        rewritten.verify().unwrap();
        assert_eq!(names(&rewritten), ["input", "input", "scalar", "add", "multiply", "sin"]);
        assert_eq!(rewritten.result_types(), [matrix([2, 3])]);
    }

    #[test]
    fn a_permutation_is_undone_by_its_inverse_only() {
        let mut b = ProgramBuilder::new();
        let x = b.input(Type::new(DType::F32, [2, 3, 4]));
        let turned = b.transpose(x, &[1, 2, 0]).unwrap();
        let again = b.transpose(turned, &[1, 2, 0]).unwrap();
        assert!(cancel_transposes(&with_outputs(&b, &[again])).is_none());
        let back = b.transpose(turned, &[2, 0, 1]).unwrap();
        let rewritten = cancel_transposes(&b.finish(&[back])).unwrap();
        assert_eq!(names(&rewritten), ["input"]);
    }

    #[test]
    fn what_others_read_stays_where_it_is() {
        let mut b = ProgramBuilder::new();
        let x = b.input(matrix([2, 3]));
        let xt = b.transpose(x, SWAP).unwrap();
        let sine = b.op(Unary::Sin, &[xt]).unwrap();
        let result = b.transpose(sine, SWAP).unwrap();
        assert!(cancel_transposes(&with_outputs(&b, &[result, sine])).is_none());
        assert!(cancel_transposes(&b.finish(&[result])).is_some());
    }

    #[test]
    fn bodies_of_loops_are_rewritten() {
        let mut b = ProgramBuilder::new();
        let (x, limit) = (b.input(matrix([2, 2])), b.constant(Literal::new(9f32)));
        let first = b.reshape(x, Shape::from([4])).unwrap();
        let most = b.reduce(hloom_ir::Reducer::Max, first, hloom_ir::AxisSet::all(1)).unwrap();
        let below = b.apply(Binary::Less, most, limit).unwrap();
        let condition = Region::new(b.finish(&[below]));
        let mut b = ProgramBuilder::new();
        let x = b.input(matrix([2, 2]));
        let xt = b.transpose(x, SWAP).unwrap();
        let sum = b.apply(Binary::Add, xt, xt).unwrap();
        let next = b.transpose(sum, SWAP).unwrap();
        let body = Region::new(b.finish(&[next]));
        let mut b = ProgramBuilder::new();
        let x = b.input(matrix([2, 2]));
        let results = b.several(Control::While(Box::new(While { condition, body })), &[x]).unwrap();
        let rewritten = cancel_transposes(&b.finish(&results)).unwrap();
        rewritten.verify().unwrap();
        let body = rewritten.graph.ids().find_map(|id| rewritten.graph[id].op.regions().pop().cloned()).unwrap();
        assert_eq!(names(body.program()), ["input", "add"]);
    }
}
