//! Which checks the nodes of a walk depend on, so that each result is in error for its own reasons only.
//!
//! Nodes refer to sets by number, as nearly all nodes of a program have the same set, the empty one. Knows nothing
//! about what is checked.

use hloom_ir::NodeId;
use smallvec::SmallVec;

/// What a node may be in error for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Condition {
    /// A check in the program: an [`hloom_ir::Indexing::InBounds`].
    Checked(NodeId),
    /// The checks of an input, by its position among the inputs.
    Input(usize),
}

/// The sets of a walk.
#[derive(Debug, Default)]
pub(super) struct Conditions {
    all: Vec<Condition>,
    /// The set of number `n` is at `n - 1`, as positions in `all`, ascending; number 0 is the empty set.
    sets: Vec<SmallVec<[u32; 4]>>,
}

impl Conditions {
    pub(super) fn clear(&mut self) {
        self.all.clear();
        self.sets.clear();
    }

    /// All conditions, in the order in which the walk came to them.
    pub(super) fn all(&self) -> &[Condition] {
        &self.all
    }

    /// The conditions of a set.
    pub(super) fn of(&self, set: u32) -> impl Iterator<Item = Condition> {
        self.members(set).iter().map(|&at| self.all[at as usize])
    }

    fn members(&self, set: u32) -> &[u32] {
        set.checked_sub(1).map_or(&[], |at| &self.sets[at as usize])
    }

    /// The set of both.
    #[inline]
    pub(super) fn union(&mut self, a: u32, b: u32) -> u32 {
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
    pub(super) fn with(&mut self, set: u32, condition: Condition) -> u32 {
        let mut members: SmallVec<[u32; 4]> = self.members(set).into();
        members.push(self.all.len() as u32);
        self.all.push(condition);
        self.number(members)
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
