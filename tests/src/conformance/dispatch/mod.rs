//! From an operation's name to a call of the library. The only part of the suite that knows the library,
//! and the only list of what it offers: what is not here is reported as unsupported, never skipped.
//!
//! An element-wise operation needs no line here: it is looked up in the library's own tables by name.
//! Every other family has a file. A keyword argument that no one asked for makes a case unsupported too,
//! so that an argument can never be lost on the way.

mod call;
mod create;
mod cumulative;
mod elementwise;
mod histogram;
mod index;
mod item;
mod layout;
mod literal;
mod nan;
mod numbers;
mod product;
mod protocol;
mod quantile;
mod reduce;
mod search;
mod sets;
mod signal;
mod sort;
mod statistics;
mod structure;
mod take;

use anyhow::{Result, bail};
use hloom::{DType, NdArray};

use self::call::Call;
use self::item::{Halt, Item};
use super::case::Case;
use super::encode::Outcome;
use super::value::{Value, integer};

/// Runs a small program, so that a missing device is found before it is taken for a hundred failures.
///
/// # Errors
/// Why there is no device.
pub fn probe() -> Result<()> {
    let sum = hloom::add(NdArray::from_bytes([1, 2], DType::U8, [2])?, 1);
    if sum.to_bytes()? != [2, 3] {
        bail!("the device computes 1 + 1 wrong");
    }
    Ok(())
}

/// The outcome of a line of the corpus, and its case's id.
pub fn answer_line(line: &str) -> (String, Outcome) {
    match Case::parse(line) {
        Ok(case) => {
            let outcome = answer(&case);
            (case.id, outcome)
        }
        Err(error) => (String::new(), Outcome::Malformed(format!("{error:#}"))),
    }
}

/// Asks the library a case.
pub fn answer(case: &Case) -> Outcome {
    let result = || -> Result<_, Halt> {
        let args = case.args.iter().map(|value| Item::decode(value, &[])).collect::<Result<Vec<Item>, Halt>>()?;
        let item = if case.op == "program" {
            program(args, case)?
        } else {
            apply(&Call::new(&case.op, args, case.params.clone()))?
        };
        item.materialize()
    };
    match result() {
        Ok(answer) => Outcome::Answer(answer),
        Err(Halt::Error(error)) => {
            Outcome::Error { kind: error.kind().name().to_owned(), message: error.message().to_owned() }
        }
        Err(Halt::Raised(kind, message)) => Outcome::Error { kind: kind.to_owned(), message },
        Err(Halt::Unsupported(reason)) => Outcome::Unsupported(reason),
    }
}

/// Runs the steps of a program, each on what came before, and yields the last one's result. Nothing is
/// materialized on the way.
fn program(mut values: Vec<Item>, case: &Case) -> Result<Item, Halt> {
    let malformed = || Halt::unsupported("program: malformed steps");
    let steps = case.params.get("steps").and_then(|steps| steps.as_array()).ok_or_else(malformed)?;
    for step in steps {
        let op = step.get("op").and_then(|op| op.as_str()).ok_or_else(malformed)?;
        let args = step.get("args").and_then(|args| args.as_array()).ok_or_else(malformed)?;
        let args = args.iter().map(|arg| {
            let value = Value::parse(arg).map_err(|_| malformed())?;
            Item::decode(&value, &values)
        });
        let args = args.collect::<Result<Vec<Item>, Halt>>()?;
        let params = step.get("params").and_then(|params| params.as_object()).cloned().unwrap_or_default();
        let item = if op == "tuple_get" {
            let place = params.get("i").and_then(|place| integer(place).ok()).ok_or_else(malformed)?;
            let Some(Item::Tuple(items)) = args.into_iter().next() else { return Err(malformed()) };
            let place = usize::try_from(place).map_err(|_| malformed())?;
            items.into_iter().nth(place).ok_or_else(malformed)?
        } else {
            apply(&Call::new(op, args, params))?
        };
        values.push(item);
    }
    values.pop().ok_or_else(malformed)
}

/// Finds who knows the operation.
fn apply(call: &Call<'_>) -> Result<Item, Halt> {
    let families = [
        structure::apply,
        reduce::apply,
        sort::apply,
        search::apply,
        sets::apply,
        cumulative::apply,
        nan::apply,
        product::apply,
        numbers::apply,
        layout::apply,
        take::apply,
        histogram::apply,
        statistics::apply,
        quantile::apply,
        signal::apply,
        create::apply,
        protocol::apply,
        elementwise::apply,
    ];
    let found = families.into_iter().find_map(|family| family(call));
    let item = found.unwrap_or_else(|| Err(Halt::unsupported(call.op())))?;
    call.require_nothing_left()?;
    Ok(item)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conformance::value::{Answer, PyScalar};

    /// The outcome of a case that needs no device.
    #[track_caller]
    fn ask(op: &str, args: &str, params: &str) -> Outcome {
        let line = format!(
            r#"{{"id":"f.{op}/{op}/1","group":"f.{op}","op":"{op}","args":[{args}],"params":{params},"expect":{{"none":true}},"class":"strict"}}"#
        );
        let (id, outcome) = answer_line(&line);
        assert_eq!(id, format!("f.{op}/{op}/1"));
        outcome
    }

    const PAIR: &str = r#"{"dtype":"i8","shape":[2],"data":[7,-7]}"#;

    #[test]
    fn what_the_library_does_not_offer_is_unsupported() {
        assert_eq!(ask("frobnicate", PAIR, "{}"), Outcome::Unsupported("frobnicate".to_owned()));
        assert_eq!(ask("add", PAIR, "{}"), Outcome::Unsupported("add".to_owned()));
        assert_eq!(ask("negative", PAIR, r#"{"out":1}"#), Outcome::Unsupported("negative: keyword out".to_owned()));
        assert!(matches!(ask("sum", PAIR, r#"{"axis":"x"}"#), Outcome::Unsupported(_)));
    }

    #[test]
    fn what_the_library_refuses_is_an_error_of_numpys_kind() {
        let kind = |outcome| if let Outcome::Error { kind, .. } = outcome { kind } else { format!("{outcome:?}") };
        assert_eq!(kind(ask("reshape", PAIR, r#"{"shape":[3]}"#)), "ValueError");
        assert_eq!(kind(ask("sum", PAIR, r#"{"axis":1}"#)), "AxisError");
        assert_eq!(kind(ask("getitem", PAIR, r#"{"index":[{"int":2}]}"#)), "IndexError");
        assert_eq!(kind(ask("add", &format!(r#"{PAIR},{{"py":"int","v":300}}"#), "{}")), "OverflowError");
    }

    #[test]
    fn programs_hand_results_on() {
        let steps = r#"{"steps":[
            {"op":"divmod","args":[{"ref":0},{"py":"int","v":2}]},
            {"op":"tuple_get","args":[{"ref":1}],"params":{"i":1}},
            {"op":"reshape","args":[{"ref":2}],"params":{"shape":[1,2]}},
            {"op":"attr.ndim","args":[{"ref":3}]}]}"#;
        assert_eq!(ask("program", PAIR, &steps.replace('\n', " ")), Outcome::Answer(Answer::Py(PyScalar::Int(2))));
        let lost = r#"{"steps":[{"op":"negative","args":[{"ref":4}]}]}"#;
        assert!(matches!(ask("program", PAIR, lost), Outcome::Unsupported(_)));
    }
}
