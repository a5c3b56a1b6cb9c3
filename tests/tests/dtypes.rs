//! The dtype rules of element-wise operations, `result_type` and `can_cast` against NumPy's answers.
//!
//! Asks the rules themselves, so that it needs no device and names the rule at fault.

use anyhow::{Context, Result};
use hloom_ir::{ArgType, Binary, DType, ErrorKind, Unary, WeakKind, can_cast, result_type};
use hloom_tests::conformance::case::{Case, Expected};
use hloom_tests::conformance::corpus;
use hloom_tests::conformance::value::{Answer, PyScalar, Value, dtype};

/// What a rule says about a case, or `None` if the case is about something else.
fn rule(case: &Case) -> Result<Option<hloom_ir::Result<Answer>>> {
    let args: Option<Vec<ArgType>> = case.args.iter().map(arg_type).collect();
    let Some(mut args) = args else { return Ok(None) };
    let named = |dtype: DType| Answer::DType(dtype.short_name().to_owned());
    match (case.op.as_str(), args.as_slice()) {
        ("result_type", _) => {
            let names = case.params.get("dtypes").and_then(serde_json::Value::as_array).context("no dtypes")?;
            for name in names {
                args.push(dtype(name)?.into());
            }
            Ok(Some(result_type(&args).map(named)))
        }
        ("can_cast", []) => {
            let param = |name: &str| case.params.get(name).with_context(|| format!("no {name}"));
            let casting = param("casting")?.as_str().context("casting is text")?.parse()?;
            let answer = can_cast(dtype(param("from")?)?, dtype(param("to")?)?, casting);
            Ok(Some(Ok(Answer::Py(PyScalar::Bool(answer)))))
        }
        (name, &[a]) => Ok(Unary::from_name(name).map(|op| op.resolve(a).map(|signature| named(signature.result)))),
        (name, &[a, b]) => {
            Ok(Binary::from_name(name).map(|op| op.resolve(a, b).map(|signature| named(signature.result))))
        }
        _ => Ok(None),
    }
}

fn arg_type(value: &Value) -> Option<ArgType> {
    match value {
        Value::Array(array) => Some(ArgType::Strong(array.dtype)),
        Value::Py(PyScalar::Bool(_)) => Some(ArgType::Weak(WeakKind::Bool)),
        Value::Py(PyScalar::Int(_)) => Some(ArgType::Weak(WeakKind::Int)),
        Value::Py(PyScalar::Float(_)) => Some(ArgType::Weak(WeakKind::Float)),
        Value::Py(PyScalar::Complex(_)) => Some(ArgType::Weak(WeakKind::Complex)),
        _ => None,
    }
}

/// Whether a case is Python's `x ** 2`, which NumPy computes as `square`: a choice by value, which no dtype
/// rule sees. It shows for bool alone.
fn is_square(case: &Case) -> bool {
    case.op == "power" && case.args.get(1) == Some(&Value::Py(PyScalar::Int(2)))
}

#[test]
fn dtype_rules_are_numpys() -> Result<()> {
    let (mut n_asked, mut wrong) = (0, Vec::new());
    for line in corpus::read(&corpus::committed())? {
        let case = Case::parse(&line)?;
        if !case.class.is_strict() || is_square(&case) {
            continue;
        }
        let Some(answer) = rule(&case)? else { continue };
        n_asked += 1;
        let is_right = match (&case.expected, &answer) {
            (Expected::Answer(Answer::Array(array)), Ok(answer)) => {
                *answer == Answer::DType(array.dtype.short_name().to_owned())
            }
            (Expected::Answer(expected), Ok(answer)) => expected == answer,
            (Expected::Answer(_), Err(_)) => false,
            (Expected::Error { kind, .. }, Err(error)) => kind != "TypeError" || error.kind == ErrorKind::Type,
            // Other errors come from values or shapes, which the rules do not see.
            (Expected::Error { kind, .. }, Ok(_)) => kind != "TypeError",
        };
        if !is_right {
            wrong.push(format!("{}: {:?}, expected {:?}", case.id, answer, case.expected));
        }
    }
    assert!(n_asked > 3000, "only {n_asked} cases are about dtypes");
    assert!(wrong.is_empty(), "{} of {n_asked}:\n{}", wrong.len(), wrong.join("\n"));
    Ok(())
}
