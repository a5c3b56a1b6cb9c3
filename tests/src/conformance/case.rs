//! One line of the corpus: an operation, its arguments and NumPy's answer. Knows the file's format,
//! not how to run a case or score it.

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value as Json};

use super::value::{Answer, Value};

/// One question and NumPy's answer to it.
#[derive(Clone, Debug)]
pub struct Case {
    /// `group/op/hash`.
    pub id: String,
    /// `family.op`.
    pub group: String,
    /// NumPy's function, or one of the special operations.
    pub op: String,
    /// Positional arguments.
    pub args: Vec<Value>,
    /// Keyword arguments by NumPy's names, as they are written.
    pub params: Map<String, Json>,
    /// NumPy's answer.
    pub expected: Expected,
    /// How near an answer must be.
    pub tolerance: Tolerance,
    /// How other libraries answer the case.
    pub class: Class,
    /// The recorded answers of other libraries that are acceptable besides NumPy's.
    pub alternatives: Vec<(String, Expected)>,
    /// Integer division by zero, where NumPy's 0 is not what hardware gives.
    pub is_int_div_zero: bool,
}

/// A result or an exception.
#[derive(Clone, Debug, PartialEq)]
pub enum Expected {
    /// A result.
    Answer(Answer),
    /// An exception.
    Error {
        /// The exception's class.
        kind: String,
        /// What it says.
        message: String,
    },
}

/// How the libraries that the corpus was held against answer a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Class {
    /// All agree.
    Strict,
    /// JAX computes the same in another dtype.
    StrictDtype,
    /// JAX has another answer.
    DeviatesJax,
    /// TensorFlow has another answer.
    DeviatesTf,
    /// Both have another answer.
    DeviatesBoth,
    /// NumPy raises, depending on the data.
    ErrorOptional,
    /// NumPy raises for a static reason and JAX computes something.
    ErrorJaxLenient,
    /// NumPy's own answer depends on the platform.
    ImplDefined,
}

/// How near an answer must be to NumPy's.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tolerance {
    /// What the limits mean.
    pub mode: Mode,
    /// Units in the last place.
    pub ulp: f64,
    /// The absolute part, added to the relative one.
    pub atol: f64,
    /// The relative part.
    pub rtol: f64,
    /// How far integers may be off.
    pub integer_atol: i128,
    /// Whether the signs of zeros count.
    pub zero_signs: bool,
    /// A factorization that is not unique and is judged by what it multiplies back to.
    pub decomposition: Option<Decomposition>,
}

/// What the limits of a [`Tolerance`] mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Equal values; a NaN equals a NaN.
    #[default]
    Exact,
    /// At most so many units in the last place apart.
    Ulp,
    /// `|got - want| <= atol + rtol * |want|`.
    Relative,
    /// Only dtype and shape count.
    DtypeShape,
}

/// A factorization.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decomposition {
    /// An orthonormal and an upper triangular factor.
    Qr,
    /// Singular values.
    Svd,
    /// Eigenvalues of a Hermitian matrix.
    Eigh,
    /// Eigenvalues of any square matrix.
    Eig,
}

impl Case {
    /// Reads a line.
    ///
    /// # Errors
    /// Anything that the format does not know: a corpus that is misread would be scored wrong.
    pub fn parse(line: &str) -> Result<Case> {
        let json: Json = serde_json::from_str(line).context("corpus: not a JSON object")?;
        let id = text(&json, "id")?;
        Case::from_json(&json, id.clone()).with_context(|| format!("corpus: case {id}"))
    }

    /// The part of the group before the dot.
    pub fn family(&self) -> &str {
        self.group.split('.').next().unwrap_or(&self.group)
    }

    fn from_json(json: &Json, id: String) -> Result<Case> {
        let group = text(json, "group")?;
        let args = json.get("args").and_then(Json::as_array).context("no args")?;
        let params = match json.get("params") {
            None => Map::new(),
            Some(Json::Object(params)) => params.clone(),
            Some(other) => bail!("params are no object: {other}"),
        };
        let tags = json.get("tags").and_then(Json::as_array).map(Vec::as_slice).unwrap_or_default();
        Ok(Case {
            op: text(json, "op")?,
            args: args.iter().map(Value::parse).collect::<Result<_>>()?,
            params,
            expected: Expected::parse(json.get("expect").context("no expect")?)?,
            tolerance: json.get("tol").map(Tolerance::parse).transpose()?.unwrap_or_default(),
            class: Class::parse(&text(json, "class")?)?,
            alternatives: alternatives(json, &group)?,
            is_int_div_zero: tags.iter().any(|tag| tag == "int_div_zero"),
            id,
            group,
        })
    }
}

/// The recorded answers that count besides NumPy's.
///
/// An answer that differs by its dtype alone is another library's choice, which nothing forces on
/// anybody, so it does not count; except for bfloat16, of which NumPy knows nothing.
fn alternatives(json: &Json, group: &str) -> Result<Vec<(String, Expected)>> {
    let Some(Json::Object(recorded)) = json.get("alt") else { return Ok(Vec::new()) };
    let is_by_dtype =
        |library: &str| json.get("dev").and_then(|dev| dev.get(library)).is_some_and(|dev| dev == "dtype");
    recorded
        .iter()
        .filter(|(library, answer)| answer.is_object() && (group.contains("bf16") || !is_by_dtype(library)))
        .map(|(library, answer)| Ok((library.clone(), Expected::parse(answer)?)))
        .collect()
}

impl Expected {
    /// Reads an encoded result or error.
    ///
    /// # Errors
    /// Anything that is neither.
    pub fn parse(json: &Json) -> Result<Expected> {
        Ok(match json.get("error") {
            None => Expected::Answer(Answer::parse(json)?),
            Some(kind) => Expected::Error {
                kind: kind.as_str().context("an error's kind is text")?.to_owned(),
                message: json.get("msg").and_then(Json::as_str).unwrap_or_default().to_owned(),
            },
        })
    }
}

impl Class {
    /// Every class, in the order of the report.
    pub const ALL: [Class; 8] = [
        Class::Strict,
        Class::StrictDtype,
        Class::DeviatesJax,
        Class::DeviatesTf,
        Class::DeviatesBoth,
        Class::ErrorOptional,
        Class::ErrorJaxLenient,
        Class::ImplDefined,
    ];

    /// The name in the corpus.
    pub const fn name(self) -> &'static str {
        match self {
            Class::Strict => "strict",
            Class::StrictDtype => "strict_dtype",
            Class::DeviatesJax => "deviates_jax",
            Class::DeviatesTf => "deviates_tf",
            Class::DeviatesBoth => "deviates_both",
            Class::ErrorOptional => "error_optional",
            Class::ErrorJaxLenient => "error_jax_lenient",
            Class::ImplDefined => "impl_defined",
        }
    }

    /// Whether nothing but NumPy's answer will do.
    pub const fn is_strict(self) -> bool {
        matches!(self, Class::Strict | Class::StrictDtype)
    }

    fn parse(name: &str) -> Result<Class> {
        let found = Class::ALL.into_iter().find(|class| class.name() == name);
        found.with_context(|| format!("unknown class {name}"))
    }
}

impl Tolerance {
    fn parse(json: &Json) -> Result<Tolerance> {
        let mut tolerance = Tolerance::default();
        for (name, value) in json.as_object().context("a tolerance is an object")? {
            match (name.as_str(), value) {
                ("mode", Json::String(mode)) => {
                    tolerance.mode = match mode.as_str() {
                        "exact" => Mode::Exact,
                        "ulp" => Mode::Ulp,
                        "rel" => Mode::Relative,
                        "dtype_shape" => Mode::DtypeShape,
                        _ => bail!("unknown tolerance mode {mode}"),
                    }
                }
                ("check", Json::String(check)) => {
                    tolerance.decomposition = Some(match check.as_str() {
                        "qr" => Decomposition::Qr,
                        "svd" => Decomposition::Svd,
                        "eigh" => Decomposition::Eigh,
                        "eig" => Decomposition::Eig,
                        _ => bail!("unknown decomposition {check}"),
                    })
                }
                ("sz", Json::Bool(flag)) => tolerance.zero_signs = *flag,
                ("ulp", number) => tolerance.ulp = super::value::real(number)?,
                ("atol", number) => tolerance.atol = super::value::real(number)?,
                ("rtol", number) => tolerance.rtol = super::value::real(number)?,
                ("iatol", number) => tolerance.integer_atol = super::value::integer(number)?,
                _ => bail!("unknown tolerance {name}: {value}"),
            }
        }
        Ok(tolerance)
    }
}

fn text(json: &Json, name: &str) -> Result<String> {
    Ok(json.get(name).and_then(Json::as_str).with_context(|| format!("no {name}"))?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = r#"{"id":"promo.add/add/1","group":"promo.add","op":"add",
        "args":[{"py":"int","v":1},{"py":"float","v":2}],"expect":{"py":"float","v":3},
        "tol":{"mode":"ulp","ulp":1,"sz":true},"class":"strict_dtype",
        "alt":{"jax":{"dtype":"f32","shape":[],"data":[3]},"tf":{"error":"TypeError"}},
        "dev":{"jax":"dtype","tf":"refuses"},"tags":["int_div_zero"]}"#;

    #[test]
    fn a_line_is_read() -> Result<()> {
        let case = Case::parse(LINE)?;
        assert_eq!((case.family(), case.op.as_str(), case.class), ("promo", "add", Class::StrictDtype));
        let expected = Tolerance { mode: Mode::Ulp, ulp: 1.0, zero_signs: true, ..Tolerance::default() };
        assert_eq!(case.tolerance, expected);
        assert!(case.is_int_div_zero);
        Ok(())
    }

    #[test]
    fn an_alternative_by_dtype_counts_for_bfloat16_only() -> Result<()> {
        let libraries = |line: &str| -> Result<Vec<String>> {
            Ok(Case::parse(line)?.alternatives.into_iter().map(|(library, _)| library).collect())
        };
        assert_eq!(libraries(LINE)?, ["tf"]);
        assert_eq!(libraries(&LINE.replace("promo.add\"", "promo_bf16.add\""))?, ["jax", "tf"]);
        Ok(())
    }

    #[test]
    fn what_the_format_does_not_know_is_refused() {
        for (known, unknown) in
            [("strict_dtype", "lax"), ("\"ulp\":1", "\"foo\":1"), ("\"args\"", "\"arg\""), ("3}", "3")]
        {
            let line = LINE.replacen(known, unknown, 1);
            assert!(Case::parse(&line).is_err(), "{unknown}");
        }
    }
}
