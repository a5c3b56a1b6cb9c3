//! Subscripts: what a caller may write for them, and the labels of axes that they come to. Knows nothing about what is
//! computed.

use std::fmt;

use super::{Optimize, Subscripts};
use crate::numpy::product::Label;
use crate::{Error, Index, Result};

/// The letters that label axes, in the order of their numbers.
const LETTERS: &[u8; N_LETTERS] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

const N_LETTERS: usize = 52;

/// Subscripts as they were written.
#[derive(Clone, Debug)]
pub(super) enum Written {
    /// `ij,jk->ik`.
    Text(String),
    /// For each operand the numbers of its labels, and those of the result.
    Lists(Vec<Vec<Index>>, Option<Vec<Index>>),
}

/// Which axes of operands and result go together: a label for each axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Equation {
    pub(super) inputs: Vec<Vec<Label>>,
    pub(super) output: Vec<Label>,
}

/// The axes of one operand, with an ellipsis that may stand for some.
#[derive(Clone, Debug, Default)]
struct Term {
    labels: Vec<Label>,
    /// How many labels come before the ellipsis, if there is one.
    ellipsis: Option<usize>,
}

/// Numbers that label the axes of an operand: integers, or the entries that [`s!`](crate::s) makes, such as `s![..., 0]`.
pub trait IntoSublist {
    /// The entries.
    fn into_sublist(self) -> Vec<Index>;
}

impl<T: Into<Index>, const N: usize> IntoSublist for [T; N] {
    fn into_sublist(self) -> Vec<Index> {
        self.into_iter().map(Into::into).collect()
    }
}

impl<T: Into<Index>> IntoSublist for Vec<T> {
    fn into_sublist(self) -> Vec<Index> {
        self.into_iter().map(Into::into).collect()
    }
}

impl<T: Into<Index> + Clone> IntoSublist for &[T] {
    fn into_sublist(self) -> Vec<Index> {
        self.iter().cloned().map(Into::into).collect()
    }
}

impl<T: Into<Index> + Clone> IntoSublist for &Vec<T> {
    fn into_sublist(self) -> Vec<Index> {
        self.as_slice().into_sublist()
    }
}

impl IntoSublist for () {
    fn into_sublist(self) -> Vec<Index> {
        Vec::new()
    }
}

/// Labels for several operands: a tuple of lists of numbers, or whatever yields such lists.
///
/// `Form` only tells these two apart, and is always inferred.
pub trait IntoSublists<Form> {
    /// The entries for each operand.
    fn into_sublists(self) -> Vec<Vec<Index>>;
}

/// Lists that are yielded one by one.
#[derive(Debug)]
pub struct Yielded;

/// Lists in a tuple.
#[derive(Debug)]
pub struct Tupled;

impl<I: IntoIterator<Item: IntoSublist>> IntoSublists<Yielded> for I {
    fn into_sublists(self) -> Vec<Vec<Index>> {
        self.into_iter().map(IntoSublist::into_sublist).collect()
    }
}

macro_rules! tuples {
    ($(($($name:ident)+))*) => { $(
        impl<$($name: IntoSublist),+> IntoSublists<Tupled> for ($($name,)+) {
            #[expect(non_snake_case, reason = "each field is named by its type")]
            fn into_sublists(self) -> Vec<Vec<Index>> {
                let ($($name,)+) = self;
                vec![$($name.into_sublist()),+]
            }
        }
    )* };
}

tuples! { (A) (A B) (A B C) (A B C D) (A B C D E) (A B C D E F) }

impl From<&str> for Subscripts {
    fn from(text: &str) -> Subscripts {
        Subscripts::from(text.to_owned())
    }
}

impl From<&String> for Subscripts {
    fn from(text: &String) -> Subscripts {
        Subscripts::from(text.as_str())
    }
}

impl From<String> for Subscripts {
    fn from(text: String) -> Subscripts {
        Subscripts::new(Written::Text(text))
    }
}

impl fmt::Display for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Written::Text(text) => write!(f, "'{text}'"),
            Written::Lists(..) => match self.text() {
                Ok(text) => write!(f, "'{text}'"),
                Err(_) => f.write_str("sublists"),
            },
        }
    }
}

impl Written {
    /// The subscripts as text.
    ///
    /// # Errors
    /// `TypeError` for entries that are neither numbers nor an ellipsis, `ValueError` for numbers that no letter stands for.
    fn text(&self) -> Result<String> {
        let (inputs, output) = match self {
            Written::Text(text) => return Ok(text.clone()),
            Written::Lists(inputs, output) => (inputs, output),
        };
        let inputs = inputs.iter().map(|list| letters(list)).collect::<Result<Vec<String>>>()?;
        let mut text = inputs.join(",");
        if let Some(output) = output {
            text.push_str("->");
            text.push_str(&letters(output)?);
        }
        Ok(text)
    }

    /// The labels of the axes of operands of so many axes.
    ///
    /// # Errors
    /// `ValueError` for subscripts that are not written as they must be, or do not fit the operands.
    pub(super) fn equation(&self, ndims: &[usize]) -> Result<Equation> {
        let text = self.text()?;
        let mut rest = text.as_str();
        let mut terms = Vec::with_capacity(ndims.len());
        if ndims.is_empty() {
            return Err(Error::value("must specify the einstein sum subscripts string and at least one operand"));
        }
        for (idx, &ndim) in ndims.iter().enumerate() {
            let end = rest.find([',', '-']).unwrap_or(rest.len());
            let (own, after) = rest.split_at(end);
            let is_last = idx + 1 == ndims.len();
            match (is_last, after.starts_with(',')) {
                (true, true) => {
                    return Err(Error::value(
                        "more operands provided to einstein sum function than specified in the subscripts string",
                    ));
                }
                (false, false) => {
                    return Err(Error::value(
                        "fewer operands provided to einstein sum function than specified in the subscripts string",
                    ));
                }
                _ => {}
            }
            terms.push(operand(own, idx, ndim)?);
            rest = if is_last { after } else { &after[1..] };
        }
        let n_broadcast =
            terms.iter().zip(ndims).map(|(term, &ndim)| ndim - term.labels.len()).max().unwrap_or_default();
        let inputs: Vec<Vec<Label>> =
            terms.iter().zip(ndims).map(|(term, &ndim)| term.axes(ndim - term.labels.len(), n_broadcast)).collect();
        let output = match rest.strip_prefix("->") {
            Some(own) => result(own, &inputs, n_broadcast)?,
            None if rest.is_empty() => implied(&inputs, n_broadcast),
            None => {
                return Err(Error::value(
                    "einstein sum subscript string does not contain proper '->' output specified",
                ));
            }
        };
        Ok(Equation { inputs, output })
    }
}

impl Term {
    /// The labels with those of the axes that the ellipsis stands for, which are the last of all that any ellipsis does.
    fn axes(&self, n_hidden: usize, n_broadcast: usize) -> Vec<Label> {
        let at = self.ellipsis.unwrap_or(self.labels.len());
        let hidden = (n_broadcast - n_hidden..n_broadcast).map(|axis| N_LETTERS + axis);
        self.labels[..at].iter().copied().chain(hidden).chain(self.labels[at..].iter().copied()).collect()
    }
}

/// Numbers as the letters that stand for them.
fn letters(list: &[Index]) -> Result<String> {
    let mut text = String::new();
    for entry in list {
        match entry {
            Index::At(number) => match usize::try_from(*number).ok().and_then(|number| LETTERS.get(number)) {
                Some(&letter) => text.push(char::from(letter)),
                None => return Err(Error::value("subscript is not within the valid range [0, 52)")),
            },
            Index::Ellipsis if text.contains('.') => {
                return Err(Error::value("each subscripts list may have only one ellipsis"));
            }
            Index::Ellipsis => text.push_str("..."),
            Index::Slice { .. } | Index::NewAxis | Index::Array(_) => {
                return Err(Error::type_("each subscript must be either an integer or an ellipsis"));
            }
        }
    }
    Ok(text)
}

/// The letter of a label, or `.` for an axis that an ellipsis stands for.
pub(super) fn letter(label: Label) -> char {
    LETTERS.get(label).map_or('.', |&letter| char::from(letter))
}

/// The letters of labels. An axis that an ellipsis stands for gets a letter that no label is written with.
pub(super) fn spelled(equation: &Equation) -> impl Fn(&[Label]) -> String {
    let is_used = |label: &usize| equation.inputs.iter().any(|input| input.contains(label));
    let unused: Vec<usize> = (0..N_LETTERS).rev().filter(|label| !is_used(label)).collect();
    move |labels| {
        let spell = |&label: &Label| match label.checked_sub(N_LETTERS) {
            None => letter(label),
            Some(axis) => unused.get(axis).map_or('.', |&label| letter(label)),
        };
        labels.iter().map(spell).collect()
    }
}

fn label(character: char) -> Option<Label> {
    LETTERS.iter().position(|&letter| char::from(letter) == character)
}

fn invalid(character: char) -> Error {
    Error::value(format!(
        "invalid subscript '{character}' in einstein sum subscripts string, subscripts must be letters"
    ))
}

fn stray(place: impl fmt::Display) -> Error {
    Error::value(format!(
        "einstein sum subscripts string contains a '.' that is not part of an ellipsis ('...') in {place}"
    ))
}

/// Reads the subscripts of an operand.
fn operand(text: &str, idx: usize, ndim: usize) -> Result<Term> {
    let mut term = Term::default();
    let mut rest = text.chars();
    while let Some(character) = rest.next() {
        match label(character) {
            Some(_) if term.labels.len() == ndim => {
                return Err(Error::value(format!(
                    "einstein sum subscripts string contains too many subscripts for operand {idx}"
                )));
            }
            Some(label) => term.labels.push(label),
            None if character == '.' => {
                if term.ellipsis.is_some() || !is_ellipsis(&mut rest) {
                    return Err(stray(format_args!("operand {idx}")));
                }
                term.ellipsis = Some(term.labels.len());
            }
            None if character == ' ' => {}
            None => return Err(invalid(character)),
        }
    }
    if term.ellipsis.is_none() && term.labels.len() < ndim {
        return Err(Error::value(
            "operand has more dimensions than subscripts given in einstein sum, but no '...' ellipsis provided to \
             broadcast the extra dimensions.",
        ));
    }
    Ok(term)
}

/// Whether two more dots follow, which are then read.
fn is_ellipsis(rest: &mut std::str::Chars<'_>) -> bool {
    rest.next() == Some('.') && rest.next() == Some('.')
}

/// Reads the subscripts of the result.
fn result(text: &str, inputs: &[Vec<Label>], n_broadcast: usize) -> Result<Vec<Label>> {
    let mut term = Term::default();
    let mut rest = text.chars();
    while let Some(character) = rest.next() {
        match label(character) {
            Some(label) => {
                if rest.as_str().contains(character) {
                    return Err(Error::value(format!(
                        "einstein sum subscripts string includes output subscript '{character}' multiple times"
                    )));
                }
                if !inputs.iter().any(|input| input.contains(&label)) {
                    return Err(Error::value(format!(
                        "einstein sum subscripts string included output subscript '{character}' which never appeared in \
                         an input"
                    )));
                }
                term.labels.push(label);
            }
            None if character == '.' => {
                if term.ellipsis.is_some() || !is_ellipsis(&mut rest) {
                    return Err(stray("the output"));
                }
                term.ellipsis = Some(term.labels.len());
            }
            None if character == ' ' => {}
            None => return Err(invalid(character)),
        }
    }
    if term.ellipsis.is_none() && n_broadcast > 0 {
        return Err(Error::value(
            "output has more dimensions than subscripts given in einstein sum, but no '...' ellipsis provided to \
             broadcast the extra dimensions.",
        ));
    }
    Ok(term.axes(n_broadcast, n_broadcast))
}

/// The labels of a result that is not written: the axes of ellipses, then the labels that appear once, in order.
fn implied(inputs: &[Vec<Label>], n_broadcast: usize) -> Vec<Label> {
    let appears_once = |label: &Label| inputs.iter().flatten().filter(|own| *own == label).count() == 1;
    (N_LETTERS..N_LETTERS + n_broadcast).chain((0..N_LETTERS).filter(appears_once)).collect()
}

impl Subscripts {
    fn new(written: Written) -> Subscripts {
        Subscripts { written, dtype: None, casting: hloom_ir::Casting::Safe, optimize: Optimize::default() }
    }

    pub(super) fn of_lists(lists: Vec<Vec<Index>>) -> Subscripts {
        Subscripts::new(Written::Lists(lists, None))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str, ndims: &[usize]) -> std::result::Result<String, String> {
        match Written::Text(text.to_owned()).equation(ndims) {
            Ok(equation) => {
                let spell = spelled(&equation);
                let inputs: Vec<String> = equation.inputs.iter().map(|input| spell(input)).collect();
                Ok(format!("{}->{}", inputs.join(","), spell(&equation.output)))
            }
            Err(error) => Err(error.message().to_owned()),
        }
    }

    #[test]
    fn results_that_are_not_written_are_implied() {
        for (text, ndims, whole) in [
            ("ca", &[2][..], "ca->ac"),
            ("ij,jk", &[2, 2], "ij,jk->ik"),
            ("ii", &[2], "ii->"),
            ("aB,Bc", &[2, 2], "aB,Bc->ac"),
            ("i...", &[3], "izy->zyi"),
            ("...i,i...", &[1, 3], "i,izy->zy"),
            (" i , j -> j i ", &[1, 1], "i,j->ji"),
        ] {
            assert_eq!(parsed(text, ndims).as_deref(), Ok(whole), "{text}");
        }
    }

    #[test]
    fn numbers_are_letters() {
        let lists = |lists: Vec<Vec<Index>>, output| Written::Lists(lists, output).text();
        let list = |numbers: &[i64]| numbers.iter().map(|&number| Index::At(number)).collect::<Vec<Index>>();
        let text = lists(vec![list(&[0, 26]), vec![Index::At(51), Index::Ellipsis]], Some(list(&[51])));
        assert_eq!(text.unwrap(), "Aa,z...->z");
        assert_eq!(lists(vec![list(&[52])], None).unwrap_err().kind(), crate::ErrorKind::Value);
        assert_eq!(lists(vec![vec![Index::NewAxis]], None).unwrap_err().kind(), crate::ErrorKind::Type);
    }
}
