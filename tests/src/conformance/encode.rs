//! Writes host values and result lines as JSON, in the corpus' own notation. The inverse of reading in
//! [`value`](super::value); knows nothing about scoring.

use anyhow::{Context, Result};
use serde_json::{Number, Value as Json, json};

use super::value::{Answer, HostArray, Nested, PyScalar};

/// What a runner has to say about one case.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// A result.
    Answer(Answer),
    /// An error, by NumPy's exception class.
    Error {
        /// The exception's class.
        kind: String,
        /// What it says.
        message: String,
    },
    /// The operation is not offered.
    Unsupported(String),
    /// A result that is none of the format's forms.
    Malformed(String),
}

impl Outcome {
    /// The result line of a case; none for a malformed result, which has no notation.
    pub fn to_line(&self, id: &str) -> Option<String> {
        let line = match self {
            Outcome::Answer(result) => json!({ "id": id, "result": answer(result) }),
            Outcome::Error { kind, message } => json!({ "id": id, "error": { "kind": kind, "msg": message } }),
            Outcome::Unsupported(reason) => json!({ "id": id, "unsupported": reason }),
            Outcome::Malformed(_) => return None,
        };
        Some(line.to_string())
    }

    /// Reads a result line: the case's id and its outcome.
    ///
    /// # Errors
    /// A line that is no JSON object or has no id.
    pub fn parse_line(line: &str) -> Result<(String, Outcome)> {
        let json: Json = serde_json::from_str(line).context("results: not a JSON object")?;
        let id = json.get("id").and_then(Json::as_str).context("results: no id")?.to_owned();
        Ok((id, Outcome::from_json(&json)))
    }

    fn from_json(json: &Json) -> Outcome {
        let text = |json: &Json, name: &str| json.get(name).and_then(Json::as_str).unwrap_or_default().to_owned();
        if let Some(reason) = json.get("unsupported") {
            Outcome::Unsupported(reason.as_str().unwrap_or_default().to_owned())
        } else if let Some(error) = json.get("error") {
            Outcome::Error { kind: text(error, "kind"), message: text(error, "msg") }
        } else {
            match json.get("result").context("no result").and_then(Answer::parse) {
                Ok(result) => Outcome::Answer(result),
                Err(error) => Outcome::Malformed(format!("{error:#}")),
            }
        }
    }
}

/// An encoded result.
pub fn answer(answer: &Answer) -> Json {
    match answer {
        Answer::Array(value) => array(value),
        Answer::Py(value) => py_scalar(*value),
        Answer::Tuple(items) => json!({ "tuple": items.iter().map(self::answer).collect::<Vec<_>>() }),
        Answer::Text(text) => json!({ "str": text }),
        Answer::Nested(value) => json!({ "nested": nested(value) }),
        Answer::DType(name) => json!({ "dt": name }),
        Answer::None => json!({ "none": true }),
    }
}

/// An encoded array.
pub fn array(array: &HostArray) -> Json {
    let data: Vec<Json> = array.scalars().into_iter().map(element).collect();
    json!({ "dtype": array.dtype.short_name(), "shape": array.shape, "data": data })
}

/// An encoded Python number.
pub fn py_scalar(scalar: PyScalar) -> Json {
    let kind = match scalar {
        PyScalar::Bool(_) => "bool",
        PyScalar::Int(_) => "int",
        PyScalar::Float(_) => "float",
        PyScalar::Complex(_) => "complex",
    };
    json!({ "py": kind, "v": element(scalar) })
}

fn nested(value: &Nested) -> Json {
    match value {
        Nested::List(items) => items.iter().map(nested).collect(),
        Nested::Number(PyScalar::Float(value)) => json!({ "f": float(*value) }),
        Nested::Number(PyScalar::Complex(value)) => json!({ "re": float(value.re), "im": float(value.im) }),
        Nested::Number(whole) => element(*whole),
    }
}

fn element(scalar: PyScalar) -> Json {
    match scalar {
        PyScalar::Bool(value) => Json::Bool(value),
        PyScalar::Int(value) => Number::from_i128(value).map_or(Json::Null, Json::Number),
        PyScalar::Float(value) => float(value),
        PyScalar::Complex(value) => Json::Array(vec![float(value.re), float(value.im)]),
    }
}

/// A float. Whole numbers are written without a fraction, as the corpus does: nested lists are compared
/// as text by other checkers.
fn float(value: f64) -> Json {
    const LARGEST_WHOLE: f64 = 1e15;
    if value.is_nan() {
        Json::from("nan")
    } else if value.is_infinite() {
        Json::from(if value > 0.0 { "inf" } else { "-inf" })
    } else if value.fract() == 0.0 && value.abs() < LARGEST_WHOLE && !(value == 0.0 && value.is_sign_negative()) {
        Json::from(value as i64)
    } else {
        Number::from_f64(value).map_or(Json::Null, Json::Number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn round_trip(text: &str) {
        let json: Json = serde_json::from_str(text).expect("a literal of this file is JSON");
        let parsed = Answer::parse(&json).expect("a literal of this file is an answer");
        assert_eq!(answer(&parsed), json);
    }

    #[test]
    fn what_is_read_is_written_back() {
        round_trip(r#"{"dtype":"u64","shape":[2],"data":[18446744073709551615,0]}"#);
        round_trip(r#"{"dtype":"f64","shape":[5],"data":["nan","inf","-inf",-0.0,0.1]}"#);
        round_trip(r#"{"dtype":"f32","shape":[2],"data":[1,-3]}"#);
        round_trip(r#"{"dtype":"c128","shape":[1],"data":[[0.5,"nan"]]}"#);
        round_trip(r#"{"tuple":[{"py":"bool","v":true},{"py":"int","v":18446744073709551616},{"none":true}]}"#);
        round_trip(r#"{"nested":[[1,true],[{"f":2},{"re":-0.0,"im":1.5}],[]]}"#);
        round_trip(r#"{"py":"complex","v":[1,-0.5]}"#);
        round_trip(r#"{"dt":"bf16"}"#);
        round_trip(r#"{"str":"[1 2]\n"}"#);
    }

    #[test]
    fn result_lines_are_read_back() -> Result<()> {
        for outcome in [
            Outcome::Answer(Answer::Py(PyScalar::Float(0.1))),
            Outcome::Error { kind: "ValueError".into(), message: "no".into() },
            Outcome::Unsupported("fft".into()),
        ] {
            let line = outcome.to_line("a/b/c").context("these have a notation")?;
            assert_eq!(Outcome::parse_line(&line)?, ("a/b/c".to_owned(), outcome));
        }
        let (_, outcome) = Outcome::parse_line(r#"{"id":"x","result":{"dtype":"i8","shape":[1],"data":[300]}}"#)?;
        assert!(matches!(outcome, Outcome::Malformed(_)));
        assert!(Outcome::parse_line("XLA: warning").is_err());
        Ok(())
    }
}
