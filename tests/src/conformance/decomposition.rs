//! Judges factorizations that are not unique by what they multiply back to. Knows matrices as stacks of
//! complex numbers, and nothing of the library under test: its products are written out here.

use num_complex::Complex;

use super::case::{Case, Decomposition, Mode, Tolerance};
use super::compare::{Comparison, compare};
use super::value::{Answer, HostArray, Value};

/// How far eigenvalues of a general matrix may be off: they are ill-conditioned.
const EIGENVALUE_LIMIT: f64 = 1e-3;

/// The limit that holds where a case states none.
const DEFAULT_RTOL: f64 = 1e-10;

/// Checks the factors of a decomposition: dtypes and shapes as expected, the product equal to the
/// argument, orthonormal where they must be.
///
/// # Errors
/// In which way they are wrong.
pub fn check(
    kind: Decomposition,
    case: &Case,
    expected: &[Answer],
    got: &[Answer],
    tolerance: &Tolerance,
) -> Comparison {
    let types_only = Tolerance { mode: Mode::DtypeShape, ..Tolerance::default() };
    for (idx, (expected, got)) in expected.iter().zip(got).enumerate() {
        compare(expected, got, &types_only).map_err(|why| format!("out{idx}: {why}"))?;
    }
    let Some(Value::Array(argument)) = case.args.first() else { return wrong("malformed case: no matrix") };
    let (Some(expected), Some(got)) = (arrays(expected), arrays(got)) else { return wrong("kind") };
    if !got.iter().all(|array| array.complexes().iter().all(|value| value.is_finite())) {
        return wrong("nonfinite");
    }
    let original = Matrices::new(argument)?;
    let rtol = if tolerance.rtol > 0.0 { tolerance.rtol } else { DEFAULT_RTOL };
    let largest = original.data.iter().map(|value| value.norm()).fold(1.0, f64::max);
    let limit = Limit { rtol, atol: rtol * largest * 8.0 };
    match (kind, expected.as_slice(), got.as_slice()) {
        (Decomposition::Qr, _, [q, r]) => {
            let (q, r) = (Matrices::new(q)?, Matrices::new(r)?);
            limit.require(&q.times(&r)?, &original, "Q@R != A")?;
            limit.require_orthonormal(&q, "Q not orthonormal")?;
            limit.require(&r, &r.triangle(|row, column| row <= column), "R not upper")
        }
        (Decomposition::Svd, [_, singular, _], [u, s, vh]) => {
            limit.require_all(&s.complexes(), &singular.complexes(), "singular values")?;
            let (u, vh) = (Matrices::new(u)?, Matrices::new(vh)?);
            let n_values = s.shape.last().copied().unwrap_or_default();
            let scaled = u.columns(n_values).scaled(&s.complexes());
            limit.require(&scaled.times(&vh.rows(n_values))?, &original, "U S Vh != A")?;
            limit.require_orthonormal(&u, "U/V not orthonormal")?;
            limit.require_orthonormal(&vh.adjoint(), "U/V not orthonormal")
        }
        (Decomposition::Eigh, [values, _], [w, v]) => {
            let is_upper = case.params.get("UPLO").is_some_and(|part| part == "U");
            let hermitian = original.mirrored(is_upper);
            limit.require_all(&w.complexes(), &values.complexes(), "eigenvalues")?;
            let v = Matrices::new(v)?;
            limit.require(&hermitian.times(&v)?, &v.scaled(&w.complexes()), "A v != w v")?;
            limit.require_orthonormal(&v, "V not orthonormal")
        }
        (Decomposition::Eig, [values, _], [w, v]) => {
            let v = Matrices::new(v)?;
            limit.require(&original.times(&v)?, &v.scaled(&w.complexes()), "A v != w v")?;
            let loose = Limit { rtol: EIGENVALUE_LIMIT, atol: EIGENVALUE_LIMIT };
            loose.require_all(&sorted_rows(w), &sorted_rows(values), "eigenvalues")
        }
        _ => wrong("arity"),
    }
}

fn wrong(why: &str) -> Comparison {
    Err(why.to_owned())
}

fn arrays<'a>(answers: &'a [Answer]) -> Option<Vec<&'a HostArray>> {
    let array = |answer: &'a Answer| if let Answer::Array(array) = answer { Some(array) } else { None };
    answers.iter().map(array).collect()
}

/// The rows of the last axis, each sorted by real and then imaginary part.
fn sorted_rows(array: &HostArray) -> Vec<Complex<f64>> {
    let mut values = array.complexes();
    let length = array.shape.last().copied().unwrap_or_default().max(1);
    for row in values.chunks_mut(length) {
        row.sort_by(|a, b| a.re.total_cmp(&b.re).then(a.im.total_cmp(&b.im)));
    }
    values
}

/// How far apart two matrices may be, element by element.
struct Limit {
    rtol: f64,
    atol: f64,
}

impl Limit {
    fn require_all(&self, got: &[Complex<f64>], expected: &[Complex<f64>], otherwise: &str) -> Comparison {
        let is_near = |(got, expected): (&Complex<f64>, &Complex<f64>)| {
            (got - expected).norm() <= self.atol + self.rtol * expected.norm()
        };
        if got.len() == expected.len() && got.iter().zip(expected).all(is_near) { Ok(()) } else { wrong(otherwise) }
    }

    fn require(&self, got: &Matrices, expected: &Matrices, otherwise: &str) -> Comparison {
        let shape = |matrices: &Matrices| (matrices.n_rows, matrices.n_columns);
        if shape(got) != shape(expected) {
            return wrong(otherwise);
        }
        self.require_all(&got.data, &expected.data, otherwise)
    }

    fn require_orthonormal(&self, matrices: &Matrices, otherwise: &str) -> Comparison {
        let gram = matrices.adjoint().times(matrices)?;
        let identity = gram.map(|_, row, column| Complex::from(f64::from(u8::from(row == column))));
        self.require(&gram, &identity, otherwise)
    }
}

/// A stack of matrices of one size.
struct Matrices {
    n_rows: usize,
    n_columns: usize,
    data: Vec<Complex<f64>>,
}

impl Matrices {
    fn new(array: &HostArray) -> Result<Matrices, String> {
        match array.shape.as_slice() {
            [.., n_rows, n_columns] => Ok(Matrices { n_rows: *n_rows, n_columns: *n_columns, data: array.complexes() }),
            _ => Err("shape: no matrix".to_owned()),
        }
    }

    /// Element (row, column) of matrix `idx`.
    fn at(&self, idx: usize, row: usize, column: usize) -> Complex<f64> {
        self.data[(idx * self.n_rows + row) * self.n_columns + column]
    }

    fn n_matrices(&self) -> usize {
        self.data.len().checked_div(self.n_rows * self.n_columns).unwrap_or_default()
    }

    /// A stack of `count` matrices, from what stands at (matrix, row, column).
    fn build(
        count: usize,
        n_rows: usize,
        n_columns: usize,
        element: impl Fn(usize, usize, usize) -> Complex<f64>,
    ) -> Matrices {
        let mut data = Vec::with_capacity(count * n_rows * n_columns);
        for idx in 0..count {
            for row in 0..n_rows {
                data.extend((0..n_columns).map(|column| element(idx, row, column)));
            }
        }
        Matrices { n_rows, n_columns, data }
    }

    fn map(&self, element: impl Fn(usize, usize, usize) -> Complex<f64>) -> Matrices {
        Matrices::build(self.n_matrices(), self.n_rows, self.n_columns, element)
    }

    fn times(&self, other: &Matrices) -> Result<Matrices, String> {
        if self.n_columns != other.n_rows {
            return Err("shape: factors do not fit".to_owned());
        }
        // A factor without elements does not tell how many matrices there are; the other one does.
        let count = self.n_matrices().max(other.n_matrices());
        Ok(Matrices::build(count, self.n_rows, other.n_columns, |idx, row, column| {
            (0..self.n_columns).map(|inner| self.at(idx, row, inner) * other.at(idx, inner, column)).sum()
        }))
    }

    fn adjoint(&self) -> Matrices {
        let element = |idx, row, column| self.at(idx, column, row).conj();
        Matrices::build(self.n_matrices(), self.n_columns, self.n_rows, element)
    }

    fn columns(&self, count: usize) -> Matrices {
        let count = count.min(self.n_columns);
        Matrices::build(self.n_matrices(), self.n_rows, count, |idx, row, column| self.at(idx, row, column))
    }

    fn rows(&self, count: usize) -> Matrices {
        let count = count.min(self.n_rows);
        Matrices::build(self.n_matrices(), count, self.n_columns, |idx, row, column| self.at(idx, row, column))
    }

    /// Each column multiplied by its own factor.
    fn scaled(&self, factors: &[Complex<f64>]) -> Matrices {
        self.map(|idx, row, column| self.at(idx, row, column) * factors[idx * self.n_columns + column])
    }

    fn triangle(&self, keep: impl Fn(usize, usize) -> bool) -> Matrices {
        self.map(|idx, row, column| if keep(row, column) { self.at(idx, row, column) } else { Complex::ZERO })
    }

    /// The Hermitian matrix of which only one triangle is read.
    fn mirrored(&self, is_upper: bool) -> Matrices {
        self.map(|idx, row, column| {
            if row == column || (row < column) == is_upper {
                self.at(idx, row, column)
            } else {
                self.at(idx, column, row).conj()
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::score::held_against;
    use super::*;

    fn judge(check: &str, argument: &str, expected: &str, got: &str) -> String {
        let tolerance = format!(r#"{{"mode":"rel","rtol":1e-6,"check":"{check}"}}"#);
        let line = format!(
            r#"{{"id":"a/b/c","group":"a","op":"b","args":[{argument}],"expect":{expected},"tol":{tolerance},"class":"strict"}}"#
        );
        let case = Case::parse(&line).expect("the literals of this file are a case");
        let super::super::case::Expected::Answer(expected) = &case.expected else { panic!("no answer expected") };
        let got = Answer::parse(&serde_json::from_str(got).expect("JSON")).expect("an answer");
        held_against(expected, &got, &case.tolerance, &case).err().unwrap_or_default()
    }

    fn matrix(data: &str) -> String {
        format!(r#"{{"dtype":"f64","shape":[2,2],"data":[{data}]}}"#)
    }

    fn vector(data: &str) -> String {
        format!(r#"{{"dtype":"f64","shape":[2],"data":[{data}]}}"#)
    }

    fn tuple(items: &[String]) -> String {
        format!(r#"{{"tuple":[{}]}}"#, items.join(","))
    }

    #[test]
    fn a_qr_may_differ_by_signs_but_must_multiply_back() {
        let argument = matrix("3,1,4,2");
        let expected = tuple(&[matrix("-0.6,-0.8,-0.8,0.6"), matrix("-5,-2.2,0,0.4")]);
        assert_eq!(judge("qr", &argument, &expected, &expected), "");
        let flipped = tuple(&[matrix("0.6,0.8,0.8,-0.6"), matrix("5,2.2,0,-0.4")]);
        assert_eq!(judge("qr", &argument, &expected, &flipped), "");
        let wrong = tuple(&[matrix("0.6,0.8,0.8,-0.6"), matrix("5,2.2,0,0.4")]);
        assert_eq!(judge("qr", &argument, &expected, &wrong), "Q@R != A");
        let skewed = tuple(&[matrix("1,0,0,1"), argument.clone()]);
        assert_eq!(judge("qr", &argument, &expected, &skewed), "R not upper");
        let scaled = tuple(&[matrix("6,8,8,-6"), matrix("0.5,0.22,0,-0.04")]);
        assert_eq!(judge("qr", &argument, &expected, &scaled), "Q not orthonormal");
        let nan = tuple(&[matrix("\"nan\",8,8,-6"), matrix("0.5,0.22,0,-0.04")]);
        assert_eq!(judge("qr", &argument, &expected, &nan), "nonfinite");
    }

    #[test]
    fn eigenvectors_belong_to_their_eigenvalues() {
        let argument = matrix("2,99,0,3");
        let expected = tuple(&[vector("2,3"), matrix("1,0,0,1")]);
        assert_eq!(judge("eigh", &argument, &expected, &expected), "");
        let negated = tuple(&[vector("2,3"), matrix("-1,0,0,1")]);
        assert_eq!(judge("eigh", &argument, &expected, &negated), "");
        let swapped = tuple(&[vector("2,3"), matrix("0,1,1,0")]);
        assert_eq!(judge("eigh", &argument, &expected, &swapped), "A v != w v");
        let other = tuple(&[vector("3,2"), matrix("0,1,1,0")]);
        assert_eq!(judge("eigh", &argument, &expected, &other), "eigenvalues");
        let diagonal = matrix("2,0,0,3");
        assert_eq!(judge("eig", &diagonal, &expected, &other), "");
        assert_eq!(judge("eig", &diagonal, &expected, &swapped), "A v != w v");
    }

    #[test]
    fn singular_vectors_come_in_pairs() {
        let argument = matrix("0,2,-1,0");
        let expected = tuple(&[matrix("1,0,0,1"), vector("2,1"), matrix("0,1,-1,0")]);
        assert_eq!(judge("svd", &argument, &expected, &expected), "");
        let negated = tuple(&[matrix("-1,0,0,1"), vector("2,1"), matrix("0,-1,-1,0")]);
        assert_eq!(judge("svd", &argument, &expected, &negated), "");
        let half = tuple(&[matrix("-1,0,0,1"), vector("2,1"), matrix("0,1,-1,0")]);
        assert_eq!(judge("svd", &argument, &expected, &half), "U S Vh != A");
        let values = tuple(&[matrix("1,0,0,1"), vector("2,1.5"), matrix("0,1,-1,0")]);
        assert_eq!(judge("svd", &argument, &expected, &values), "singular values");
    }
}
