//! The printed form of programs, used by people and by golden tests. Knows nothing about HLO.

use std::fmt;

use crate::{Node, NodeId, Op, Program};

impl fmt::Display for Program {
    /// One node a line, `%id = op(operands) {attributes} : type`, then the outputs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write(self, f, 0)
    }
}

/// Writes a program, and after each operation the regions it runs, two columns further in.
fn write(program: &Program, f: &mut fmt::Formatter<'_>, indent: usize) -> fmt::Result {
    for id in program.graph.ids() {
        let node = &program.graph[id];
        let (name, operands, attributes) = (node.op.name(), Operands(&node.operands), Attributes(node));
        writeln!(f, "{:indent$}{id:?} = {name}({operands}){attributes} : {}", "", node.ty)?;
        for (idx, region) in node.op.regions().into_iter().enumerate() {
            writeln!(f, "{:indent$}  region {idx}:", "")?;
            write(region.program(), f, indent + 4)?;
        }
    }
    writeln!(f, "{:indent$}return {}", "", Operands(&program.outputs))
}

struct Operands<'a>(&'a [NodeId]);

impl fmt::Display for Operands<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (idx, id) in self.0.iter().enumerate() {
            if idx > 0 {
                f.write_str(", ")?;
            }
            write!(f, "{id:?}")?;
        }
        Ok(())
    }
}

/// What of an operation its name, operands and type do not tell.
struct Attributes<'a, P>(&'a Node<P>);

impl<P> fmt::Display for Attributes<'_, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let axes = |set: crate::AxisSet| set.iter().collect::<Vec<_>>();
        match &self.0.op {
            Op::Constant(literal) => write!(f, " {{{literal}}}"),
            Op::Iota { axis } | Op::Concatenate { axis } => write!(f, " {{axis={axis}}}"),
            Op::Transpose { permutation } => write!(f, " {{permutation={permutation:?}}}"),
            Op::Slice(dims) => {
                write!(f, " {{start={:?} limit={:?} stride={:?}}}", dims.start, dims.limit, dims.stride)
            }
            Op::Reverse { axes: set } | Op::Reduce { axes: set, .. } => write!(f, " {{axes={:?}}}", axes(*set)),
            Op::Pad(dims) => {
                write!(f, " {{low={:?} high={:?} interior={:?}}}", dims.low, dims.high, dims.interior)
            }
            Op::Gather(dims) => write!(f, " {{axes={:?} position={}}}", axes(dims.axes), dims.position),
            Op::Scatter { dims, combine } => {
                write!(f, " {{axes={:?} position={} combine={combine:?}}}", axes(dims.axes), dims.position)
            }
            Op::Dot(dims) => write!(
                f,
                " {{batch={:?}x{:?} contracting={:?}x{:?}}}",
                dims.lhs_batch, dims.rhs_batch, dims.lhs_contracting, dims.rhs_contracting
            ),
            Op::ArgReduce { axis, .. } => write!(f, " {{axis={axis}}}"),
            Op::Checked(bounds) => write!(f, " {{axis={} of {}}}", bounds.axis, bounds.array),
            Op::Part { idx } => write!(f, " {{idx={idx}}}"),
            Op::Input
            | Op::Scalar
            | Op::While(_)
            | Op::Switch(_)
            | Op::Unary(_)
            | Op::Binary(_)
            | Op::Convert
            | Op::Select
            | Op::Broadcast
            | Op::Reshape
            | Op::DynamicSlice
            | Op::DynamicUpdateSlice => Ok(()),
        }
    }
}
