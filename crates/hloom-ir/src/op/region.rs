//! Programs inside operations: the body of a loop, the branches of a choice.
//!
//! A region is closed: it reads its own inputs and nothing of the graph around it. What it needs from there
//! is an operand of its operation. Knows nothing about what the operation does with it.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use crate::{NodeId, Type};

use super::{Op, Program};

/// A closed program that an operation runs. It has no scalars: numbers are inputs like all others.
///
/// Two regions are equal if they compute the same in the same way; the source lines do not matter.
#[derive(Clone, Debug)]
pub struct Region(Arc<Program>);

impl Region {
    /// The region of a program without scalars.
    pub fn new(program: Program) -> Region {
        Region(Arc::new(program))
    }

    /// The program.
    pub fn program(&self) -> &Program {
        &self.0
    }

    /// The types of the inputs.
    pub fn inputs(&self) -> Vec<Type> {
        self.0.inputs.iter().map(|&id| self.0.graph[id].ty.clone()).collect()
    }

    /// The types of the results.
    pub fn results(&self) -> Vec<Type> {
        self.0.result_types()
    }

    /// The nodes as they are compared: operation, operands and type of each.
    fn nodes(&self) -> impl Iterator<Item = (&Op, &[NodeId], &Type)> {
        let graph = &self.0.graph;
        graph.ids().map(|id| (&graph[id].op, graph[id].operands.as_slice(), &graph[id].ty))
    }
}

impl PartialEq for Region {
    fn eq(&self, other: &Region) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
            || self.0.inputs == other.0.inputs
                && self.0.outputs == other.0.outputs
                && self.0.graph.len() == other.0.graph.len()
                && self.nodes().eq(other.nodes())
    }
}

impl Eq for Region {}

impl Hash for Region {
    /// Writes everything that equality looks at, with the lengths, so that what is written tells regions apart.
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.graph.len().hash(state);
        for (op, operands, ty) in self.nodes() {
            op.hash(state);
            operands.hash(state);
            (ty.dtype as u8).hash(state);
            ty.shape.hash(state);
        }
        self.0.inputs.hash(state);
        self.0.outputs.hash(state);
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::panic::Location;

    use super::*;
    use crate::{Binary, DType, Leaf, Node, Operands};

    /// A region of one operand that an operation takes twice.
    pub(crate) fn region(op: Binary, ty: &Type) -> Region {
        let mut program = Program::default();
        let mut add = |op: Op, operands: &[NodeId], ty: &Type| {
            let operands: Operands = operands.iter().copied().collect();
            program.graph.add(Node { op, operands, ty: ty.clone(), line: Location::caller(), data: () })
        };
        let x = add(Leaf::Input.into(), &[], ty);
        let y = add(op.into(), &[x, x], ty);
        let condition = add(Binary::Less.into(), &[x, y], &Type { dtype: DType::Bool, shape: ty.shape.clone() });
        program.inputs = vec![x];
        program.outputs = vec![if op == Binary::Less { condition } else { y }];
        Region::new(program)
    }

    #[test]
    fn regions_are_compared_by_what_they_compute() {
        let ty = Type::scalar(DType::F32);
        assert_eq!(region(Binary::Add, &ty), region(Binary::Add, &ty));
        assert_ne!(region(Binary::Add, &ty), region(Binary::Multiply, &ty));
        assert_ne!(region(Binary::Add, &ty), region(Binary::Add, &Type::scalar(DType::F64)));
    }
}
