//! Which checks the nodes of a graph depend on, collected while the recorder walks over the nodes. Each result is then
//! in error for its own reasons only.
//!
//! Nodes refer to sets by number, as nearly all nodes of a program have the same set, the empty one.
//! [`ProgramChecks`](super::ProgramChecks) answers the same question for a finished program. There it is asked once for
//! each program; here it is asked for every value that is computed, and must cost nothing where nothing is checked.

use std::sync::Arc;

use hloom_ir::NodeId;
use smallvec::SmallVec;

use super::{Check, Checks, Conditional};

/// What a node may be in error for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    /// A check in the program: an [`hloom_ir::Indexing::Require`].
    Checked(NodeId),
    /// The checks of an input, by its position among the inputs.
    Input(usize),
}

/// The sets of a walk.
#[derive(Debug, Default)]
pub(crate) struct Conditions {
    all: Vec<Condition>,
    /// The set of number `n` is at `n - 1`, as positions in `all`, ascending; number 0 is the empty set.
    sets: Vec<SmallVec<[u32; 4]>>,
}

impl Conditions {
    pub(crate) fn clear(&mut self) {
        self.all.clear();
        self.sets.clear();
    }

    /// Whether nothing is in any set.
    pub(crate) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// The conditions of a set, in the order in which the walk came to them.
    fn of(&self, set: u32) -> impl Iterator<Item = Condition> {
        self.members(set).iter().map(|&at| self.all[at as usize])
    }

    fn members(&self, set: u32) -> &[u32] {
        set.checked_sub(1).map_or(&[], |at| &self.sets[at as usize])
    }

    /// The set of both.
    #[inline]
    pub(crate) fn union(&mut self, a: u32, b: u32) -> u32 {
        match (a, b) {
            (a, 0) => a,
            (0, b) => b,
            (a, b) if a == b => a,
            (a, b) => self.joined(a, b),
        }
    }

    #[cold]
    fn joined(&mut self, a: u32, b: u32) -> u32 {
        let mut members: SmallVec<[u32; 4]> = self.members(a).into();
        members.extend_from_slice(self.members(b));
        members.sort_unstable();
        members.dedup();
        self.number(members)
    }

    /// The set with one condition more, which no set has yet.
    pub(crate) fn with(&mut self, set: u32, condition: Condition) -> u32 {
        let mut members: SmallVec<[u32; 4]> = self.members(set).into();
        members.push(self.all.len() as u32);
        self.all.push(condition);
        self.number(members)
    }

    /// The checks that are made in the program, where `check` finds them, with what stands for each in the sets.
    pub(crate) fn in_program<V>(
        &self,
        mut check: impl FnMut(NodeId) -> Option<Check<V>>,
    ) -> SmallVec<[(Condition, Check<V>); 2]> {
        let own = self.all.iter().filter_map(|&condition| match condition {
            Condition::Checked(node) => Some((condition, check(node)?)),
            Condition::Input(_) => None,
        });
        own.collect()
    }

    /// The checks of a result that depends on a set. `own` are those of the program.
    pub(crate) fn checks<V: Conditional>(
        &self,
        set: u32,
        inputs: &[Arc<V>],
        own: &[(Condition, Check<V>)],
    ) -> Checks<V> {
        let set: SmallVec<[Condition; 4]> = self.of(set).collect();
        let inputs = set.iter().filter_map(|condition| match condition {
            Condition::Input(input) => inputs.get(*input),
            Condition::Checked(_) => None,
        });
        let own = own.iter().filter(|(condition, _)| set.contains(condition));
        let own: SmallVec<[Check<V>; 4]> = own.map(|(_, check)| check.clone()).collect();
        Checks::of(inputs).and(&own)
    }

    fn number(&mut self, members: SmallVec<[u32; 4]>) -> u32 {
        let known = self.sets.iter().position(|set| *set == members);
        let at = known.unwrap_or_else(|| {
            self.sets.push(members);
            self.sets.len() - 1
        });
        at as u32 + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_numbered_once() {
        let mut conditions = Conditions::default();
        let [a, b] = [0, 1].map(|input| conditions.with(0, Condition::Input(input)));
        let both = conditions.union(a, b);
        assert_eq!([conditions.union(0, a), conditions.union(b, 0), conditions.union(a, a)], [a, b, a]);
        assert_eq!([conditions.union(b, a), conditions.union(both, a)], [both, both]);
        let more = conditions.with(both, Condition::Input(2));
        assert_eq!(conditions.of(more).collect::<Vec<_>>(), [0, 1, 2].map(Condition::Input));
        assert_eq!(conditions.of(0).count(), 0);
    }
}
