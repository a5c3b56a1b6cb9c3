//! Values with anything around them, computed there as well: where nobody reads what is around `f(x, y)`, it is as good as
//! `f` of `x` and `y` with anything around them. Where a number is around, the value is chosen within and the number elsewhere.
//!
//! A compiler computes what is padded behind a branch for each element, in which it reads numbers anew and which it
//! makes no vector code of. A part of an array with anything around it is the array itself where the part lies in it as it does
//! in the result, and else a read of one element behind a branch, of which there is vector code.

use hloom_ir::{Layout, Node, NodeId, Op, PadDims, Program, Shape, SliceDims, Type};
use smallvec::smallvec;

use crate::along::within;
use crate::rewrite::{Rewrite, rewritten};
use crate::{Build, ProgramBuilder};

/// The most operations that are looked through.
const MAX_NODES: usize = 64;

/// The program with values computed where anything may be around them; `None` if there are none.
///
/// A value that somebody else reads too is computed where it is, and so is one that covers less than half of the result.
pub fn compute_around(program: &Program) -> Option<Program> {
    rewritten(program, surrounded, spread, compute_around)
}

/// What takes the place of a node that puts something around a value.
fn spread(rewrite: &mut Rewrite<'_>, id: NodeId, found: Surrounded<'_>) -> Option<NodeId> {
    let Surrounded { value, around, dims } = found;
    let Node { ty: Type { shape, .. }, line, .. } = &rewrite.program.graph[id];
    let spread = Spread { dims: dims.clone(), shape: shape.clone() };
    let spread = spread.value(rewrite, value, &mut { MAX_NODES });
    let Some(number) = around else { return Some(spread) };
    rewrite.builder.at(line);
    let number = rewrite.copy_of(number);
    chosen_within(&mut rewrite.builder, dims, shape, spread, number).ok()
}

/// A value and what is around it.
struct Surrounded<'p> {
    value: NodeId,
    /// The number around it, or anything.
    around: Option<NodeId>,
    dims: &'p PadDims,
}

/// What a node puts something around, if that is to be computed there.
fn surrounded(program: &Program, id: NodeId) -> Option<Surrounded<'_>> {
    let node = &program.graph[id];
    let (Op::Layout(Layout::Pad(dims)), [value, around @ ..]) = (&node.op, node.operands.as_slice()) else {
        return None;
    };
    let is_dense = dims.interior.iter().all(|&interior| interior == 0);
    let covers_most = program.graph[*value].ty.shape.size() >= node.ty.shape.size().div_ceil(2);
    let surrounded = Surrounded { value: *value, around: around.first().copied(), dims };
    (is_dense && covers_most && is_computed(program, *value)).then_some(surrounded)
}

/// A value within what is put around it, and a number there.
fn chosen_within(
    builder: &mut ProgramBuilder,
    dims: &PadDims,
    shape: &Shape,
    value: NodeId,
    number: NodeId,
) -> hloom_ir::Result<NodeId> {
    let mut chosen = value;
    for axis in 0..shape.ndim() {
        let range = dims.low[axis]..shape[axis] - dims.high[axis];
        if range != (0..shape[axis]) {
            let is_within = within(builder, axis, shape, range, 1)?;
            chosen = builder.select(is_within, chosen, number)?;
        }
    }
    Ok(chosen)
}

/// Whether a value is computed element by element and read once.
fn is_computed(program: &Program, id: NodeId) -> bool {
    matches!(program.graph[id].op, Op::Elementwise(_))
        && program.graph.users(id).take(2).count() == 1
        && !program.outputs.contains(&id)
}

/// What is put around a value, and the shape of the result.
struct Spread {
    dims: PadDims,
    shape: Shape,
}

impl Spread {
    /// The copy of a value with anything around it.
    fn value(&self, rewrite: &mut Rewrite<'_>, id: NodeId, n_left: &mut usize) -> NodeId {
        let program = rewrite.program;
        let Node { op, operands, ty, line, .. } = &program.graph[id];
        let spread = Type { dtype: ty.dtype, shape: self.shape.clone() };
        if *n_left > 0 && is_computed(program, id) {
            *n_left -= 1;
            let spread_out = |&operand: &NodeId| match self.of_operand(&ty.shape, &program.graph[operand].ty.shape) {
                Some(spread) => spread.value(rewrite, operand, n_left),
                None => rewrite.copy_of(operand),
            };
            let operands = operands.iter().map(spread_out).collect();
            rewrite.builder.at(line);
            return rewrite.builder.add(op.clone(), operands, spread);
        }
        if let (Op::Layout(Layout::Slice(slice)), [source]) = (op, operands.as_slice())
            && self.lies_as_in(slice)
            && program.graph[*source].ty == spread
        {
            return rewrite.copy_of(*source);
        }
        rewrite.builder.at(line);
        rewrite.builder.add(Layout::Pad(Box::new(self.dims.clone())).into(), smallvec![rewrite.copy_of(id)], spread)
    }

    /// What is put around an operand of a value of this shape, which may be broadcast to it; `None` if it is broadcast to the
    /// larger one as well as it is.
    fn of_operand(&self, value: &Shape, operand: &Shape) -> Option<Spread> {
        let first = value.ndim().checked_sub(operand.ndim())?;
        let own = |amounts: &[usize]| {
            let amounts = amounts[first..].iter().zip(value[first..].iter().zip(operand.iter()));
            amounts.map(|(&amount, (extent, own))| if extent == own { amount } else { 0 }).collect()
        };
        let dims = PadDims { low: own(&self.dims.low), high: own(&self.dims.high), interior: own(&self.dims.interior) };
        let around = || dims.low.iter().zip(&dims.high).map(|(low, high)| low + high);
        let shape = operand.iter().zip(around()).map(|(extent, around)| extent + around).collect();
        around().any(|around| around > 0).then(|| Spread { shape, dims: dims.clone() })
    }

    /// Whether a part lies in what it is cut from as it does in the result.
    fn lies_as_in(&self, slice: &SliceDims) -> bool {
        slice.start == self.dims.low && slice.stride.iter().all(|&stride| stride == 1)
    }
}

#[cfg(test)]
mod tests {
    use hloom_ir::{Binary, DType, Literal, Unary};

    use super::*;

    const EXTENT: usize = 10;

    fn line(extent: usize) -> Type {
        Type::new(DType::F32, [extent])
    }

    fn slice(b: &mut ProgramBuilder, x: NodeId, start: usize, limit: usize) -> NodeId {
        let dims = SliceDims { start: smallvec![start], limit: smallvec![limit], stride: smallvec![1] };
        b.op(Layout::Slice(Box::new(dims)), &[x]).unwrap()
    }

    fn pad(b: &mut ProgramBuilder, operands: &[NodeId], low: usize, high: usize, interior: usize) -> NodeId {
        let dims = PadDims { low: smallvec![low], high: smallvec![high], interior: smallvec![interior] };
        b.op(Layout::Pad(Box::new(dims)), operands).unwrap()
    }

    /// The operation of each node and what it yields, in order.
    fn printed(program: &Program) -> Vec<String> {
        let node = |id: NodeId| format!("{} {}", program.graph[id].op.name(), program.graph[id].ty);
        program.graph.ids().map(node).collect()
    }

    /// The difference of an element and twice the one before, of all elements but the first, with anything in front.
    fn difference(b: &mut ProgramBuilder) -> (NodeId, NodeId) {
        let (x, a) = (b.input(line(EXTENT)), b.scalar(DType::F32));
        let (here, before) = (slice(b, x, 1, EXTENT), slice(b, x, 0, EXTENT - 1));
        let scaled = b.apply(Binary::Multiply, before, a).unwrap();
        let difference = b.apply(Binary::Subtract, here, scaled).unwrap();
        (difference, pad(b, &[difference], 1, 0, 0))
    }

    #[test]
    fn values_are_computed_where_anything_is_around_them() {
        let mut b = ProgramBuilder::new();
        let (_, result) = difference(&mut b);
        let rewritten = compute_around(&b.finish(&[result])).unwrap();
        rewritten.verify().unwrap();
        // What lies in the array as in the result is the array.
        let expected =
            ["input f32[10]", "scalar f32[]", "slice f32[9]", "pad f32[10]", "multiply f32[10]", "subtract f32[10]"];
        assert_eq!(printed(&rewritten), expected);
        assert!(compute_around(&rewritten).is_none());
    }

    #[test]
    fn what_others_read_stays_where_it_is() {
        let mut b = ProgramBuilder::new();
        let (difference, result) = difference(&mut b);
        assert!(compute_around(&b.finish(&[result, difference])).is_none());
    }

    #[test]
    fn a_number_around_a_value_is_chosen_there() {
        let mut b = ProgramBuilder::new();
        let (x, zero) = (b.input(line(EXTENT)), b.constant(Literal::new(0f32)));
        let part = slice(&mut b, x, 1, EXTENT);
        let sine = b.op(Unary::Sin, &[part]).unwrap();
        let result = pad(&mut b, &[sine, zero], 1, 0, 0);
        let rewritten = compute_around(&b.finish(&[result])).unwrap();
        rewritten.verify().unwrap();
        let printed = printed(&rewritten);
        assert!(printed.contains(&"sin f32[10]".to_owned()), "{printed:?}");
        assert_eq!(printed.last().unwrap(), "select f32[10]");
        assert!(!printed.iter().any(|line| line.starts_with("pad") || line.starts_with("slice")), "{printed:?}");
    }

    #[test]
    fn little_in_the_midst_of_much_is_computed_by_itself() {
        let padded = |covered: usize, interior: usize| {
            let mut b = ProgramBuilder::new();
            let x = b.input(line(covered));
            let sine = b.op(Unary::Sin, &[x]).unwrap();
            let inner = covered + (covered - 1) * interior;
            let result = pad(&mut b, &[sine], EXTENT.saturating_sub(inner), 0, interior);
            compute_around(&b.finish(&[result])).is_some()
        };
        assert!(padded(EXTENT / 2, 0));
        assert!(!padded(EXTENT / 2 - 1, 0));
        assert!(!padded(EXTENT, 1));
    }

    #[test]
    fn operands_that_are_broadcast_are_spread_along_their_own_axes() {
        let mut b = ProgramBuilder::new();
        let ty = |extents: &[usize]| Type::new(DType::F32, extents.to_vec());
        let (x, line, one) = (b.input(ty(&[40, 3, 60])), b.input(ty(&[60])), b.input(ty(&[1, 1])));
        let (column, number) = (b.input(ty(&[40, 1, 1])), b.scalar(DType::F32));
        let value =
            [line, one, column, number].into_iter().fold(x, |sum, next| b.apply(Binary::Add, sum, next).unwrap());
        let dims = PadDims { low: smallvec![1, 1, 3], high: smallvec![0, 0, 1], interior: smallvec![0, 0, 0] };
        let result = b.op(Layout::Pad(Box::new(dims)), &[value]).unwrap();
        let rewritten = compute_around(&b.finish(&[result])).unwrap();
        rewritten.verify().unwrap();
        let printed = printed(&rewritten);
        let pads: Vec<&str> = printed.iter().filter_map(|line| line.strip_prefix("pad ")).collect();
        assert_eq!(pads, ["f32[41,4,64]", "f32[64]", "f32[41,1,1]"]);
        assert_eq!(rewritten.result_types(), [ty(&[41, 4, 64])]);
    }

    #[test]
    fn long_chains_end_somewhere() {
        let mut b = ProgramBuilder::new();
        let x = b.input(line(EXTENT));
        let chain = (0..2 * MAX_NODES).fold(x, |x, _| b.op(Unary::Sin, &[x]).unwrap());
        let result = pad(&mut b, &[chain], 1, 0, 0);
        let rewritten = compute_around(&b.finish(&[result])).unwrap();
        rewritten.verify().unwrap();
        assert_eq!(rewritten.result_types(), [line(EXTENT + 1)]);
        assert_eq!(printed(&rewritten).iter().filter(|line| line.starts_with("sin ")).count(), 2 * MAX_NODES);
    }
}
