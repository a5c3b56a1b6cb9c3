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

/// A program with what `replace` makes of the nodes that `find` finds something about, in it and in the programs that its
/// operations run; `None` if nothing is found. `replace` gives the node that takes the place of one, or `None` to leave the whole
/// program as it is.
///
/// Most programs have nothing to be found in: nothing is copied before the first find.
pub(crate) fn rewritten<'p, Found>(
    program: &'p Program,
    find: impl Fn(&'p Program, NodeId) -> Option<Found>,
    replace: impl Fn(&mut Rewrite<'p>, NodeId, Found) -> Option<NodeId>,
    itself: fn(&Program) -> Option<Program>,
) -> Option<Program> {
    let mut begun: Option<Rewrite<'p>> = None;
    for id in program.graph.ids() {
        if let Some(found) = find(program, id) {
            let rewrite = begun.get_or_insert_with(|| Rewrite::until(program, id));
            let copy = replace(rewrite, id, found)?;
            rewrite.replace(id, copy);
        } else if let Some(op) = with_rewritten_regions(&program.graph[id].op, itself) {
            begun.get_or_insert_with(|| Rewrite::until(program, id)).copy(id, op);
        } else if let Some(rewrite) = &mut begun {
            rewrite.copy(id, program.graph[id].op.clone());
        }
    }
    begun.map(Rewrite::finish)
}

/// An operation with the programs that it runs rewritten; `None` if that changes none of them.
fn with_rewritten_regions(op: &Op, rewrite: fn(&Program) -> Option<Program>) -> Option<Op> {
    if op.regions().is_empty() {
        return None;
    }
    let mut is_changed = false;
    let op = op.with_regions(|region| match rewrite(region.program()) {
        Some(rewritten) => {
            is_changed = true;
            Region::new(rewritten)
        }
        None => region.clone(),
    });
    is_changed.then_some(op)
}

impl<'p> Rewrite<'p> {
    /// A copy of what comes before a node.
    #[track_caller]
    fn until(program: &'p Program, end: NodeId) -> Rewrite<'p> {
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
        let mut rewrite = Rewrite { program, builder, copies };
        for id in program.graph.ids().take_while(|&id| id != end) {
            rewrite.copy(id, program.graph[id].op.clone());
        }
        rewrite
    }

    /// The node that takes another's place.
    pub(crate) fn copy_of(&self, id: NodeId) -> NodeId {
        self.copies[id.index()].unwrap_or(id)
    }

    fn replace(&mut self, id: NodeId, copy: NodeId) {
        self.copies[id.index()] = Some(copy);
    }

    /// Copies a node that has no copy yet, as an operation like its own.
    fn copy(&mut self, id: NodeId, op: Op) {
        if self.copies[id.index()].is_some() {
            return;
        }
        let Node { operands, ty, line, .. } = &self.program.graph[id];
        let operands = operands.iter().map(|&operand| self.copy_of(operand)).collect();
        self.builder.at(line);
        let copy = self.builder.add(op, operands, ty.clone());
        self.replace(id, copy);
    }

    /// The copy, without what nobody reads any more.
    fn finish(self) -> Program {
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
