//! What each result of a program depends on, so that a result is in error for its own reasons only.
//!
//! Knows the shape of a program, and nothing about why an input or a position may be in error.

use hloom_ir::Program;

use crate::eval::call::Reach;

/// For each of the first `n_results` outputs, the inputs and faults that it depends on. The other outputs tell of
/// one fault each.
pub(super) fn find(program: &Program, n_results: usize) -> Vec<Reach> {
    let (graph, n_inputs) = (&program.graph, program.inputs.len());
    let offenders = program.outputs.get(n_results..).unwrap_or_default();
    let mut of_nodes = vec![Reach::default(); graph.table_len()];
    for (input, id) in program.inputs.iter().enumerate() {
        of_nodes[id.index()].insert(input);
    }
    for id in graph.ids() {
        let node = &graph[id];
        let mut reach = std::mem::take(&mut of_nodes[id.index()]);
        for operand in &node.operands {
            reach.union(&of_nodes[operand.index()]);
        }
        if let Some((_, offender)) = node.in_bounds()
            && let Some(fault) = offenders.iter().position(|&other| other == offender)
        {
            reach.insert(n_inputs + fault);
        }
        of_nodes[id.index()] = reach;
    }
    program.outputs.iter().take(n_results).map(|id| of_nodes[id.index()].clone()).collect()
}
