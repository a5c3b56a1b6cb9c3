//! Rings among the modules below one module. Knows which depend on which, and where that is said; knows nothing
//! of how it was found.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// A module and one that it depends on.
pub(super) type Edge = (String, String);

/// A file and a line.
pub(super) type Place = (String, usize);

/// Which modules depend on which, with all places that say so.
#[derive(Clone, Debug, Default)]
pub(super) struct Graph {
    pub(super) edges: BTreeMap<Edge, BTreeSet<Place>>,
}

/// The dependencies of a ring, one after the other.
pub(super) type Ring = Vec<Edge>;

impl Graph {
    /// Adds a dependency.
    pub(super) fn add(&mut self, from: &str, to: &str, place: Place) {
        self.edges.entry((from.to_owned(), to.to_owned())).or_default().insert(place);
    }

    /// The graph without some dependencies.
    fn without<'a>(&self, edges: impl IntoIterator<Item = &'a Edge>) -> Graph {
        let mut graph = self.clone();
        edges.into_iter().for_each(|edge| drop(graph.edges.remove(edge)));
        graph
    }

    /// The shortest ring that a dependency closes.
    fn ring(&self, edge: &Edge) -> Option<Ring> {
        if !self.edges.contains_key(edge) {
            return None;
        }
        let (end, start) = edge;
        let mut before: BTreeMap<&str, &Edge> = BTreeMap::new();
        let mut waiting = VecDeque::from([start.as_str()]);
        while let Some(module) = waiting.pop_front() {
            for next in self.edges.keys().filter(|(from, _)| from == module) {
                if next.1 != *start && !before.contains_key(next.1.as_str()) {
                    before.insert(&next.1, next);
                    waiting.push_back(&next.1);
                }
            }
        }
        let mut ring = Vec::new();
        let mut module = end.as_str();
        while module != start {
            let last = before.get(module)?;
            ring.push((*last).clone());
            module = &last.0;
        }
        ring.push(edge.clone());
        ring.reverse();
        Some(ring)
    }

    /// The rings, each by a dependency that closes it without the help of those that close others.
    pub(super) fn rings(&self) -> Vec<Ring> {
        let closing = self.closing();
        let alone = |edge: &Edge| self.without(closing.iter().filter(|other| *other != edge)).ring(edge);
        closing.iter().filter_map(alone).collect()
    }

    /// Dependencies without which there is no ring, and all of which that takes. Of a short ring they have the one
    /// that is said in the fewest places.
    fn closing(&self) -> Vec<Edge> {
        let mut rest = self.clone();
        let mut closing = Vec::new();
        while let Some(ring) = rest.edges.keys().filter_map(|edge| rest.ring(edge)).min_by_key(Vec::len) {
            let weakest = ring.into_iter().min_by_key(|edge| self.edges[edge].len());
            rest = rest.without(&weakest);
            closing.extend(weakest);
        }
        // One that was taken early may close nothing without those that were taken later.
        for edge in closing.clone() {
            let others: Vec<Edge> = closing.iter().filter(|other| **other != edge).cloned().collect();
            if self.without(&others).ring(&edge).is_none() {
                closing = others;
            }
        }
        closing
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(edges: &[&str]) -> Graph {
        let mut graph = Graph::default();
        for (line, edge) in edges.iter().enumerate() {
            let (from, to) = edge.split_once(' ').unwrap();
            graph.add(from, to, ("x.rs".to_owned(), line));
        }
        graph
    }

    fn shown(ring: &Ring) -> String {
        ring.iter().map(|(from, to)| format!("{from} {to}")).collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn every_ring_is_opened_and_none_twice() {
        let closing = |edges: &[&str]| shown(&graph(edges).closing());
        assert_eq!(closing(&["a b", "b c", "a c"]), "");
        assert_eq!(closing(&["a b", "a b", "b c", "c a", "x a"]), "b c");
        assert_eq!(closing(&["a b", "b a", "b c", "c a"]), "a b");
        assert_eq!(closing(&["a b", "a b", "b a", "b c", "c a"]), "b a, b c");
        // The short ring is opened first, at `a b`, and the long one where both are open.
        assert_eq!(closing(&["a b", "b a", "b d", "d c", "c c2", "c2 b"]), "a b, b d");
    }

    #[test]
    fn a_ring_starts_with_what_closes_it() {
        let graph = graph(&["a b", "b c", "c d", "d a", "c a"]);
        let ring = |from: &str, to: &str| graph.ring(&(from.to_owned(), to.to_owned())).map(|ring| shown(&ring));
        assert_eq!(ring("d", "a").unwrap(), "d a, a b, b c, c d");
        assert_eq!(ring("c", "a").unwrap(), "c a, a b, b c");
        assert_eq!(ring("a", "c"), None);
    }
}
