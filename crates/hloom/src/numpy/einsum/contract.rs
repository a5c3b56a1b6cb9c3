//! A contraction of any number of arrays: diagonals first, then sums over what one array alone has, then products of two at a
//! time.

use hloom_ir::{NodeId, Shape};

use super::parse::{Equation, letter};
use super::path::{Step, Terms, set};
use super::{Optimize, path_of};
use crate::numpy::product::{Label, Labelled, arranged, product, summed, tight, without};
use crate::numpy::trace::diagonal_of;
use crate::record::{Build, Builder};
use crate::{Error, Result};

/// The sum of products of arrays of one dtype that an equation names.
pub(super) fn contract(
    builder: &mut Builder<'_>,
    equation: &Equation,
    nodes: &[NodeId],
    optimize: &Optimize,
) -> Result<NodeId> {
    let shapes = nodes.iter().map(|&node| builder.shape(node)).collect::<Result<Vec<_>>>()?;
    let extents = extents(equation, &shapes.iter().map(|shape| &**shape).collect::<Vec<_>>())?;
    let dtype = builder.dtype(nodes[0])?;
    let output = &equation.output;
    let is_kept = |labels: &[Label]| labels.iter().all(|label| output.contains(label));
    // One step rounds once by itself.
    let is_one_step = nodes.len() == 1
        || nodes.len() == 2
            && equation.inputs.iter().enumerate().all(|(idx, labels)| {
                labels.iter().all(|label| is_kept(&[*label]) || equation.inputs[1 - idx].contains(label))
            });
    let computed = if is_one_step { dtype } else { dtype.wide() };
    let mut terms = Vec::with_capacity(nodes.len());
    for (idx, (&node, labels)) in nodes.iter().zip(&equation.inputs).enumerate() {
        let node = builder.convert(node, computed)?;
        let term = diagonals(builder, node, labels)?;
        let term = stretched(builder, term, &extents)?;
        let others = equation.inputs.iter().enumerate().filter(|&(other, _)| other != idx);
        let wanted: Vec<Label> = others.flat_map(|(_, labels)| labels).chain(output).copied().collect();
        terms.push(summed(builder, term, &wanted)?);
    }
    for step in path(&terms, output, &extents, optimize)? {
        let mut chosen: Vec<Labelled> = Vec::with_capacity(step.len());
        let mut rest = Vec::new();
        for (idx, term) in terms.into_iter().enumerate() {
            match step.contains(&idx) {
                true => chosen.push(term),
                false => rest.push(term),
            }
        }
        let mut chosen = chosen.into_iter();
        let mut made = chosen.next().ok_or_else(|| Error::value("einsum: a step of the path multiplies nothing"))?;
        while let Some(next) = chosen.next() {
            let later = rest.iter().chain(chosen.as_slice()).flat_map(|term| &term.labels);
            let wanted: Vec<Label> = in_order(output, later);
            made = product(builder, made, next, &wanted)?;
        }
        rest.push(made);
        terms = rest;
    }
    let [term] = <[Labelled; 1]>::try_from(terms).map_err(|terms| {
        Error::value(format!(
            "Invalid einsum_path is specified: {} more operands has to be contracted.",
            terms.len() - 1
        ))
    })?;
    let term = summed(builder, term, output)?;
    let arranged = arranged(builder, &term, output)?;
    builder.convert(arranged, dtype)
}

/// Labels that are wanted, those of the result first and in its order.
fn in_order<'l>(output: &[Label], later: impl Iterator<Item = &'l Label>) -> Vec<Label> {
    let mut wanted = output.to_vec();
    for &label in later {
        if !wanted.contains(&label) {
            wanted.push(label);
        }
    }
    wanted
}

/// The path that the caller asks for, or the best one.
fn path(terms: &[Labelled], output: &[Label], extents: &[usize], optimize: &Optimize) -> Result<Vec<Step>> {
    match terms.len() {
        1 => return Ok(Vec::new()),
        2 if !matches!(optimize, Optimize::Path(_)) => return Ok(vec![vec![0, 1]]),
        _ => {}
    }
    let inputs = terms.iter().map(|term| set(&term.labels)).collect();
    let terms = Terms::new(inputs, set(output), extents);
    path_of(&terms, optimize, None)
}

/// The extent of each label.
///
/// # Errors
/// `ValueError` for axes of one label with different extents.
pub(super) fn extents(equation: &Equation, shapes: &[&[usize]]) -> Result<Vec<usize>> {
    let n_labels = equation.inputs.iter().flatten().map(|label| label + 1).max().unwrap_or(0);
    let mut extents = vec![1; n_labels];
    let is_view = equation.inputs.len() == 1 && equation.inputs[0].iter().all(|label| equation.output.contains(label));
    for (idx, (labels, shape)) in equation.inputs.iter().zip(shapes).enumerate() {
        let mut own: Vec<Option<usize>> = vec![None; n_labels];
        for (&label, &extent) in labels.iter().zip(*shape) {
            if let Some(earlier) = own[label].filter(|&earlier| earlier != extent) {
                let place = if is_view { "single operand".to_owned() } else { format!("operand {idx}") };
                return Err(Error::value(format!(
                    "dimensions in {place} for collapsing index '{}' don't match ({earlier} != {extent})",
                    letter(label)
                )));
            }
            own[label] = Some(extent);
        }
    }
    for (labels, shape) in equation.inputs.iter().zip(shapes) {
        for (&label, &extent) in labels.iter().zip(*shape) {
            match extents[label] {
                1 => extents[label] = extent,
                known if extent == known || extent == 1 => {}
                _ => return Err(mismatch(equation, shapes)),
            }
        }
    }
    Ok(extents)
}

/// NumPy's error for operands that do not broadcast: where each axis of an operand goes, the result's axes first.
fn mismatch(equation: &Equation, shapes: &[&[usize]]) -> Error {
    let mut order = equation.output.clone();
    let mut others: Vec<Label> =
        equation.inputs.iter().flatten().copied().filter(|label| !equation.output.contains(label)).collect();
    others.sort_unstable();
    others.dedup();
    order.extend(others);
    let mut message = "operands could not be broadcast together with remapped shapes [original->remapped]: ".to_owned();
    for (labels, shape) in equation.inputs.iter().zip(shapes) {
        let place = |label: &Label| labels.iter().position(|own| own == label);
        let extents = order.iter().skip_while(|label| place(label).is_none());
        let remapped: Vec<String> =
            extents.map(|label| place(label).map_or("newaxis".to_owned(), |axis| shape[axis].to_string())).collect();
        let comma = if order.len() == 1 { "," } else { "" };
        message.push_str(&format!("{}->({}{comma}) ", tight(&Shape::from(*shape)), remapped.join(",")));
    }
    Error::value(message)
}

/// The array with axes of one label made one: their diagonal.
fn diagonals(builder: &mut Builder<'_>, mut node: NodeId, labels: &[Label]) -> Result<Labelled> {
    let mut left = labels.to_vec();
    loop {
        let pairs = (0..left.len()).flat_map(|a| (a + 1..left.len()).map(move |b| [a, b]));
        let Some([first, second]) = pairs.into_iter().find(|&[a, b]| left[a] == left[b]) else {
            return Ok(Labelled { node, labels: left });
        };
        node = diagonal_of(builder, node, [first, second], 0)?;
        let label = left.remove(second);
        left.remove(first);
        left.push(label);
    }
}

/// The array without axes of extent 1 whose label has another extent elsewhere, or whose extent counts for nothing.
fn stretched(builder: &mut Builder<'_>, mut term: Labelled, extents: &[usize]) -> Result<Labelled> {
    loop {
        let shape = builder.shape(term.node)?;
        let is_stretched = |&axis: &usize| shape[axis] == 1 && extents[term.labels[axis]] != 1;
        match (0..shape.ndim()).find(is_stretched) {
            Some(axis) => term = without(builder, term, axis)?,
            None => return Ok(term),
        }
    }
}
