//! Cuts what a traced function recorded out of the graph as a closed program.
//!
//! What the function reads from around it becomes an input of the program, unless it holds no data and is
//! cheap: that is copied in. Knows nothing about what the program is for.

use hloom_ir::{Cost, Leaf, Node, NodeId, Op, Operands, Program, Work};
use rustc_hash::FxHashMap;

use super::limit::LogPosition;
use super::{Content, Recorder, ScopeId};
use crate::check::{self, Reach, TracedCheck};
use crate::{Error, ErrorKind, Result};

/// What belongs to a traced function.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Inside {
    /// What depends on the parameters of a trace. Everything else that the function recorded is the same for every
    /// run, and stays outside.
    Scope(ScopeId),
    /// Everything that the function recorded: it has no parameters, and may not be run at all.
    Since(Mark),
}

/// A point in the recording of the calling thread, to distinguish what it records before and after.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark {
    recorded: u64,
    logged: LogPosition,
}

/// What becomes of the scalars that the function's code contains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scalars {
    /// They are part of the program.
    Constants,
    /// They are inputs, so that another scalar compiles no new program.
    Inputs,
}

/// The nodes of a traced function, and what it captures.
pub(crate) struct FunctionBody {
    /// The nodes that are part of it, operands before users.
    order: Vec<NodeId>,
    /// What it reads from around it.
    pub(crate) captures: Vec<NodeId>,
}

impl FunctionBody {
    /// The nodes that are part of the function.
    pub(crate) fn nodes(&self) -> impl Iterator<Item = NodeId> + '_ {
        self.order.iter().copied()
    }
}

/// Up to so many elements, what is joined or gathered of constants is copied into the trace, instead of becoming an input that a
/// program of its own has to compute.
const MOST_MOVED: usize = 1024;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Inside,
    /// Outside, cheap, and without data.
    Free,
    /// Outside, and kept there.
    Held,
}

impl Recorder {
    /// Marks the present point in the recording of the calling thread.
    pub(crate) fn mark(&mut self) -> Mark {
        Mark { recorded: self.recorded, logged: self.threads.mark() }
    }

    /// As [`Recorder::mark`], for a branch: nothing that the thread records is cut off until it leaves the branch.
    pub(crate) fn enter_branch(&mut self) -> Mark {
        self.threads.enter_branch();
        self.mark()
    }

    /// Whether the calling thread is recording a branch, which may not be run at all.
    pub(crate) fn is_in_branch(&mut self) -> bool {
        self.threads.is_in_branch()
    }

    /// Ends what [`Recorder::enter_branch`] began.
    pub(crate) fn leave_branch(&mut self) {
        self.threads.leave_branch();
    }

    fn is_inside(&self, id: NodeId, inside: Inside) -> bool {
        let data = &self.graph[id].data;
        match inside {
            Inside::Scope(scope) => data.scope == scope,
            // Leaves are not in the log; those that hold no data are copied into the program anyway.
            Inside::Since(_) if self.graph[id].op.is_at_hand() => false,
            Inside::Since(mark) if data.scope == ScopeId::ROOT => {
                data.thread == mark.logged.thread && data.position >= mark.logged.position
            }
            Inside::Since(mark) => data.position >= mark.recorded,
        }
    }

    /// Walks from the results of a traced function to what it reads.
    ///
    /// # Errors
    /// The error of a result in error; [`ErrorKind::Trace`] if it uses an array of a trace that has ended.
    pub(crate) fn traced(&self, inside: Inside, results: &[NodeId], scalars: Scalars) -> Result<FunctionBody> {
        let mut classes: FxHashMap<NodeId, Class> = FxHashMap::default();
        let mut order = Vec::new();
        let mut stack = Vec::new();
        for &result in results {
            self.ty(result)?;
            stack.push((result, 0));
            while let Some((id, next)) = stack.pop() {
                if classes.contains_key(&id) {
                    continue;
                }
                match self.graph[id].operands.get(next) {
                    Some(&operand) => {
                        stack.push((id, next + 1));
                        if !classes.contains_key(&operand) {
                            stack.push((operand, 0));
                        }
                    }
                    None => {
                        classes.insert(id, self.class(id, inside, scalars, &classes)?);
                        order.push(id);
                    }
                }
            }
        }
        Ok(needed(&order, &classes, results, |id| &self.graph[id].operands))
    }

    fn class(&self, id: NodeId, inside: Inside, scalars: Scalars, classes: &FxHashMap<NodeId, Class>) -> Result<Class> {
        if self.is_inside(id, inside) {
            return Ok(Class::Inside);
        }
        let node = &self.graph[id];
        if node.data.scope != ScopeId::ROOT && !self.scopes.is_open(node.data.scope) {
            let message = format!(
                "an array of {} belongs to a traced function that has ended; return arrays from the function instead of \
                 keeping them",
                node.ty
            );
            return Err(Error::new(ErrorKind::Trace, message).at(node.line, || node.op.name().to_owned()));
        }
        let is_free = match (&node.data.content, &node.op) {
            (Content::Scalar(_), _) => scalars == Scalars::Constants,
            // A value, or a parameter of a trace around this one.
            (Content::Value(_) | Content::Error(_), _) | (_, Op::Leaf(Leaf::Input | Leaf::Scalar)) => false,
            (Content::None, op) => {
                let facts = op.facts();
                let is_small = facts.work == Work::Moves && node.ty.shape.size() <= MOST_MOVED;
                (facts.cost != Cost::Expensive || is_small)
                    && node.operands.iter().all(|operand| classes.get(operand) == Some(&Class::Free))
            }
        };
        Ok(if is_free { Class::Free } else { Class::Held })
    }

    /// Whether the elements of a node are known to be positions on an axis of this extent.
    pub(crate) fn is_within(&self, id: NodeId, extent: usize) -> bool {
        check::is_within(&self.graph, id, extent)
    }

    /// The checks that are made when a traced function runs, each offender once.
    pub(crate) fn checks_among(&self, traced: &FunctionBody) -> Vec<TracedCheck> {
        check::checks_among(&self.graph, traced.order.iter().copied())
    }

    /// What each of some results of a traced function depends on: parameters by their position, and behind them checks.
    pub(crate) fn dependences(
        &self,
        traced: &FunctionBody,
        parameters: &[NodeId],
        checks: &[TracedCheck],
        results: &[NodeId],
    ) -> Vec<Reach> {
        check::dependences(&self.graph, traced.order.iter().copied(), parameters, checks, results)
    }

    /// The closed program of a traced function. `inputs` are its parameters and what it reads from around it;
    /// with [`Scalars::Constants`], those that are scalars of a trace are passed as scalars.
    pub(crate) fn closed(
        &self,
        traced: &FunctionBody,
        inputs: &[NodeId],
        results: &[NodeId],
        scalars: Scalars,
    ) -> Program {
        let mut program = Program::default();
        let mut added: FxHashMap<NodeId, NodeId> = FxHashMap::default();
        let add = |program: &mut Program, id: NodeId, op: Op, operands: Operands| {
            let node = &self.graph[id];
            program.graph.add(Node { op, operands, ty: node.ty.clone(), line: node.line, data: () })
        };
        for &input in inputs {
            let node = &self.graph[input];
            let is_scalar = scalars == Scalars::Constants && matches!(node.op, Op::Leaf(Leaf::Scalar));
            let op = if is_scalar { Leaf::Scalar.into() } else { Leaf::Input.into() };
            let id = add(&mut program, input, op, Operands::new());
            if is_scalar {
                program.scalars.push(id)
            } else {
                program.inputs.push(id)
            }
            added.insert(input, id);
        }
        for &id in &traced.order {
            if added.contains_key(&id) {
                continue;
            }
            let node = &self.graph[id];
            let op = match node.data.content {
                Content::Scalar(literal) => literal.into(),
                _ => node.op.clone(),
            };
            let operands = node.operands.iter().map(|operand| added[operand]).collect();
            let new = add(&mut program, id, op, operands);
            added.insert(id, new);
        }
        program.outputs = results.iter().map(|result| added[result]).collect();
        program
    }
}

/// Of a walk's nodes, those that the results need: the nodes to copy, and what they read from outside.
fn needed<'a>(
    order: &[NodeId],
    classes: &FxHashMap<NodeId, Class>,
    results: &[NodeId],
    operands: impl Fn(NodeId) -> &'a Operands,
) -> FunctionBody {
    let mut wanted: rustc_hash::FxHashSet<NodeId> = results.iter().copied().collect();
    let mut traced = FunctionBody { order: Vec::with_capacity(order.len()), captures: Vec::new() };
    for &id in order.iter().rev().filter(|id| classes.contains_key(id)) {
        if !wanted.contains(&id) {
            continue;
        }
        if classes[&id] == Class::Held {
            traced.captures.push(id);
        } else {
            traced.order.push(id);
            wanted.extend(operands(id));
        }
    }
    traced.order.reverse();
    traced.captures.reverse();
    traced
}
