//! The graph of recorded operations, on petgraph. The only file that names petgraph.
//!
//! A node's operand list is the truth about what it reads, in order and with repetitions; the edges
//! mirror it, from operand to user, for walks in the other direction. Knows nothing of operations: what they
//! are is a parameter.

use std::fmt;
use std::panic::Location;

use petgraph::graph::{DiGraph, NodeIndex};
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

/// Recorded operations. Node ids stay valid until the node is removed; after that they are given to other nodes.
///
/// Nodes come and go by the thousand, so the table keeps the places of those that went for those that come.
#[derive(Clone, Debug)]
pub struct Graph<O, P> {
    /// Vacant places have no edges.
    places: DiGraph<Option<Node<O, P>>, (), u32>,
    vacant: Vec<NodeIndex<u32>>,
}

impl<O, P> Default for Graph<O, P> {
    fn default() -> Self {
        Graph::new()
    }
}

impl<O, P> Graph<O, P> {
    /// A graph without nodes.
    pub fn new() -> Graph<O, P> {
        Graph { places: DiGraph::default(), vacant: Vec::new() }
    }

    /// The number of nodes.
    pub fn len(&self) -> usize {
        self.places.node_count() - self.vacant.len()
    }

    /// The number of places in the table of nodes, vacant ones too: what going through it costs.
    pub fn table_len(&self) -> usize {
        self.places.node_count()
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
        let place = self.vacant.pop().unwrap_or_else(|| self.places.add_node(None));
        // Every operation that is recorded comes by here: the node is moved once, to where it stays.
        if let vacancy @ None = &mut self.places[place] {
            *vacancy = Some(node);
        }
        self.link(place);
        NodeId(place.index() as u32)
    }

    /// Lays the edges from a node's operands to it.
    fn link(&mut self, place: NodeIndex<u32>) {
        let operand = |graph: &Self, position| Some(*graph.places[place].as_ref()?.operands.get(position)?);
        let mut position = 0;
        while let Some(operand) = operand(self, position) {
            self.places.add_edge(place_of(operand), place, ());
            position += 1;
        }
    }

    /// The node of an id, if it is in the graph.
    pub fn get(&self, id: NodeId) -> Option<&Node<O, P>> {
        self.places.node_weight(place_of(id))?.as_ref()
    }

    /// The node of an id, if it is in the graph, to change what the owner keeps with it.
    pub fn get_mut(&mut self, id: NodeId) -> Option<&mut Node<O, P>> {
        self.places.node_weight_mut(place_of(id))?.as_mut()
    }

    /// The ids of all nodes, ascending.
    pub fn ids(&self) -> impl Iterator<Item = NodeId> + '_ {
        let ids = self.places.node_indices().map(|place| NodeId(place.index() as u32));
        ids.filter(|&id| self.get(id).is_some())
    }

    /// The nodes that read a node, once for each time they do, latest first.
    pub fn users(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        self.places.neighbors(place_of(id)).map(|place| NodeId(place.index() as u32))
    }

    /// Whether a node neither reads another nor is read, nor has been since the last [`Graph::remove_all`].
    pub fn is_isolated(&self, id: NodeId) -> bool {
        self.places.neighbors_undirected(place_of(id)).next().is_none()
    }

    /// Removes a node that no other node may read. Fast for an isolated one.
    pub fn remove(&mut self, id: NodeId) {
        if self.is_isolated(id) {
            self.vacate(id);
        } else {
            self.remove_all(&[id]);
        }
    }

    /// Removes the nodes in `dead` at once, which no other node may read any more.
    ///
    /// Taking single edges out of a node's list costs time in proportion to the list, which a value
    /// read a million times makes long. All edges are therefore dropped and those that remain laid
    /// again: the cost is that of the table of nodes, so callers wait until `dead` is of that order.
    pub fn remove_all(&mut self, dead: &[NodeId]) {
        self.places.clear_edges();
        dead.iter().for_each(|&id| self.vacate(id));
        self.places.node_indices().for_each(|place| self.link(place));
    }

    /// Takes the node out of a place, which has no edges.
    fn vacate(&mut self, id: NodeId) {
        if let Some(node @ Some(_)) = self.places.node_weight_mut(place_of(id)) {
            *node = None;
            self.vacant.push(place_of(id));
        }
    }
}

fn place_of(id: NodeId) -> NodeIndex<u32> {
    NodeIndex::new(id.index())
}

impl<O, P> std::ops::Index<NodeId> for Graph<O, P> {
    type Output = Node<O, P>;

    /// # Panics
    /// If the node is not in the graph.
    fn index(&self, id: NodeId) -> &Node<O, P> {
        self.places[place_of(id)].as_ref().expect("the node is in the graph")
    }
}

impl<O, P> std::ops::IndexMut<NodeId> for Graph<O, P> {
    /// # Panics
    /// If the node is not in the graph.
    fn index_mut(&mut self, id: NodeId) -> &mut Node<O, P> {
        self.places[place_of(id)].as_mut().expect("the node is in the graph")
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
