//! Whether results are what they should be. Knows nothing of who computed them.

use anyhow::Result;
use hloom::{DType, NdArray};

/// In what results differ from what they should be, or none if they do not: numbers, shapes and dtypes, and elements by more
/// than the tolerance times the greatest finite magnitude of the array. NaN and infinities have to be at the same places,
/// integers equal, in whatever width: jax finds positions in 32 bits. An infinite tolerance leaves elements alone, which are
/// random.
///
/// # Errors
/// If an array cannot be computed.
pub fn difference(found: &[NdArray], expected: &[NdArray], tolerance: f64) -> Result<Option<String>> {
    if found.len() != expected.len() {
        return Ok(Some(format!("{} results, expected {}", found.len(), expected.len())));
    }
    for (idx, (found, expected)) in found.iter().zip(expected).enumerate() {
        let (one, other) = (found.try_type()?, expected.try_type()?);
        let are_integers = one.dtype.is_integer() && other.dtype.is_integer();
        if one.shape != other.shape || one.dtype != other.dtype && !are_integers {
            return Ok(Some(format!("result {idx} is {one}, expected {other}")));
        }
        let bytes = (found.to_bytes()?, expected.to_bytes()?);
        if bytes.0 == bytes.1 || tolerance.is_infinite() {
            continue;
        }
        let tolerance = if one.dtype.is_float() || one.dtype.is_complex() { tolerance } else { 0.0 };
        let elements = (numbers(found)?, numbers(expected)?);
        if let Some(difference) = elements_differ(&elements.0, &elements.1, tolerance) {
            return Ok(Some(format!("result {idx}, {one}: {difference}")));
        }
    }
    Ok(None)
}

fn elements_differ(found: &[f64], expected: &[f64], tolerance: f64) -> Option<String> {
    let magnitudes = expected.iter().map(|element| element.abs()).filter(|element| element.is_finite());
    let limit = tolerance * magnitudes.fold(0.0, f64::max);
    let pairs = found.iter().zip(expected).enumerate();
    let differs = |(_, (one, other)): &(usize, (&f64, &f64))| {
        let same = one == other || one.is_nan() && other.is_nan();
        // A difference that is no number is greater than any limit.
        !same && (*one - *other).abs().partial_cmp(&limit).is_none_or(|order| order.is_gt())
    };
    let mut wrong = pairs.filter(differs);
    let (idx, (one, other)) = wrong.next()?;
    let others = wrong.count();
    let others = if others == 0 { String::new() } else { format!(", and {others} more differ") };
    Some(format!("element {idx} is {one}, expected {other} within {limit:e}{others}"))
}

/// The elements as float64; of a complex number both parts.
fn numbers(array: &NdArray) -> Result<Vec<f64>> {
    let parts =
        if array.try_type()?.dtype.is_complex() { vec![array.real(), array.imag()] } else { vec![array.clone()] };
    let mut elements = Vec::new();
    for part in parts {
        elements.extend(part.astype(DType::F64).ravel().to_vec::<f64>()?);
    }
    Ok(elements)
}

#[cfg(test)]
mod tests {
    use hloom as np;
    use hloom::prelude::*;

    use super::*;

    fn check(found: &NdArray, expected: &NdArray, tolerance: f64) -> Option<String> {
        difference(std::slice::from_ref(found), std::slice::from_ref(expected), tolerance).unwrap()
    }

    #[test]
    fn equal_results_do_not_differ() {
        let x = np::array([1.0, f64::NAN, f64::INFINITY, -0.0]);
        assert_eq!(check(&x, &x, 0.0), None);
        assert_eq!(check(&np::array([1.0, 2.0]), &np::array([1.0 + 1e-13, 2.0]), 1e-12), None);
        assert_eq!(check(&np::zeros(0), &np::zeros(0), 0.0), None);
    }

    #[test]
    fn what_differs_is_named() {
        let (x, y) = (np::array([1.0, 2.0, 3.0]), np::array([1.0, 2.5, 3.5]));
        let found = check(&x, &y, 1e-3).unwrap();
        assert!(found.contains("element 1 is 2, expected 2.5") && found.contains("1 more"), "{found}");
        assert!(check(&x.astype(float32), &x, 1.0).unwrap().contains("f32[3], expected f64[3]"));
        assert!(check(&x.reshape((3, 1)), &x, 1.0).is_some());
        let positions = np::array([1, 2, 3]);
        assert_eq!(check(&positions.astype(int32), &positions, 1.0), None);
        assert!(check(&positions.astype(int32), &(&positions + 1), 1.0).is_some());
        assert!(check(&positions.astype(bool_), &positions, 1.0).is_some());
        assert!(check(&np::array([f64::NAN]), &np::array([1.0]), 1.0).is_some());
        assert!(check(&np::array([1.0]), &np::array([f64::INFINITY]), 1.0).is_some());
        assert!(check(&np::array([f64::INFINITY]), &np::array([f64::NEG_INFINITY]), 1.0).is_some());
        assert!(check(&np::array([np::c64(1.0, 2.0)]), &np::array([np::c64(1.0, -2.0)]), 1e-3).is_some());
        assert!(difference(&[], &[x], 0.0).unwrap().unwrap().contains("0 results, expected 1"));
    }

    #[test]
    fn a_difference_far_inside_a_long_array_is_found() {
        let x = np::arange(10_000).astype(float64);
        let mut y = x.clone();
        y.set(7_777, -1.0);
        assert!(check(&x, &y, 1e-9).unwrap().contains("element 7777"));
    }
}
