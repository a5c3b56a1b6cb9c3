//! The door of compiled functions: which results of a program depend on which inputs and which checks, so that a result
//! is in error for its own reasons only.

use std::sync::Arc;

use hloom_ir::Program;
use smallvec::SmallVec;

use super::{Check, Checks, Conditional, Fault};

/// A set of what a result depends on: inputs by their position, and behind them faults.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Reach(SmallVec<[u64; 2]>);

impl Reach {
    /// The set of some bits.
    pub(crate) fn from_words(words: &[u64]) -> Reach {
        Reach(words.into())
    }

    /// The bits.
    pub(crate) fn words(&self) -> &[u64] {
        &self.0
    }

    pub(super) fn insert(&mut self, member: usize) {
        let word = member / 64;
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= 1 << (member % 64);
    }

    /// Puts the members of another set in.
    pub(crate) fn union(&mut self, other: &Reach) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        for (word, other) in self.0.iter_mut().zip(&other.0) {
            *word |= other;
        }
    }

    /// Whether a member is in it.
    pub(crate) fn contains(&self, member: usize) -> bool {
        self.0.get(member / 64).is_some_and(|word| word >> (member % 64) & 1 == 1)
    }
}

/// The checks of a program: its first outputs are results, and each of the others is the offender of one fault.
#[derive(Debug)]
pub(crate) struct ProgramChecks {
    /// What each result depends on.
    reach: Vec<Reach>,
    /// What may turn out to be wrong when the program runs.
    faults: Vec<Arc<Fault>>,
}

impl ProgramChecks {
    /// Those of a program, which returns the offenders of `faults` behind its results.
    pub(crate) fn of(program: &Program, faults: Vec<Arc<Fault>>) -> ProgramChecks {
        let n_results = program.outputs.len() - faults.len();
        ProgramChecks { reach: find(program, n_results), faults }
    }

    /// Those of a program that is not at hand, such as that of a saved function.
    pub(crate) fn known(reach: Vec<Reach>, faults: Vec<Arc<Fault>>) -> ProgramChecks {
        ProgramChecks { reach, faults }
    }

    pub(crate) fn reach(&self) -> &[Reach] {
        &self.reach
    }

    pub(crate) fn faults(&self) -> &[Arc<Fault>] {
        &self.faults
    }

    /// How many of the outputs are results.
    pub(crate) fn n_results(&self) -> usize {
        self.reach.len()
    }

    /// The checks that each result takes over from the inputs it depends on. None if no input has any. May wait for
    /// runs that have been started.
    pub(crate) fn taken_over<'a, V: Conditional + 'a>(
        &self,
        inputs: impl Iterator<Item = &'a Arc<V>> + Clone,
    ) -> Option<Vec<Checks<V>>> {
        inputs.clone().any(|input| input.is_conditional()).then(|| {
            let of_result = |reach: &Reach| {
                let reached = inputs.clone().enumerate().filter(|(idx, _)| reach.contains(*idx));
                let mut checks = Checks::of(reached.map(|(_, input)| input));
                checks.trim();
                checks
            };
            self.reach.iter().map(of_result).collect()
        })
    }

    /// The checks of each result of a run, from the offenders that it returned.
    pub(crate) fn of_results<V: Conditional>(
        &self,
        taken_over: &[Checks<V>],
        offenders: impl Iterator<Item = Arc<V>>,
        n_inputs: usize,
    ) -> Vec<Checks<V>> {
        let own = offenders.zip(&self.faults).map(|(offender, fault)| Check { offender, fault: fault.clone() });
        let own: SmallVec<[Check<V>; 4]> = own.collect();
        let of_result = |(idx, reach): (usize, &Reach)| {
            let reached = own.iter().enumerate().filter(|(fault, _)| reach.contains(n_inputs + fault));
            let reached: SmallVec<[Check<V>; 4]> = reached.map(|(_, check)| check.clone()).collect();
            taken_over.get(idx).cloned().unwrap_or_default().and(&reached)
        };
        self.reach.iter().enumerate().map(of_result).collect()
    }
}

/// For each of the first `n_results` outputs, the inputs and faults that it depends on. The other outputs are the
/// offenders of one fault each.
fn find(program: &Program, n_results: usize) -> Vec<Reach> {
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
        if let Some((_, offender)) = node.requirement()
            && let Some(fault) = offenders.iter().position(|&other| other == offender)
        {
            reach.insert(n_inputs + fault);
        }
        of_nodes[id.index()] = reach;
    }
    program.outputs.iter().take(n_results).map(|id| of_nodes[id.index()].clone()).collect()
}
