//! Loops and choices: operations that run regions.
//!
//! A region becomes a computation of one tuple. What a loop reads and does not change goes through its state
//! untouched, as HLO has it; numbers that are part of the program are written into the region instead, where
//! they fold into what uses them.

use hloom_ir::{Control, Leaf, Literal, NodeId, Op, Region, Shape, Switch, While};

use crate::builder::{Builder, Computation, Form};
use crate::value::Value;
use crate::{Error, Result};

use super::{Lowering, exactly, rounding, unroll};

/// An input of a region.
#[derive(Clone, Copy)]
enum Input<'b> {
    /// A part of the computation's tuple.
    Part(Value<'b>),
    /// A number of the program.
    Number(Literal),
    /// A negative zero that the compiler does not know, for [`Value::unknown`].
    Zero(Value<'b>),
}

impl<'b> Lowering<'_, 'b> {
    /// A loop or a choice, as the tuple of its results, or one result. `nodes` are the operands, of which `values` are the
    /// values.
    pub(super) fn control(&self, op: &Control, nodes: &[NodeId], values: &[Value<'b>]) -> Result<Value<'b>> {
        match op {
            Control::While(parts) => self.while_loop(parts, nodes),
            Control::Switch(parts) => self.switch(parts, nodes),
            Control::Part { idx } => exactly(values).map(|[results]| self.b.part(results, *idx)),
        }
    }

    /// The inputs of the regions: `operands` are the nodes, of which the first `n_state` may change from one
    /// run to the next.
    fn inputs(&self, operands: &[NodeId], n_state: usize, regions: &[&Region]) -> Result<Vec<Input<'b>>> {
        let input = |(idx, &operand): (usize, &NodeId)| match self.program.graph[operand].op {
            Op::Leaf(Leaf::Constant(literal)) if idx >= n_state => Ok(Input::Number(literal)),
            _ => self.value(operand).map(Input::Part),
        };
        let mut inputs = operands.iter().enumerate().map(input).collect::<Result<Vec<Input<'b>>>>()?;
        for dtype in rounding::hidden_dtypes(regions.iter().map(|region| region.program())) {
            inputs.push(Input::Zero(self.b.run_time_zero(dtype)));
        }
        Ok(inputs)
    }

    /// The tuple that a loop leaves; its parts are the state, then what the loop only read.
    fn while_loop(&self, parts: &While, operands: &[NodeId]) -> Result<Value<'b>> {
        let n_state = parts.body.results().len();
        let inputs = self.inputs(operands, n_state, &[&parts.condition, &parts.body])?;
        let condition = self.region("condition", &parts.condition, &inputs, |b, results, _| match results {
            [condition] => Ok(b.finish(*condition)),
            _ => Err(Error::Internal("a condition has one result".to_owned())),
        })?;
        let body = self.region("body", &parts.body, &inputs, next_state)?;
        let mut state = self.b.tuple(&values(&inputs));
        if let Some(variables) = unroll::induction_variables(parts) {
            let (both, twice) = self.unrolled(parts, &inputs, &variables)?;
            state = self.b.while_loop(both, twice, state);
        }
        Ok(self.b.while_loop(condition, body, state))
    }

    /// The condition and the body of a loop unrolled by two: whether there are two more iterations, and both of them.
    /// `variables` are the parts of the state that the condition follows from.
    fn unrolled(&self, parts: &While, inputs: &[Input<'b>], variables: &[usize]) -> Result<(Computation, Computation)> {
        let condition = self.computation("both", inputs, |b, inputs, _| {
            let first = results(&parts.condition, b, inputs, &[0])?;
            let after_first = results(&parts.body, b, inputs, variables)?;
            let mut next = inputs.to_vec();
            for (&part, value) in variables.iter().zip(after_first) {
                next[part] = Input::Part(value);
            }
            match [first, results(&parts.condition, b, &next, &[0])?].concat()[..] {
                [first, second] => Ok(b.finish(first & second)),
                _ => Err(Error::Internal("a condition has one result".to_owned())),
            }
        })?;
        let body = self.computation("twice", inputs, |b, inputs, own| {
            let all: Vec<usize> = (0..parts.body.results().len()).collect();
            let mut next = inputs.to_vec();
            for (part, value) in results(&parts.body, b, inputs, &all)?.into_iter().enumerate() {
                // Without a barrier, fusion across the two iterations would change what they compute.
                next[part] = Input::Part(value.barrier());
            }
            next_state(b, &results(&parts.body, b, &next, &all)?, own)
        })?;
        Ok((condition, body))
    }

    /// The tuple of the results of a choice.
    fn switch(&self, parts: &Switch, operands: &[NodeId]) -> Result<Value<'b>> {
        let Some((&selector, operands)) = operands.split_first() else {
            return Err(Error::Internal("expected an operand that chooses".to_owned()));
        };
        let selector = self.value(selector)?;
        let inputs = self.inputs(operands, 0, &parts.branches.iter().collect::<Vec<_>>())?;
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
        let all: Vec<usize> = (0..region.results().len()).collect();
        self.computation(name, inputs, |b, inputs, own| finish(b, &results(region, b, inputs, &all)?, own))
    }

    /// A computation of the tuple of some inputs. `build` makes it, from the inputs in it and the parts of its tuple.
    fn computation(
        &self,
        name: &str,
        inputs: &[Input<'b>],
        build: impl for<'r> FnOnce(&'r Builder<'r>, &[Input<'r>], &[Value<'r>]) -> Result<Computation>,
    ) -> Result<Computation> {
        let module = self.b.module();
        let source = module.source();
        let computation = {
            let b = module.computation(name);
            let types = values(inputs).into_iter().map(Value::ty).collect();
            let tuple = b.parameter(Form::Tuple(types));
            let mut own = Vec::new();
            let mut part = || {
                own.push(b.part(tuple, own.len()));
                own[own.len() - 1]
            };
            let inputs = inputs.iter().map(|input| match *input {
                Input::Part(_) => Input::Part(part()),
                Input::Number(literal) => Input::Number(literal),
                Input::Zero(_) => {
                    let zero = part();
                    b.set_run_time_zero(zero);
                    Input::Zero(zero)
                }
            });
            let inputs: Vec<Input<'_>> = inputs.collect();
            build(&b, &inputs, &own)?
        };
        module.set_source(source);
        Ok(computation)
    }
}

/// Some results of a region, computed in a computation.
fn results<'r>(
    region: &Region,
    b: &'r Builder<'r>,
    inputs: &[Input<'r>],
    positions: &[usize],
) -> Result<Vec<Value<'r>>> {
    let program = region.program();
    let pairs = program.inputs.iter().zip(inputs);
    let numbers = pairs.filter(|(_, input)| matches!(input, Input::Number(_))).map(|(&id, _)| id);
    let mut lowering = Lowering::new(program, b, &numbers.collect::<Vec<_>>()).ordered();
    for (&id, input) in program.inputs.iter().zip(inputs) {
        let value = match *input {
            Input::Part(value) | Input::Zero(value) => value,
            Input::Number(literal) => b.constant(literal, &Shape::scalar()),
        };
        lowering.set(id, value);
    }
    lowering.nodes(&positions.iter().map(|&position| program.outputs[position]).collect::<Vec<_>>())
}

/// Ends the body of a loop: the next state, and what the loop only reads, untouched.
fn next_state<'r>(b: &'r Builder<'r>, state: &[Value<'r>], own: &[Value<'r>]) -> Result<Computation> {
    let next: Vec<Value<'_>> = state.iter().chain(&own[state.len()..]).copied().collect();
    Ok(b.finish(b.tuple(&next)))
}

/// The inputs that are values of the computation around the region.
fn values<'b>(inputs: &[Input<'b>]) -> Vec<Value<'b>> {
    let value = |input: &Input<'b>| match *input {
        Input::Part(value) | Input::Zero(value) => Some(value),
        Input::Number(_) => None,
    };
    inputs.iter().filter_map(value).collect()
}

#[cfg(test)]
mod tests {
    use hloom_ir::{DType, Program, Type};
    use hloom_transform::{Build, ProgramBuilder};

    use super::*;

    /// A choice between the sums and the differences of some arrays with themselves.
    fn choice(types: &[Type]) -> Program {
        let branch = |op| {
            let mut b = ProgramBuilder::new();
            let inputs: Vec<NodeId> = types.iter().map(|ty| b.input(ty.clone())).collect();
            let outputs: Vec<NodeId> = inputs.iter().map(|&input| b.apply(op, input, input).unwrap()).collect();
            Region::new(b.finish(&outputs))
        };
        let mut b = ProgramBuilder::new();
        let mut operands = vec![b.input(Type::scalar(DType::Bool))];
        operands.extend(types.iter().map(|ty| b.input(ty.clone())));
        let branches = [hloom_ir::Binary::Add, hloom_ir::Binary::Subtract].map(branch).into();
        let outputs = b.several(Control::Switch(Box::new(Switch { branches })), &operands).unwrap();
        b.finish(&outputs)
    }

    fn is_run(types: &[Type]) -> bool {
        let lowered = crate::lower(&choice(types), &crate::Options::default()).unwrap();
        assert_eq!(lowered.results, types);
        lowered.text().contains("conditional(")
    }

    #[test]
    fn each_of_several_results_may_be_empty() {
        let [empty, full] = [Type::new(DType::F32, [0, 3]), Type::new(DType::F64, [2])];
        assert!(is_run(&[full.clone(), empty.clone()]));
        assert!(is_run(&[empty.clone(), full]));
        assert!(!is_run(&[empty.clone(), empty]));
    }
}
