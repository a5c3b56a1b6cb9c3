//! What rewrites have in common: a program copied node by node, with some nodes replaced.

use hloom_ir::{Leaf, Node, NodeId, Op, Program, Region};

use crate::{Build, ProgramBuilder};

/// A copy of a program in the making.
pub(crate) struct Rewrite<'p> {
    pub(crate) program: &'p Program,
    pub(crate) builder: ProgramBuilder,
    /// For each node of the program, by index, the one that takes its place.
    copies: Vec<Option<NodeId>>,
}

impl<'p> Rewrite<'p> {
    #[track_caller]
    pub(crate) fn new(program: &'p Program) -> Rewrite<'p> {
        let mut builder = ProgramBuilder::new();
        let mut copies = vec![None; program.graph.table_len()];
        // Parameters keep their order, which is not always that of the nodes.
        for &id in program.inputs.iter().chain(&program.scalars) {
            let node = &program.graph[id];
            builder.at(node.line);
            copies[id.index()] = Some(match node.op {
                Op::Leaf(Leaf::Scalar) => builder.scalar(node.ty.dtype),
                _ => builder.input(node.ty.clone()),
            });
        }
        Rewrite { program, builder, copies }
    }

    /// The node that takes another's place.
    pub(crate) fn copy_of(&self, id: NodeId) -> NodeId {
        self.copies[id.index()].unwrap_or(id)
    }

    /// Has a node take another's place.
    pub(crate) fn replace(&mut self, id: NodeId, copy: NodeId) {
        self.copies[id.index()] = Some(copy);
    }

    /// Copies a node, with `within` applied to the programs that it runs. True if one of these is changed by that.
    pub(crate) fn copy(&mut self, id: NodeId, within: fn(&Program) -> Option<Program>) -> bool {
        let Node { op, operands, ty, line, .. } = &self.program.graph[id];
        if self.copies[id.index()].is_some() {
            return false;
        }
        let mut is_changed = false;
        let op = op.with_regions(|region| match within(region.program()) {
            Some(rewritten) => {
                is_changed = true;
                Region::new(rewritten)
            }
            None => region.clone(),
        });
        let operands = operands.iter().map(|&operand| self.copy_of(operand)).collect();
        self.builder.at(line);
        let copy = self.builder.add(op, operands, ty.clone());
        self.replace(id, copy);
        is_changed
    }

    /// The copy, without what nobody reads any more.
    pub(crate) fn finish(self) -> Program {
        let outputs: Vec<NodeId> = self.program.outputs.iter().map(|&id| self.copy_of(id)).collect();
        let mut program = self.builder.finish(&outputs);
        let mut is_needed = vec![false; program.graph.table_len()];
        for id in program.inputs.iter().chain(&program.scalars).chain(&program.outputs) {
            is_needed[id.index()] = true;
        }
        let ids: Vec<NodeId> = program.graph.ids().collect();
        let mut dead = Vec::new();
        // Operands come before what reads them.
        for &id in ids.iter().rev() {
            if is_needed[id.index()] || program.graph.users(id).any(|user| is_needed[user.index()]) {
                is_needed[id.index()] = true;
            } else {
                dead.push(id);
            }
        }
        program.graph.remove_all(&dead);
        program
    }
}
