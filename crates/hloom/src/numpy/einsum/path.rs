//! The order in which three and more operands are multiplied. Knows labels and extents, not arrays.
//!
//! The measures and the two searches are those of NumPy's `einsum_path`, so that they yield its paths.

use super::parse::{Equation, spelled};
use crate::numpy::product::Label;

/// Sets of labels, as bit masks: there are letters and axes of ellipses, fewer than 128 of both.
pub(super) type Labels = u128;

/// From this number of operands on, the search that looks at every order takes longer than what it saves.
const MAX_EXHAUSTIVE: usize = 6;

/// What is multiplied, as sets of labels.
#[derive(Clone, Debug)]
pub(super) struct Terms {
    inputs: Vec<Labels>,
    output: Labels,
    /// The extent of each label.
    extents: Vec<u128>,
}

/// One step of a path: which of the operands that are left are multiplied. The product comes last among the rest.
pub(super) type Step = Vec<usize>;

pub(super) fn set(labels: &[Label]) -> Labels {
    labels.iter().fold(0, |set, &label| set | 1 << label)
}

impl Terms {
    pub(super) fn new(inputs: Vec<Labels>, output: Labels, extents: &[usize]) -> Terms {
        Terms { inputs, output, extents: extents.iter().map(|&extent| extent as u128).collect() }
    }

    pub(super) fn len(&self) -> usize {
        self.inputs.len()
    }

    /// The number of elements of an array with these labels.
    fn size(&self, labels: Labels) -> u128 {
        let extents = self.extents.iter().enumerate().filter(|&(label, _)| labels >> label & 1 == 1);
        extents.fold(1, |size, (_, &extent)| size.saturating_mul(extent))
    }

    /// The number of operations that a product of some terms takes.
    fn cost(&self, labels: Labels, is_sum: bool, n_terms: usize) -> u128 {
        let per_element = (n_terms.max(2) - 1 + usize::from(is_sum)) as u128;
        self.size(labels).saturating_mul(per_element)
    }

    /// The labels of the product of some terms, and all labels that they have.
    fn product(&self, terms: &[Labels], chosen: &[usize]) -> (Labels, Labels) {
        let (mut all, mut wanted) = (0, self.output);
        for (idx, &term) in terms.iter().enumerate() {
            match chosen.contains(&idx) {
                true => all |= term,
                false => wanted |= term,
            }
        }
        (all & wanted, all)
    }

    /// The elements of the largest operand or result.
    pub(super) fn largest(&self) -> u128 {
        let sizes = self.inputs.iter().chain([&self.output]).map(|&labels| self.size(labels));
        sizes.max().unwrap_or(1)
    }

    /// The order that takes the fewest operations, or nearly so: without an intermediate larger than operands and result
    /// if there is one.
    pub(super) fn best(&self) -> Vec<Step> {
        let search = |limit| match self.inputs.len() {
            ..=MAX_EXHAUSTIVE => self.optimal(limit),
            _ => self.greedy(limit),
        };
        let path = search(self.largest());
        if path.iter().all(|step| step.len() == 2) { path } else { search(u128::MAX) }
    }

    /// The pair after pair that takes the fewest operations, by looking at every order. What would make an intermediate
    /// larger than the limit is left to one last step.
    pub(super) fn optimal(&self, limit: u128) -> Vec<Step> {
        type Partial = (u128, Vec<Step>, Vec<Labels>);
        let n_inputs = self.inputs.len();
        let cheapest =
            |all: Vec<Partial>| all.into_iter().reduce(|best, next| if next.0 < best.0 { next } else { best });
        let mut partial: Vec<Partial> = vec![(0, Vec::new(), self.inputs.clone())];
        for n_left in (2..=n_inputs).rev() {
            let mut next = Vec::new();
            for (cost, path, terms) in &partial {
                for pair in pairs(n_left) {
                    let (product, all) = self.product(terms, &pair);
                    if self.size(product) > limit {
                        continue;
                    }
                    let cost = cost.saturating_add(self.cost(all, all != product, 2));
                    let path = path.iter().cloned().chain([pair.to_vec()]).collect();
                    next.push((cost, path, replaced(terms, &pair, product)));
                }
            }
            if next.is_empty() {
                let mut path = cheapest(partial).map(|(_, path, _)| path).unwrap_or_default();
                path.push((0..n_left).collect());
                return path;
            }
            partial = next;
        }
        cheapest(partial).map(|(_, path, _)| path).unwrap_or_default()
    }

    /// The pair after pair that frees the most memory, those with a common label first.
    pub(super) fn greedy(&self, limit: u128) -> Vec<Step> {
        match self.inputs.len() {
            1 => return vec![vec![0]],
            2 => return vec![vec![0, 1]],
            _ => {}
        }
        let mut terms = self.inputs.clone();
        let everything: Step = (0..terms.len()).collect();
        let (product, all) = self.product(&terms, &everything);
        let naive = self.cost(all, all != product, terms.len());
        let mut known: Vec<Candidate> = Vec::new();
        let mut considered: Vec<[usize; 2]> = pairs(terms.len()).collect();
        let (mut path, mut spent) = (Vec::new(), 0u128);
        while terms.len() > 1 {
            let candidate = |pair: [usize; 2]| {
                let (product, all) = self.product(&terms, &pair);
                let size = self.size(product);
                let cost = self.cost(all, all != product, 2);
                let freed =
                    pair.map(|idx| self.size(terms[idx])).iter().fold(0u128, |sum, &size| sum.saturating_add(size));
                let grows = size as i128 - freed.min(i128::MAX as u128) as i128;
                let is_legal = size <= limit && spent.saturating_add(cost) <= naive;
                is_legal.then_some(Candidate { rank: (grows, cost), pair, product })
            };
            known.extend(considered.drain(..).filter(|&[a, b]| terms[a] & terms[b] != 0).filter_map(candidate));
            if known.is_empty() {
                known.extend(pairs(terms.len()).filter_map(candidate));
            }
            let Some(best) = known.iter().min_by_key(|candidate| candidate.rank).cloned() else {
                path.push((0..terms.len()).collect());
                return path;
            };
            known.retain(|other| !other.pair.iter().any(|idx| best.pair.contains(idx)));
            for other in &mut known {
                other.pair = other.pair.map(|idx| idx - best.pair.iter().filter(|&&gone| idx > gone).count());
            }
            terms = replaced(&terms, &best.pair, best.product);
            spent = spent.saturating_add(best.rank.1);
            path.push(best.pair.to_vec());
            let last = terms.len() - 1;
            considered = (0..last).map(|idx| [idx, last]).collect();
        }
        path
    }
}

/// A pair that may be multiplied next.
#[derive(Clone, Debug)]
struct Candidate {
    /// How much more memory the product takes than the pair, and what it takes to compute.
    rank: (i128, u128),
    pair: [usize; 2],
    product: Labels,
}

/// All pairs of so many terms, in order.
fn pairs(n_terms: usize) -> impl Iterator<Item = [usize; 2]> {
    (0..n_terms).flat_map(move |a| (a + 1..n_terms).map(move |b| [a, b]))
}

/// The terms without some, and with their product at the end.
fn replaced(terms: &[Labels], chosen: &[usize], product: Labels) -> Vec<Labels> {
    let rest = terms.iter().enumerate().filter(|(idx, _)| !chosen.contains(idx)).map(|(_, &term)| term);
    rest.chain([product]).collect()
}

/// A path as people read it: what is multiplied in each step, and what it takes.
pub(super) fn report(equation: &Equation, extents: &[usize], path: &[Step]) -> String {
    let spell = spelled(equation);
    let inputs: Vec<Labels> = equation.inputs.iter().map(|labels| set(labels)).collect();
    let terms = Terms::new(inputs.clone(), set(&equation.output), extents);
    let output = spell(&equation.output);
    let mut texts: Vec<String> = equation.inputs.iter().map(|labels| spell(labels)).collect();
    let all = inputs.iter().fold(0, |all, labels| all | labels);
    let complete = format!("{}->{output}", texts.join(","));
    let is_sum = inputs.iter().map(|labels| labels.count_ones()).sum::<u32>() > all.count_ones();
    let naive = terms.cost(all, is_sum, inputs.len());
    let (mut left, mut rows) = (inputs, Vec::new());
    let (mut total, mut scaling, mut largest) = (1u128, 0, 0);
    for (idx, step) in path.iter().enumerate() {
        let (product, labels) = terms.product(&left, step);
        total = total.saturating_add(terms.cost(labels, labels != product, step.len()));
        scaling = scaling.max(labels.count_ones());
        largest = largest.max(terms.size(product));
        let mut chosen: Vec<usize> = step.clone();
        chosen.sort_unstable_by(|a, b| b.cmp(a));
        let multiplied: Vec<String> = chosen.iter().map(|&at| texts.remove(at)).collect();
        let made = if idx + 1 == path.len() { output.clone() } else { by_extent(product, extents, &spell) };
        texts.push(made.clone());
        left = replaced(&left, step, product);
        let step = format!("{}->{made}", multiplied.join(","));
        rows.push(format!(
            "\n{:>4}    {step:>24} {:>40}",
            labels.count_ones(),
            format!("{}->{output}", texts.join(","))
        ));
    }
    let line = "-".repeat(74);
    format!(
        "  Complete contraction:  {complete}\n         Naive scaling:  {}\n     Optimized scaling:  {scaling}\n      Naive \
         FLOP count:  {}\n  Optimized FLOP count:  {}\n   Theoretical speedup:  {:.3}\n  Largest intermediate:  {} \
         elements\n{line}\n{:>6} {:>24} {:>40}\n{line}{}",
        all.count_ones(),
        scientific(naive),
        scientific(total),
        naive as f64 / total as f64,
        scientific(largest),
        "scaling",
        "current",
        "remaining",
        rows.concat()
    )
}

/// The labels of a product, those of the least extents first.
fn by_extent(labels: Labels, extents: &[usize], spell: &impl Fn(&[Label]) -> String) -> String {
    let mut own: Vec<(usize, String)> = (0..extents.len())
        .filter(|label| labels >> label & 1 == 1)
        .map(|label| (extents[label], spell(&[label])))
        .collect();
    own.sort();
    own.into_iter().map(|(_, letter)| letter).collect()
}

/// A number as Python's `{:.3e}` writes it.
fn scientific(number: u128) -> String {
    let text = format!("{:.3e}", number as f64);
    match text.split_once('e') {
        Some((digits, exponent)) => format!("{digits}e+{exponent:0>2}"),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numpy::einsum::parse::Written;

    fn terms(text: &str, ndims: &[usize], extent: impl Fn(usize) -> usize) -> Terms {
        let equation = Written::Text(text.to_owned()).equation(ndims).unwrap();
        let inputs = equation.inputs.iter().map(|labels| set(labels)).collect();
        let extents: Vec<usize> = (0..128).map(extent).collect();
        Terms::new(inputs, set(&equation.output), &extents)
    }

    #[test]
    fn paths_are_those_of_numpy() {
        // `a` has label 26; extents 2, 3, 4, … from there on.
        let example = terms("ea,fb,abcd,gc,hd->efgh", &[2, 2, 4, 2, 2], |_| 10);
        let path = [[0, 2], [0, 3], [0, 2], [0, 1]];
        assert_eq!(example.greedy(example.largest()), path);
        assert_eq!(example.optimal(example.largest()), path);
        let chain = terms("ab,bc,cd->ad", &[2, 2, 2], |label| (label % 26) + 2);
        assert_eq!(chain.greedy(chain.largest()), [[1, 2], [0, 1]]);
        assert_eq!(chain.optimal(chain.largest()), [[0, 1], [0, 1]]);
        let outer = terms("a,b,ab->", &[1, 1, 2], |_| 5);
        assert_eq!(outer.best(), [[0, 2], [0, 1]]);
    }

    #[test]
    fn no_intermediate_is_larger_than_operands_and_result_if_that_can_be() {
        // By the number of operations alone, the two vectors would be multiplied first.
        let terms = terms("a,b,c->", &[1, 1, 1], |_| 1000);
        let path = terms.best();
        assert_eq!(path.len(), 2);
        let few = terms_of_many();
        assert!(few.best().iter().all(|step| step.len() == 2));
    }

    /// More operands than are searched exhaustively.
    fn terms_of_many() -> Terms {
        terms("ab,bc,cd,de,ef,fg,gh,hi->ai", &[2; 8], |label| 2 + label % 7)
    }

    #[test]
    fn numbers_are_written_as_python_does() {
        assert_eq!(scientific(0), "0.000e+00");
        assert_eq!(scientific(123_456), "1.235e+05");
        assert_eq!(scientific(10u128.pow(12)), "1.000e+12");
    }
}
