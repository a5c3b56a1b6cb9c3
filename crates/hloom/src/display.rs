//! Printing and iterating: the ways of reading an array that look like plain Rust.

use std::fmt;

use hloom_ir::Type;

use crate::convert::from_checked_bytes;
use crate::record::{self, Call, ScopeId};
use crate::{Error, NdArray, print};

impl fmt::Display for NdArray {
    /// NumPy's `str`: computes the array and prints it, with an ellipsis above 1,000 elements. An array
    /// in error prints the error; one that stands for a value in a traced function prints its type.
    ///
    /// A precision is the number of digits after the point, as in `{:.2}`; width and alignment are those of
    /// the text as a whole.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let precision = f.precision();
        if let Some(text) = self.traced() {
            return f.write_str(&text);
        }
        let text = self.materialize("str").and_then(|value| value.read(|bytes| text(bytes, value.ty(), precision)));
        let text = match text {
            Ok(text) => text,
            Err(error) => return write!(f, "<{error}>"),
        };
        // Not `pad`, which would take the precision for the length of the text.
        match (f.width(), f.align()) {
            (None, _) => f.write_str(&text),
            (Some(width), Some(fmt::Alignment::Right)) => write!(f, "{text:>width$}"),
            (Some(width), Some(fmt::Alignment::Center)) => write!(f, "{text:^width$}"),
            (Some(width), Some(fmt::Alignment::Left) | None) => write!(f, "{text:<width$}"),
        }
    }
}

/// The text of an array, with so many digits after the point if that is given.
fn text(bytes: &[u8], ty: &Type, precision: Option<usize>) -> String {
    let Some(precision) = precision else { return print::str(bytes, ty) };
    let options = print::PrintOptions { precision, floatmode: print::FloatMode::Fixed, ..Default::default() };
    if !ty.shape.is_empty() || ty.dtype.is_integer() {
        return print::str_with(bytes, ty, &options);
    }
    // A 0-d array prints as its element, which knows no options: it is printed as the only one of a 1-d array.
    let line = print::str_with(bytes, &Type::new(ty.dtype, [1]), &options);
    line.trim_start_matches('[').trim_end_matches(']').trim().to_owned()
}

impl fmt::Debug for NdArray {
    /// NumPy's `repr` of an array whose value is there; only dtype and shape of one that is recorded.
    /// Computes nothing.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(text) = self.traced() {
            return f.write_str(&text);
        }
        let (ty, value) = {
            let recorder = record::lock();
            (recorder.ty(self.node()).cloned(), recorder.value(self.node()).cloned())
        };
        match (ty, value) {
            (Err(error), _) => write!(f, "<{error}>"),
            (Ok(_), Some(value)) => match value.read(|bytes| print::repr(bytes, value.ty())) {
                Ok(text) => f.write_str(&text),
                Err(error) => write!(f, "<{error}>"),
            },
            (Ok(Type { dtype, shape }), None) => write!(f, "<pending {dtype} {shape}>"),
        }
    }
}

impl NdArray {
    /// What an array of a trace prints: no value, but what it stands for.
    fn traced(&self) -> Option<String> {
        let recorder = record::lock();
        if recorder.scope(self.node()) == ScopeId::ROOT {
            return None;
        }
        let Type { dtype, shape } = recorder.ty(self.node()).ok()?;
        Some(match recorder.trace_name(self.node()) {
            Some(name) => format!("<traced {dtype} {shape} in {name}>"),
            None => format!("<traced {dtype} {shape}>"),
        })
    }

    /// NumPy's `repr`: computes the array and prints it so that its dtype and shape show.
    ///
    /// # Errors
    /// As [`NdArray::data`].
    ///
    /// # Examples
    /// ```
    /// assert_eq!(hloom::array([1, 2]).repr()?, "array([1, 2], dtype=int32)");
    /// # Ok::<(), hloom::Error>(())
    /// ```
    #[track_caller]
    pub fn repr(&self) -> crate::Result<String> {
        let value = self.materialize("repr")?;
        value.read(|bytes| print::repr(bytes, value.ty()))
    }

    /// NumPy's `str` under options: precision, threshold, line width and the like.
    ///
    /// # Errors
    /// As [`NdArray::data`].
    ///
    /// # Examples
    /// ```
    /// let mut options = hloom::PrintOptions::default();
    /// options.precision = 3;
    /// assert_eq!(hloom::array([1.0 / 3.0]).str_with(&options)?, "[0.333]");
    /// # Ok::<(), hloom::Error>(())
    /// ```
    ///
    /// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.array2string.html>
    #[track_caller]
    pub fn str_with(&self, options: &print::PrintOptions) -> crate::Result<String> {
        let value = self.materialize("str")?;
        value.read(|bytes| print::str_with(bytes, value.ty(), options))
    }

    /// NumPy's `repr` under options; see [`NdArray::str_with`].
    ///
    /// # Errors
    /// As [`NdArray::data`].
    #[track_caller]
    pub fn repr_with(&self, options: &print::PrintOptions) -> crate::Result<String> {
        let value = self.materialize("repr")?;
        value.read(|bytes| print::repr_with(bytes, value.ty(), options))
    }

    /// The rows: the arrays along axis 0. Computes the array once; the rows are at hand.
    ///
    /// An array that cannot be computed, or has no axis, yields one array in error.
    ///
    /// # Examples
    /// ```
    /// let x = hloom::arange(4).reshape([2, 2]);
    /// let sums: Vec<i64> = x.iter().map(|row| row.sum(..).item()).collect::<Result<_, _>>()?;
    /// assert_eq!(sums, [1, 5]);
    /// # Ok::<(), hloom::Error>(())
    /// ```
    #[track_caller]
    pub fn iter(&self) -> Rows {
        match self.rows() {
            Ok(rows) => rows,
            Err(error) => Rows::one(Call::named("iter").error(error)),
        }
    }

    #[track_caller]
    fn rows(&self) -> crate::Result<Rows> {
        let ty = self.try_type()?;
        let Some((&n_rows, row_shape)) = ty.shape.split_first() else {
            return Err(Error::type_("iteration over a 0-d array"));
        };
        let row_type = Type::new(ty.dtype, row_shape);
        Ok(Rows { source: Source::Bytes { bytes: self.bytes_for("iter")?, row_type }, next: 0, n_rows })
    }
}

/// The rows of an array; see [`NdArray::iter`].
#[derive(Debug)]
pub struct Rows {
    source: Source,
    next: usize,
    n_rows: usize,
}

#[derive(Debug)]
enum Source {
    Bytes { bytes: Vec<u8>, row_type: Type },
    One(Option<NdArray>),
}

impl Rows {
    fn one(array: NdArray) -> Rows {
        Rows { source: Source::One(Some(array)), next: 0, n_rows: 1 }
    }
}

impl Iterator for Rows {
    type Item = NdArray;

    fn next(&mut self) -> Option<NdArray> {
        if self.next == self.n_rows {
            return None;
        }
        let row = self.next;
        self.next += 1;
        match &mut self.source {
            Source::Bytes { bytes, row_type } => {
                let len = row_type.size_bytes();
                Some(from_checked_bytes(row_type.clone(), &bytes[row * len..(row + 1) * len]))
            }
            Source::One(array) => array.take(),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let rest = self.n_rows - self.next;
        (rest, Some(rest))
    }
}

impl ExactSizeIterator for Rows {}

impl IntoIterator for &NdArray {
    type Item = NdArray;
    type IntoIter = Rows;

    #[track_caller]
    fn into_iter(self) -> Rows {
        self.iter()
    }
}
