//! Products of two arrays whose axes have labels: axes of one label go together, and those that nobody keeps are summed
//! over. Knows nothing about the functions that label them.

use hloom_ir::{AxisSet, Binary, Contraction, DType, DotDims, NodeId, Reducer, Shape};
use smallvec::SmallVec;

use crate::Result;
use crate::record::{Build, Builder};

/// What an axis is called. Labels have no order and no meaning but which axes go together.
pub(in crate::numpy) type Label = usize;

/// An array with a label for each axis, none of them twice.
#[derive(Clone, Debug)]
pub(in crate::numpy) struct Labelled {
    pub(in crate::numpy) node: NodeId,
    pub(in crate::numpy) labels: Vec<Label>,
}

impl Labelled {
    pub(in crate::numpy) fn new(node: NodeId, labels: impl IntoIterator<Item = Label>) -> Labelled {
        Labelled { node, labels: labels.into_iter().collect() }
    }

    fn axis(&self, label: Label) -> Option<usize> {
        self.labels.iter().position(|&own| own == label)
    }

    fn axes(&self, labels: &[Label]) -> SmallVec<[usize; 2]> {
        labels.iter().filter_map(|&label| self.axis(label)).collect()
    }
}

/// The product of two arrays, summed over the axes that are not in `kept`.
///
/// Two axes of one label have one extent, or one of them has extent 1, which is broadcast. The labels of the result are
/// those of `kept` that one of the arrays has, in an order that takes the least to compute.
pub(in crate::numpy) fn product(
    builder: &mut Builder<'_>,
    mut a: Labelled,
    mut b: Labelled,
    kept: &[Label],
) -> Result<Labelled> {
    let is_shared = |a: &Labelled, b: &Labelled, label| a.axis(label).is_some() && b.axis(label).is_some();
    for label in a.labels.clone() {
        if let (Some(at), Some(other)) = (a.axis(label), b.axis(label)) {
            let extents = [builder.ty(a.node)?.shape[at], builder.ty(b.node)?.shape[other]];
            match extents {
                [extent, other] if extent == other => {}
                [1, _] => a = without(builder, a, at)?,
                _ => b = without(builder, b, other)?,
            }
        }
    }
    // What only one of them has, and nobody keeps, is summed before it is multiplied.
    let wanted: Vec<Label> = kept.iter().chain(&b.labels).copied().collect();
    a = summed(builder, a, &wanted)?;
    let wanted: Vec<Label> = kept.iter().chain(&a.labels).copied().collect();
    b = summed(builder, b, &wanted)?;
    let contracted: Vec<Label> =
        a.labels.iter().copied().filter(|label| is_shared(&a, &b, *label) && !kept.contains(label)).collect();
    if contracted.is_empty() {
        return multiplied(builder, &a, &b, kept);
    }
    let batch: Vec<Label> = kept.iter().copied().filter(|&label| is_shared(&a, &b, label)).collect();
    let free = |x: &Labelled| -> Vec<Label> {
        x.labels.iter().copied().filter(|label| !batch.contains(label) && !contracted.contains(label)).collect()
    };
    let (a_free, b_free) = (free(&a), free(&b));
    // The free axes of the left operand come first.
    let place = |labels: &[Label]| labels.iter().filter_map(|label| kept.iter().position(|own| own == label)).max();
    let is_swapped = !a_free.is_empty() && !b_free.is_empty() && place(&b_free) < place(&a_free);
    let (a, b, a_free, b_free) = if is_swapped { (b, a, b_free, a_free) } else { (a, b, a_free, b_free) };
    let dims = DotDims {
        lhs_batch: a.axes(&batch),
        rhs_batch: b.axes(&batch),
        lhs_contracting: a.axes(&contracted),
        rhs_contracting: b.axes(&contracted),
    };
    let node = builder.op(Contraction::Dot(Box::new(dims)), &[a.node, b.node])?;
    Ok(Labelled::new(node, batch.into_iter().chain(a_free).chain(b_free)))
}

/// The array summed over the axes that are not in `kept`, in its own dtype; truths are joined by OR.
pub(in crate::numpy) fn summed(builder: &mut Builder<'_>, x: Labelled, kept: &[Label]) -> Result<Labelled> {
    let axes: AxisSet =
        x.labels.iter().enumerate().filter(|(_, label)| !kept.contains(label)).map(|(axis, _)| axis).collect();
    if axes.is_empty() {
        return Ok(x);
    }
    let reducer = if builder.dtype(x.node)? == DType::Bool { Reducer::Any } else { Reducer::Sum };
    let node = builder.reduce(reducer, x.node, axes)?;
    Ok(Labelled::new(node, x.labels.into_iter().filter(|label| kept.contains(label))))
}

/// The array with its axes in the order of `labels`, which are all that it has and may be more: those that it lacks get
/// extent 1.
pub(in crate::numpy) fn arranged(builder: &mut Builder<'_>, x: &Labelled, labels: &[Label]) -> Result<NodeId> {
    let permutation = x.axes(labels);
    let moved = builder.transpose(x.node, &permutation)?;
    let shape = builder.shape(x.node)?;
    let extents: Shape = labels.iter().map(|&label| x.axis(label).map_or(1, |axis| shape[axis])).collect();
    builder.reshape(moved, extents)
}

/// The array without an axis of extent 1.
pub(in crate::numpy) fn without(builder: &mut Builder<'_>, mut x: Labelled, axis: usize) -> Result<Labelled> {
    let shape = builder.shape(x.node)?;
    let rest = shape.iter().enumerate().filter(|&(other, _)| other != axis).map(|(_, &extent)| extent).collect();
    x.labels.remove(axis);
    Ok(Labelled { node: builder.reshape(x.node, rest)?, labels: x.labels })
}

/// The product of two arrays element by element, broadcast, with its axes in the order of `kept`.
fn multiplied(builder: &mut Builder<'_>, a: &Labelled, b: &Labelled, kept: &[Label]) -> Result<Labelled> {
    let has = |label: &Label| a.axis(*label).is_some() || b.axis(*label).is_some();
    let labels: Vec<Label> = kept.iter().copied().filter(has).collect();
    let nodes = [arranged(builder, a, &labels)?, arranged(builder, b, &labels)?];
    let node = builder.apply(Binary::Multiply, nodes[0], nodes[1])?;
    Ok(Labelled { node, labels })
}
