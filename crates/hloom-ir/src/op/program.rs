//! Graphs of operations, and programs: closed pieces of them.
//!
//! A program is made of operations, and an operation may run programs: the two are one definition. Knows nothing
//! about what operations mean.

use crate::graph::{self, NodeId};
use crate::{DType, Type};

use super::{Indexing, Op, Requirement};

/// A node of a [`Graph`]: one recorded operation, with data `P` of the graph's owner.
pub type Node<P> = graph::Node<Op, P>;

/// Recorded operations. Node ids stay valid until the node is removed.
pub type Graph<P> = graph::Graph<Op, P>;

impl<P> Node<P> {
    /// What an [`Indexing::Require`] asks, and the node that tells what is wrong.
    pub fn requirement(&self) -> Option<(&Requirement, NodeId)> {
        match (&self.op, self.operands.get(1)) {
            (Op::Indexing(Indexing::Require(requirement)), Some(&offender)) => Some((requirement, offender)),
            _ => None,
        }
    }
}

/// A closed piece of graph that computes some outputs: what is verified, printed, lowered and cached.
///
/// Its parameters are the inputs in order, then one array for each dtype among the scalars.
#[derive(Clone, Debug, Default)]
pub struct Program {
    /// The operations, operands before users.
    pub graph: Graph<()>,
    /// The [`Leaf::Input`](crate::Leaf::Input) nodes, in the order of the parameters.
    pub inputs: Vec<NodeId>,
    /// The [`Leaf::Scalar`](crate::Leaf::Scalar) nodes, in the order of their values.
    pub scalars: Vec<NodeId>,
    /// The nodes whose values are wanted, in the order of the results.
    pub outputs: Vec<NodeId>,
}

impl Program {
    /// The scalars as they are packed: for each dtype that has any, in the order of the dtypes, its
    /// scalar nodes in order. Each pack is one parameter of shape `[scalars]`.
    pub fn scalar_packs(&self) -> Vec<(DType, Vec<NodeId>)> {
        DType::ALL
            .into_iter()
            .map(|dtype| {
                let nodes = self.scalars.iter().copied().filter(|&id| self.graph[id].ty.dtype == dtype);
                (dtype, nodes.collect::<Vec<_>>())
            })
            .filter(|(_, nodes)| !nodes.is_empty())
            .collect()
    }

    /// The types of the parameters: the inputs, then the scalar packs.
    pub fn parameter_types(&self) -> Vec<Type> {
        let inputs = self.inputs.iter().map(|&id| self.graph[id].ty.clone());
        let packs = self.scalar_packs().into_iter().map(|(dtype, nodes)| Type::new(dtype, [nodes.len()]));
        inputs.chain(packs).collect()
    }

    /// The types of the results.
    pub fn result_types(&self) -> Vec<Type> {
        self.outputs.iter().map(|&id| self.graph[id].ty.clone()).collect()
    }
}
