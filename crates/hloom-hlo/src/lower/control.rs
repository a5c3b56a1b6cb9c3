//! Loops and choices: operations that run regions.
//!
//! A region becomes a computation of one tuple. What a loop reads and does not change goes through its state
//! untouched, as HLO has it; numbers that are part of the program are written into the region instead, where
//! they fold into what uses them.

use hloom_ir::{Literal, NodeId, Op, Region, Shape};

use crate::builder::{Builder, Computation, Form};
use crate::value::Value;
use crate::{Error, Result};

use super::Lowering;

/// An input of a region.
#[derive(Clone, Copy)]
enum Input<'b> {
    /// A part of the computation's tuple.
    Part(Value<'b>),
    /// A number of the program.
    Number(Literal),
}

impl<'b> Lowering<'b> {
    /// The inputs of the regions: `operands` are the nodes, of which the first `n_state` may change from one
    /// run to the next.
    fn inputs(&self, operands: &[NodeId], n_state: usize) -> Result<Vec<Input<'b>>> {
        let input = |(idx, &operand): (usize, &NodeId)| match self.program.graph[operand].op {
            Op::Constant(literal) if idx >= n_state => Ok(Input::Number(literal)),
            _ => self.value(operand).map(Input::Part),
        };
        operands.iter().enumerate().map(input).collect()
    }

    /// The tuple that a loop leaves; its parts are the state, then what the loop only read.
    pub(super) fn while_loop(&self, parts: &hloom_ir::While, operands: &[NodeId]) -> Result<Value<'b>> {
        let n_state = parts.body.results().len();
        let inputs = self.inputs(operands, n_state)?;
        let condition = self.region("condition", &parts.condition, &inputs, |b, results, _| match results {
            [condition] => Ok(b.finish(*condition)),
            _ => Err(Error::Internal("while: a condition has one result".to_owned())),
        })?;
        let body = self.region("body", &parts.body, &inputs, |b, results, invariant| {
            let next: Vec<Value<'_>> = results.iter().chain(&invariant[n_state..]).copied().collect();
            Ok(b.finish(b.tuple(&next)))
        })?;
        let state = self.b.tuple(&values(&inputs));
        Ok(self.b.while_loop(condition, body, state))
    }

    /// The tuple of the results of a choice.
    pub(super) fn switch(&self, parts: &hloom_ir::Switch, operands: &[NodeId]) -> Result<Value<'b>> {
        let Some((&selector, operands)) = operands.split_first() else {
            return Err(Error::Internal("switch: expected an operand that chooses".to_owned()));
        };
        let selector = self.value(selector)?;
        let inputs = self.inputs(operands, 0)?;
        let mut branches = Vec::with_capacity(parts.branches.len());
        for branch in &parts.branches {
            branches.push(self.region("branch", branch, &inputs, |b, results, _| Ok(b.finish(b.tuple(results))))?);
        }
        if selector.dtype() == hloom_ir::DType::Bool {
            // The first computation of a conditional on a bool is the one for true.
            branches.reverse();
        }
        let results = parts.branches.first().map(Region::results).unwrap_or_default();
        let input = self.b.tuple(&values(&inputs));
        Ok(self.b.conditional(selector, &branches, input, Form::Tuple(results)))
    }

    /// A region as a computation. `finish` ends it, from the region's results and the parts of its tuple.
    fn region(
        &self,
        name: &str,
        region: &Region,
        inputs: &[Input<'b>],
        finish: impl for<'r> FnOnce(&'r Builder<'r>, &[Value<'r>], &[Value<'r>]) -> Result<Computation>,
    ) -> Result<Computation> {
        let module = self.b.module();
        let origin = module.origin();
        let computation = {
            let b = module.computation(name);
            let types = values(inputs).into_iter().map(Value::ty).collect();
            let tuple = b.parameter(Form::Tuple(types));
            let program = region.program();
            let pairs = program.inputs.iter().zip(inputs);
            let numbers = pairs.filter(|(_, input)| matches!(input, Input::Number(_))).map(|(&id, _)| id);
            let mut lowering = Lowering::new(program, &b, &numbers.collect::<Vec<_>>());
            let mut invariant = Vec::new();
            for (&id, input) in program.inputs.iter().zip(inputs) {
                let value = match input {
                    Input::Part(_) => {
                        let part = b.part(tuple, invariant.len());
                        invariant.push(part);
                        part
                    }
                    Input::Number(literal) => b.constant(*literal, &Shape::scalar()),
                };
                lowering.set(id, value);
            }
            let results = lowering.nodes()?;
            finish(&b, &results, &invariant)?
        };
        module.set_origin(origin);
        Ok(computation)
    }
}

/// The inputs that are values of the computation around the region.
fn values<'b>(inputs: &[Input<'b>]) -> Vec<Value<'b>> {
    let value = |input: &Input<'b>| match *input {
        Input::Part(value) => Some(value),
        Input::Number(_) => None,
    };
    inputs.iter().filter_map(value).collect()
}
