//! Programs inside operations: the body of a loop, the branches of a choice.
//!
//! A region is closed: it reads its own inputs and nothing of the graph around it. What it needs from there
//! is an operand of its operation. Knows nothing about what the operation does with it.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use crate::{Error, NodeId, Op, Program, Result, Type};

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

/// The static part of an [`Op::While`]. Both regions take the state, then what the loop reads and does not
/// change.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct While {
    /// Whether to go on: one 0-d bool.
    pub condition: Region,
    /// The next state.
    pub body: Region,
}

/// The static part of an [`Op::Switch`]. All branches take the same inputs and yield the same types.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Switch {
    /// What is computed for 0, 1, …; for a bool, for false and for true.
    pub branches: Vec<Region>,
}

impl Op {
    /// The types of the results of an operation that has several. Only [`Op::Part`] may read it.
    pub fn results(&self) -> Option<Vec<Type>> {
        // What the body of a loop yields is what its results are; all branches of a choice yield the same.
        self.regions().last().map(|region| region.results())
    }

    /// The programs that the operation runs; for a loop the condition, then the body.
    pub fn regions(&self) -> Vec<&Region> {
        match self {
            Op::While(parts) => vec![&parts.condition, &parts.body],
            Op::Switch(parts) => parts.branches.iter().collect(),
            Op::Input
            | Op::Scalar
            | Op::Constant(_)
            | Op::Iota { .. }
            | Op::Unary(_)
            | Op::Binary(_)
            | Op::Convert
            | Op::Select
            | Op::Broadcast
            | Op::Reshape
            | Op::Transpose { .. }
            | Op::Slice(_)
            | Op::Reverse { .. }
            | Op::DynamicSlice
            | Op::DynamicUpdateSlice
            | Op::Pad(_)
            | Op::Concatenate { .. }
            | Op::Gather(_)
            | Op::Scatter { .. }
            | Op::Reduce { .. }
            | Op::ArgReduce { .. }
            | Op::Dot(_)
            | Op::Checked(_)
            | Op::Part { .. } => Vec::new(),
        }
    }
}

pub(crate) fn infer_while(operands: &[&Type], parts: &While) -> Result<Type> {
    let state = parts.body.results();
    takes("while", &parts.condition, operands)?;
    takes("while", &parts.body, operands)?;
    let condition = parts.condition.results();
    if condition != [Type::scalar(crate::DType::Bool)] {
        return Err(Error::internal(format!("while: expected a 0-d bool as condition, got {}", Types(&condition))));
    }
    if state.len() > operands.len() || state.iter().zip(operands).any(|(next, operand)| next != *operand) {
        return Err(Error::internal(format!("while: the body yields {}, expected the state", Types(&state))));
    }
    first("while", state)
}

pub(crate) fn infer_switch(operands: &[&Type], parts: &Switch) -> Result<Type> {
    let [index, inputs @ ..] = operands else {
        return Err(Error::internal("switch: expected an index"));
    };
    let Some(results) = parts.branches.first().map(Region::results) else {
        return Err(Error::internal("switch: expected at least one branch"));
    };
    let chooses = **index == Type::scalar(crate::DType::I32)
        || **index == Type::scalar(crate::DType::Bool) && parts.branches.len() == 2;
    if !chooses {
        return Err(Error::internal(format!("switch: {index} does not choose one of {}", parts.branches.len())));
    }
    for branch in &parts.branches {
        takes("switch", branch, inputs)?;
        if branch.results() != results {
            return Err(Error::internal(format!(
                "switch: branches yield {} and {}",
                Types(&results),
                Types(&branch.results())
            )));
        }
    }
    first("switch", results)
}

/// The node of an operation of several results has the type of the first.
fn first(name: &str, results: Vec<Type>) -> Result<Type> {
    results.into_iter().next().ok_or_else(|| Error::internal(format!("{name}: expected at least one result")))
}

fn takes(name: &str, region: &Region, operands: &[&Type]) -> Result<()> {
    let inputs = region.inputs();
    if !region.program().scalars.is_empty() {
        return Err(Error::internal(format!("{name}: a region has scalars")));
    }
    if inputs.iter().ne(operands.iter().copied()) {
        return Err(Error::internal(format!("{name}: a region takes {}, which are not the operands", Types(&inputs))));
    }
    Ok(())
}

struct Types<'a>(&'a [Type]);

impl fmt::Display for Types<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(")?;
        for (idx, ty) in self.0.iter().enumerate() {
            let separator = if idx > 0 { ", " } else { "" };
            write!(f, "{separator}{ty}")?;
        }
        f.write_str(")")
    }
}

#[cfg(test)]
mod tests {
    use std::panic::Location;

    use super::*;
    use crate::{Binary, DType, Node, Operands};

    fn region(op: Binary, ty: &Type) -> Region {
        let mut program = Program::default();
        let mut add = |op: Op, operands: &[NodeId], ty: &Type| {
            let operands: Operands = operands.iter().copied().collect();
            program.graph.add(Node { op, operands, ty: ty.clone(), line: Location::caller(), data: () })
        };
        let x = add(Op::Input, &[], ty);
        let y = add(Op::Binary(op), &[x, x], ty);
        let condition = add(Op::Binary(Binary::Less), &[x, y], &Type { dtype: DType::Bool, shape: ty.shape.clone() });
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

    #[test]
    fn a_loop_keeps_the_types_of_its_state() {
        let (narrow, wide) = (Type::scalar(DType::F32), Type::scalar(DType::F64));
        let parts = |body| While { condition: region(Binary::Less, &narrow), body };
        let legal = Op::While(Box::new(parts(region(Binary::Add, &narrow))));
        assert_eq!(legal.infer(&[&narrow], None).unwrap(), narrow);
        assert_eq!(legal.results(), Some(vec![narrow.clone()]));
        assert!(legal.infer(&[&wide], None).is_err());
        assert!(Op::While(Box::new(parts(region(Binary::Add, &wide)))).infer(&[&narrow], None).is_err());
        let condition = region(Binary::Add, &narrow);
        let no_bool = Op::While(Box::new(While { condition, body: region(Binary::Add, &narrow) }));
        assert!(no_bool.infer(&[&narrow], None).unwrap_err().message.contains("expected a 0-d bool"));
    }

    #[test]
    fn branches_agree() {
        let ty = Type::scalar(DType::F32);
        let (index, truth) = (Type::scalar(DType::I32), Type::scalar(DType::Bool));
        let switch = |branches: &[Binary]| {
            Op::Switch(Box::new(Switch { branches: branches.iter().map(|&op| region(op, &ty)).collect() }))
        };
        let two = switch(&[Binary::Add, Binary::Multiply]);
        assert_eq!(two.infer(&[&index, &ty], None).unwrap(), ty);
        assert_eq!(two.infer(&[&truth, &ty], None).unwrap(), ty);
        assert!(switch(&[Binary::Add]).infer(&[&truth, &ty], None).is_err());
        assert!(switch(&[Binary::Add, Binary::Less]).infer(&[&truth, &ty], None).is_err());
        assert!(switch(&[]).infer(&[&index, &ty], None).is_err());
        assert!(two.infer(&[], None).is_err());
    }
}
