//! The graph of recorded operations, on petgraph. The only file that names petgraph.
//!
//! A node's operand list is the truth about what it reads, in order and with repetitions; the edges
//! mirror it, from operand to user, for walks in the other direction. Knows nothing of operations: what they
//! are is a parameter.

use std::fmt;
use std::panic::Location;

use petgraph::stable_graph::{NodeIndex, StableDiGraph};
use smallvec::SmallVec;

use crate::Type;

/// A node of a [`Graph`](crate::Graph).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(u32);

impl NodeId {
    /// The position in the graph's table of nodes.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

impl fmt::Debug for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "%{}", self.0)
    }
}

/// What a node reads, in order. An operand may appear more than once.
pub type Operands = SmallVec<[NodeId; 4]>;

/// The line of the user's program that recorded an operation.
pub type SourceLine = &'static Location<'static>;

/// One recorded operation `O`, with data `P` of the graph's owner.
#[derive(Clone, Debug)]
pub struct Node<O, P> {
    /// What is computed.
    pub op: O,
    /// What it is computed from.
    pub operands: Operands,
    /// What it yields.
    pub ty: Type,
    /// The user's line.
    pub line: SourceLine,
    /// What the graph's owner keeps with the node.
    pub data: P,
}

/// Recorded operations. Node ids stay valid until the node is removed.
#[derive(Clone, Debug)]
pub struct Graph<O, P> {
    inner: StableDiGraph<Node<O, P>, (), u32>,
    table_len: usize,
}

impl<O, P> Default for Graph<O, P> {
    fn default() -> Self {
        Graph::new()
    }
}

impl<O, P> Graph<O, P> {
    /// A graph without nodes.
    pub fn new() -> Graph<O, P> {
        Graph { inner: StableDiGraph::default(), table_len: 0 }
    }

    /// The number of nodes.
    pub fn len(&self) -> usize {
        self.inner.node_count()
    }

    /// The number of places in the table of nodes, vacant ones too: what going through it costs.
    pub fn table_len(&self) -> usize {
        self.table_len
    }

    /// Whether there are no nodes.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds a node. Its operands must be nodes of this graph.
    ///
    /// # Panics
    /// If an operand is not a node of this graph.
    pub fn add(&mut self, node: Node<O, P>) -> NodeId {
        let operands = Operands::from_slice(&node.operands);
        let id = self.inner.add_node(node);
        self.table_len = self.table_len.max(id.index() + 1);
        for operand in operands {
            self.inner.add_edge(NodeIndex::new(operand.index()), id, ());
        }
        NodeId(id.index() as u32)
    }

    /// The node of an id, if it is in the graph.
    pub fn get(&self, id: NodeId) -> Option<&Node<O, P>> {
        self.inner.node_weight(NodeIndex::new(id.index()))
    }

    /// The node of an id, if it is in the graph, to change what the owner keeps with it.
    pub fn get_mut(&mut self, id: NodeId) -> Option<&mut Node<O, P>> {
        self.inner.node_weight_mut(NodeIndex::new(id.index()))
    }

    /// The ids of all nodes, ascending.
    pub fn ids(&self) -> impl Iterator<Item = NodeId> + '_ {
        self.inner.node_indices().map(|index| NodeId(index.index() as u32))
    }

    /// The nodes that read a node, once for each time they do, latest first.
    pub fn users(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        self.inner.neighbors(NodeIndex::new(id.index())).map(|index| NodeId(index.index() as u32))
    }

    /// Whether a node neither reads another nor is read, nor has been since the last [`Graph::remove_all`].
    pub fn is_isolated(&self, id: NodeId) -> bool {
        self.inner.neighbors_undirected(NodeIndex::new(id.index())).next().is_none()
    }

    /// Removes a node that no other node may read. Fast for an isolated one.
    pub fn remove(&mut self, id: NodeId) -> Option<Node<O, P>> {
        self.inner.remove_node(NodeIndex::new(id.index()))
    }

    /// Removes the nodes in `dead` at once, which no other node may read any more.
    ///
    /// Taking single edges out of a node's list costs time in proportion to the list, which a value
    /// read a million times makes long. All edges are therefore dropped and those that remain laid
    /// again: the cost is that of the table of nodes, so callers wait until `dead` is of that order.
    pub fn remove_all(&mut self, dead: &[NodeId]) {
        self.inner.clear_edges();
        for &id in dead {
            self.inner.remove_node(NodeIndex::new(id.index()));
        }
        let mut edges: Vec<(NodeIndex<u32>, NodeIndex<u32>)> = Vec::with_capacity(2 * self.inner.node_count());
        for user in self.inner.node_indices() {
            let operands = &self.inner[user].operands;
            edges.extend(operands.iter().map(|operand| (NodeIndex::new(operand.index()), user)));
        }
        for (operand, user) in edges {
            self.inner.add_edge(operand, user, ());
        }
    }
}

impl<O, P> std::ops::Index<NodeId> for Graph<O, P> {
    type Output = Node<O, P>;

    /// # Panics
    /// If the node is not in the graph.
    fn index(&self, id: NodeId) -> &Node<O, P> {
        &self.inner[NodeIndex::new(id.index())]
    }
}

impl<O, P> std::ops::IndexMut<NodeId> for Graph<O, P> {
    /// # Panics
    /// If the node is not in the graph.
    fn index_mut(&mut self, id: NodeId) -> &mut Node<O, P> {
        &mut self.inner[NodeIndex::new(id.index())]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Binary, DType, Leaf, Op, Shape};

    fn node(op: Op, operands: &[NodeId]) -> Node<Op, ()> {
        Node {
            op,
            operands: operands.iter().copied().collect(),
            ty: Type { dtype: DType::F32, shape: Shape::scalar() },
            line: Location::caller(),
            data: (),
        }
    }

    #[test]
    fn users_mirror_operands_after_a_removal() {
        let mut graph = Graph::new();
        let x = graph.add(node(Leaf::Input.into(), &[]));
        let square = graph.add(node(Binary::Multiply.into(), &[x, x]));
        let sum = graph.add(node(Binary::Add.into(), &[x, square]));
        let dead = graph.add(node(Binary::Add.into(), &[sum, x]));
        assert_eq!(graph.users(x).collect::<Vec<_>>(), [dead, sum, square, square]);
        graph.remove_all(&[dead]);
        assert_eq!(graph.len(), 3);
        assert!(graph.get(dead).is_none());
        assert_eq!(graph.users(x).collect::<Vec<_>>(), [sum, square, square]);
    }

    #[test]
    fn a_value_read_by_many_is_freed_in_linear_time() {
        let mut graph = Graph::new();
        let x = graph.add(node(Leaf::Input.into(), &[]));
        let users: Vec<NodeId> = (0..200_000).map(|_| graph.add(node(Binary::Add.into(), &[x, x]))).collect();
        graph.remove_all(&users);
        assert_eq!(graph.len(), 1);
        assert_eq!(graph.users(x).count(), 0);
    }
}
