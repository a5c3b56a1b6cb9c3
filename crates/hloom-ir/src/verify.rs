//! The verifier: what every program must satisfy before it is lowered.
//!
//! 1. Every operand of a node is a node of the graph and comes before it.
//! 2. Every node's type is the one that [`Op::infer`] finds for its operands, or the declared type it
//!    accepts.
//! 3. No shape has more elements than can be addressed, or more axes than NumPy allows ([`Op::infer`] checks).
//! 4. The inputs are exactly the `input` nodes and the scalars exactly the `scalar` nodes, each once.
//! 5. There is at least one output, and every output is a node of the graph.
//! 6. An operation of several results is read by [`Control::Part`] alone, which names a result it has, by its type.
//! 7. The regions that an operation runs satisfy all of this.
//!
//! Knows nothing about HLO.

use std::collections::HashMap;

use smallvec::SmallVec;

use crate::{Control, Error, Leaf, NodeId, Op, Program, Result, Results, Type, Types};

/// The types of the results of operations that have several.
type Several = HashMap<NodeId, Types>;

impl Program {
    /// Checks every invariant of this module.
    ///
    /// # Errors
    /// The first violation, naming the node, its operation and its source line.
    pub fn verify(&self) -> Result<()> {
        let mut several = Several::new();
        for id in self.graph.ids() {
            self.verify_node(id, &mut several).map_err(|error| {
                let node = &self.graph[id];
                Error {
                    kind: error.kind,
                    message: format!("{id:?} {} recorded at {}: {}", node.op.name(), node.line, error.message),
                }
            })?;
        }
        self.verify_leaves("input", &self.inputs, |op| matches!(op, Op::Leaf(Leaf::Input)))?;
        self.verify_leaves("scalar", &self.scalars, |op| matches!(op, Op::Leaf(Leaf::Scalar)))?;
        if self.outputs.is_empty() {
            return Err(Error::internal("program: expected at least one output"));
        }
        for &id in &self.outputs {
            let Some(node) = self.graph.get(id) else {
                return Err(Error::internal(format!("program: output {id:?} is not in the graph")));
            };
            if node.op.facts().results == Results::Several {
                return Err(Error::internal(format!("program: output {id:?} has several results")));
            }
        }
        Ok(())
    }

    fn verify_node(&self, id: NodeId, several: &mut Several) -> Result<()> {
        let node = &self.graph[id];
        let mut operands: SmallVec<[&Type; 4]> = SmallVec::new();
        for &operand in &node.operands {
            let Some(operand_node) = self.graph.get(operand).filter(|_| operand < id) else {
                return Err(Error::internal(format!("operand {operand:?} does not come before its user")));
            };
            let name = operand_node.op.name();
            match (&node.op, several.get(&operand)) {
                (Op::Control(Control::Part { idx }), results) => {
                    let found = results.and_then(|results| results.get(*idx));
                    if found != Some(&node.ty) {
                        let expected = &node.ty;
                        return Err(Error::internal(format!("part {idx} of {name}: {found:?}, expected {expected}")));
                    }
                }
                (_, None) => {}
                (_, Some(_)) => return Err(Error::internal(format!("the results of {name} are not taken apart"))),
            }
            operands.push(&operand_node.ty);
        }
        for region in node.op.regions() {
            region.program().verify()?;
        }
        let inferred = node.op.infer(&operands, Some(&node.ty))?;
        if inferred.first() != Some(&node.ty) {
            return Err(Error::internal(format!("expected {inferred:?}, got {}", node.ty)));
        }
        if node.op.facts().results == Results::Several {
            several.insert(id, inferred);
        }
        Ok(())
    }

    fn verify_leaves(&self, what: &str, listed: &[NodeId], is_leaf: impl Fn(&Op) -> bool) -> Result<()> {
        let mut listed = listed.to_vec();
        listed.sort_unstable();
        let found: Vec<NodeId> = self.graph.ids().filter(|&id| is_leaf(&self.graph[id].op)).collect();
        if listed != found {
            return Err(Error::internal(format!("program: {what}s {found:?} are listed as {listed:?}")));
        }
        Ok(())
    }
}
