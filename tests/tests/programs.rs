//! The programs of `programs/`, lazily and compiled, against the answers that NumPy gave.

use anyhow::{Context, Result, ensure};
use hloom as np;
use hloom::prelude::*;
use hloom_programs::{ANSWERS, PROGRAMS, Program};
use num_complex::Complex;
use serde_json::Value;

#[test]
fn every_program_answers_as_numpy_does_lazily() -> Result<()> {
    for program in PROGRAMS {
        let inputs = (program.inputs)(program.n);
        check(program, &(program.run)(&inputs)).with_context(|| format!("{}, lazily", program.name))?;
    }
    Ok(())
}

#[test]
fn every_program_answers_as_numpy_does_compiled() -> Result<()> {
    for program in PROGRAMS {
        let compiled = np::jit(|inputs: Vec<NdArray>| (program.run)(&inputs)).name(program.name);
        let inputs = (program.inputs)(program.n);
        let results = compiled.call(&inputs).with_context(|| program.name.to_owned())?;
        check(program, &results).with_context(|| format!("{}, compiled", program.name))?;
        // A second call is of the same program, and its results are the same.
        let again = np::deny_recompile(|| compiled.call(&inputs))?;
        for (first, second) in results.iter().zip(&again) {
            ensure!(np::array_equal(first, second, ..).item::<bool>()?, "{}: two calls differ", program.name);
        }
    }
    Ok(())
}

#[test]
fn every_program_has_answers_and_every_answer_a_program() -> Result<()> {
    let answers: Value = serde_json::from_str(ANSWERS)?;
    let mut answered: Vec<&str> = answers.as_object().context("no object")?.keys().map(String::as_str).collect();
    let mut programs: Vec<&str> = PROGRAMS.iter().map(|program| program.name).collect();
    answered.sort_unstable();
    programs.sort_unstable();
    assert_eq!(answered, programs);
    Ok(())
}

#[test]
fn every_program_says_what_it_is_and_does() {
    for program in PROGRAMS {
        let Program { name, about, sizes, numpy, jax, work, .. } = program;
        assert!(!about.is_empty() && !about.ends_with('.'), "{name}: {about}");
        assert!(sizes.is_sorted_by(|one, other| one < other), "{name}: {sizes:?}");
        let n_inputs = (program.inputs)(program.n).len();
        for source in [Some(*numpy), *jax].into_iter().flatten() {
            let signature = source.lines().find_map(|line| line.strip_prefix("def run(np, ")).expect(name);
            let parameters = signature.trim_end_matches("):");
            let is_open = parameters.contains('*');
            assert!(is_open || parameters.split(", ").count() == n_inputs, "{name}: {parameters}, {n_inputs} inputs");
        }
        let works = sizes.map(work);
        assert!(works.iter().all(|&(bytes, operations)| bytes > 0.0 && operations > 0.0), "{name}: {works:?}");
        assert!(works.is_sorted_by(|one, other| one.0 < other.0 && one.1 < other.1), "{name}: {works:?}");
    }
}

/// The bytes that a program has to move are those of its inputs and results.
#[test]
fn work_counts_the_bytes_of_inputs_and_results() -> Result<()> {
    for program in PROGRAMS {
        let inputs = (program.inputs)(program.n);
        let results = (program.run)(&inputs);
        let bytes: usize = inputs.iter().chain(&results).map(NdArray::nbytes).sum();
        let (counted, _) = (program.work)(program.n);
        ensure!(
            (counted / bytes as f64 - 1.0).abs() < 0.03,
            "{}: {counted} bytes counted, {bytes} found",
            program.name
        );
    }
    Ok(())
}

/// Results beside the summaries of NumPy's.
fn check(program: &Program, results: &[NdArray]) -> Result<()> {
    let answers: Value = serde_json::from_str(ANSWERS)?;
    let answers = answers[program.name].as_array().context("no answers")?;
    ensure!(results.len() == answers.len(), "expected {} results, got {}", answers.len(), results.len());
    for (idx, (result, answer)) in results.iter().zip(answers).enumerate() {
        check_one(result, answer, program.tolerance).with_context(|| format!("result {idx}"))?;
    }
    Ok(())
}

fn check_one(result: &NdArray, answer: &Value, tolerance: f64) -> Result<()> {
    let shape: Vec<usize> = serde_json::from_value(answer["shape"].clone())?;
    ensure!(result.try_shape()?[..] == shape[..], "expected the shape {shape:?}, got {:?}", result.shape());
    let dtype = answer["dtype"].as_str().context("no dtype")?;
    ensure!(result.dtype().to_string() == dtype, "expected {dtype}, got {}", result.dtype());
    let close = |what: &str, found: Complex<f64>, expected: &Value, margin: f64| -> Result<()> {
        let expected = number(expected)?;
        let apart = (found - expected).norm();
        // NaN is never near.
        ensure!(apart <= margin, "{what}: expected {expected}, got {found}, {apart:e} away, {margin:e} allowed");
        Ok(())
    };
    // The greatest whole numbers here are below two to the 53, and so are their sums.
    let elements = result.astype(complex128).to_vec::<Complex<f64>>()?;
    let greatest = answer["greatest"].as_f64().context("no greatest")?;
    for (place, expected) in answer["elements"].as_object().context("no elements")? {
        close(&format!("element {place}"), elements[place.parse::<usize>()?], expected, tolerance * greatest)?;
    }
    let magnitudes = answer["magnitudes"].as_f64().context("no magnitudes")?;
    close("sum", sum(elements.iter().copied()), &answer["sum"], tolerance * magnitudes)?;
    let weighted = sum(elements.iter().enumerate().map(|(idx, element)| element * (idx % 97) as f64));
    close("weighted sum", weighted, &answer["weighted"], tolerance * magnitudes * 97.0)?;
    let largest = elements.iter().fold(0.0, |largest: f64, element| largest.max(element.norm()));
    close("greatest magnitude", largest.into(), &answer["greatest"], tolerance * greatest)
}

/// A sum whose own rounding is [compensated](https://en.wikipedia.org/wiki/Kahan_summation_algorithm), as that of the answers is.
fn sum(elements: impl Iterator<Item = Complex<f64>>) -> Complex<f64> {
    let (mut total, mut lost) = (Complex::default(), Complex::default());
    for element in elements {
        let next: Complex<f64> = element - lost;
        let sum = total + next;
        (total, lost) = (sum, (sum - total) - next);
    }
    total
}

fn number(value: &Value) -> Result<Complex<f64>> {
    let real = |value: &Value| value.as_f64().context("expected a number");
    match value.as_array().map(Vec::as_slice) {
        Some([re, im]) => Ok(Complex::new(real(re)?, real(im)?)),
        _ => Ok(real(value)?.into()),
    }
}
