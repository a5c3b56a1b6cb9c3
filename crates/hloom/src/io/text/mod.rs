//! Arrays in delimited text. Knows files and what a caller may choose; cells are read in `cell`, numbers written in `format`.

mod cell;
mod format;

use std::fmt::Write as _;
use std::io::{Read, Write as _};
use std::path::Path;

use hloom_ir::{DType, Shape, Type, Weak};

use self::cell::literal;
use self::format::Format;
use super::{failed, open, replace};
use crate::convert::from_filled;
use crate::list::List;
use crate::record::IntoOperand;
use crate::{Error, NdArray, Result};

/// How [`savetxt`] writes: `..` is as NumPy does by default, a text is the format of numbers, [`SaveText::default`] begins
/// with all settings.
#[derive(Clone, Debug)]
#[must_use]
pub struct SaveText {
    fmt: Vec<String>,
    delimiter: String,
    newline: String,
    header: String,
    footer: String,
    comments: String,
}

impl Default for SaveText {
    fn default() -> SaveText {
        SaveText {
            fmt: vec!["%.18e".to_owned()],
            delimiter: " ".to_owned(),
            newline: "\n".to_owned(),
            header: String::new(),
            footer: String::new(),
            comments: "# ".to_owned(),
        }
    }
}

impl From<std::ops::RangeFull> for SaveText {
    fn from(_: std::ops::RangeFull) -> SaveText {
        SaveText::default()
    }
}

impl From<&str> for SaveText {
    fn from(fmt: &str) -> SaveText {
        SaveText::default().fmt(fmt)
    }
}

impl SaveText {
    /// How numbers are written, as by C's `printf`: `%.3f`, `%8d`, `%g`; `%.18e` by default.
    pub fn fmt(mut self, fmt: impl Into<String>) -> SaveText {
        self.fmt = vec![fmt.into()];
        self
    }

    /// How the numbers of each column are written.
    pub fn fmt_columns<S: Into<String>>(mut self, fmt: impl IntoIterator<Item = S>) -> SaveText {
        self.fmt = fmt.into_iter().map(Into::into).collect();
        self
    }

    /// What stands between columns; a space by default.
    pub fn delimiter(mut self, delimiter: impl Into<String>) -> SaveText {
        self.delimiter = delimiter.into();
        self
    }

    /// What stands between lines.
    pub fn newline(mut self, newline: impl Into<String>) -> SaveText {
        self.newline = newline.into();
        self
    }

    /// What stands before the numbers, as comments.
    pub fn header(mut self, header: impl Into<String>) -> SaveText {
        self.header = header.into();
        self
    }

    /// What stands behind the numbers, as comments.
    pub fn footer(mut self, footer: impl Into<String>) -> SaveText {
        self.footer = footer.into();
        self
    }

    /// What a line of the header and the footer begins with; `# ` by default.
    pub fn comments(mut self, comments: impl Into<String>) -> SaveText {
        self.comments = comments.into();
        self
    }
}

/// How [`loadtxt`] reads: `..` is as NumPy does by default, a text is the delimiter, [`LoadText::default`] begins with all
/// settings.
#[derive(Clone, Debug)]
#[must_use]
pub struct LoadText {
    dtype: DType,
    comments: Option<String>,
    delimiter: Option<String>,
    skiprows: usize,
    usecols: Option<Vec<i64>>,
    unpack: bool,
    ndmin: usize,
    max_rows: Option<usize>,
    quotechar: Option<char>,
}

impl Default for LoadText {
    fn default() -> LoadText {
        LoadText {
            dtype: DType::F64,
            comments: Some("#".to_owned()),
            delimiter: None,
            skiprows: 0,
            usecols: None,
            unpack: false,
            ndmin: 0,
            max_rows: None,
            quotechar: None,
        }
    }
}

impl From<std::ops::RangeFull> for LoadText {
    fn from(_: std::ops::RangeFull) -> LoadText {
        LoadText::default()
    }
}

impl From<&str> for LoadText {
    fn from(delimiter: &str) -> LoadText {
        LoadText::default().delimiter(delimiter)
    }
}

impl LoadText {
    /// The dtype of the array; float64 by default.
    pub fn dtype(mut self, dtype: DType) -> LoadText {
        self.dtype = dtype;
        self
    }

    /// What begins a comment, to the end of its line; `#` by default, nothing with `None`.
    pub fn comments<'a>(mut self, comments: impl Into<Option<&'a str>>) -> LoadText {
        self.comments = comments.into().filter(|text| !text.is_empty()).map(str::to_owned);
        self
    }

    /// What stands between columns; any white space by default.
    pub fn delimiter(mut self, delimiter: impl Into<String>) -> LoadText {
        self.delimiter = Some(delimiter.into()).filter(|text| !text.is_empty());
        self
    }

    /// How many lines are left out at the beginning, comments among them.
    pub fn skiprows(mut self, skiprows: usize) -> LoadText {
        self.skiprows = skiprows;
        self
    }

    /// The columns that are read, in this order; from the end if negative.
    pub fn usecols(mut self, usecols: impl IntoIterator<Item = i64>) -> LoadText {
        self.usecols = Some(usecols.into_iter().collect());
        self
    }

    /// Whether columns are the first axis of the result.
    pub fn unpack(mut self, unpack: bool) -> LoadText {
        self.unpack = unpack;
        self
    }

    /// The least number of axes, up to 2.
    pub fn ndmin(mut self, ndmin: usize) -> LoadText {
        self.ndmin = ndmin.min(2);
        self
    }

    /// The most lines that are read, without comments and empty ones.
    pub fn max_rows(mut self, max_rows: usize) -> LoadText {
        self.max_rows = Some(max_rows);
        self
    }

    /// What encloses a cell that may hold the delimiter.
    pub fn quotechar(mut self, quotechar: char) -> LoadText {
        self.quotechar = Some(quotechar);
        self
    }
}

/// How [`genfromtxt`] reads: `..` is as NumPy does by default, a text is the delimiter, [`GenFromText::default`] begins with
/// all settings.
#[derive(Clone, Debug)]
#[must_use]
pub struct GenFromText {
    lines: LoadText,
    skip_footer: usize,
    missing_values: Vec<String>,
    filling_value: Option<Weak>,
    invalid_raise: bool,
}

impl Default for GenFromText {
    fn default() -> GenFromText {
        GenFromText {
            lines: LoadText::default(),
            skip_footer: 0,
            missing_values: Vec::new(),
            filling_value: None,
            invalid_raise: true,
        }
    }
}

impl From<std::ops::RangeFull> for GenFromText {
    fn from(_: std::ops::RangeFull) -> GenFromText {
        GenFromText::default()
    }
}

impl From<&str> for GenFromText {
    fn from(delimiter: &str) -> GenFromText {
        GenFromText::default().delimiter(delimiter)
    }
}

impl GenFromText {
    /// The dtype of the array; float64 by default.
    pub fn dtype(mut self, dtype: DType) -> GenFromText {
        self.lines.dtype = dtype;
        self
    }

    /// What begins a comment, to the end of its line; `#` by default.
    pub fn comments<'a>(mut self, comments: impl Into<Option<&'a str>>) -> GenFromText {
        self.lines = self.lines.comments(comments);
        self
    }

    /// What stands between columns; any white space by default.
    pub fn delimiter(mut self, delimiter: impl Into<String>) -> GenFromText {
        self.lines = self.lines.delimiter(delimiter);
        self
    }

    /// How many lines are left out at the beginning.
    pub fn skip_header(mut self, skip_header: usize) -> GenFromText {
        self.lines.skiprows = skip_header;
        self
    }

    /// How many lines are left out at the end.
    pub fn skip_footer(mut self, skip_footer: usize) -> GenFromText {
        self.skip_footer = skip_footer;
        self
    }

    /// The columns that are read, in this order; from the end if negative.
    pub fn usecols(mut self, usecols: impl IntoIterator<Item = i64>) -> GenFromText {
        self.lines = self.lines.usecols(usecols);
        self
    }

    /// Whether columns are the first axis of the result.
    pub fn unpack(mut self, unpack: bool) -> GenFromText {
        self.lines.unpack = unpack;
        self
    }

    /// The most lines that are read.
    pub fn max_rows(mut self, max_rows: usize) -> GenFromText {
        self.lines.max_rows = Some(max_rows);
        self
    }

    /// Texts that stand for a missing number, beside an empty cell.
    pub fn missing_values<S: Into<String>>(mut self, missing: impl IntoIterator<Item = S>) -> GenFromText {
        self.missing_values = missing.into_iter().map(Into::into).collect();
        self
    }

    /// What is written in the place of a missing number; by default NaN, -1 of integers and false.
    pub fn filling_value(mut self, value: impl Into<Weak>) -> GenFromText {
        self.filling_value = Some(value.into());
        self
    }

    /// Whether a line of another number of columns is an error; it is left out if not.
    pub fn invalid_raise(mut self, invalid_raise: bool) -> GenFromText {
        self.invalid_raise = invalid_raise;
        self
    }
}

/// Writes an array of at most two axes as delimited text. A file that is there is replaced once the new one is complete.
///
/// **Shapes**: `[]`, `[n]` one number a line, `[n, m]` `m` numbers a line.
/// **Dtypes**: any. A format for integers cuts floats off, as C's does.
///
/// # Errors
/// The error of an array in error, and what computing it reports; `ValueError` for more axes, a format that is none or
/// too few or many of them; `OSError` if the file cannot be written.
///
/// # Examples
/// ```
/// use hloom::{self as np, SaveText};
/// let folder = tempfile::tempdir().unwrap();
/// let path = folder.path().join("table.csv");
/// let x = np::array([[1.0, 2.5], [3.0, -0.125]]);
/// np::savetxt(&path, &x, SaveText::default().fmt("%.3f").delimiter(",").header("a,b"))?;
/// assert_eq!(std::fs::read_to_string(&path).unwrap(), "# a,b\n1.000,2.500\n3.000,-0.125\n");
/// assert_eq!(np::loadtxt(&path, ",")?.tolist()?, x.tolist()?);
/// # Ok::<(), hloom::Error>(())
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.savetxt.html>; files are not compressed by their
/// suffix.
#[track_caller]
pub fn savetxt<'a>(path: impl AsRef<Path>, x: impl IntoOperand<'a>, options: impl Into<SaveText>) -> Result<()> {
    let (path, x, options) = (path.as_ref(), x.into_operand().into_array(), options.into());
    let subject = || format!("savetxt {}", path.display());
    let text = written(&x, &options).map_err(|error| error.about(subject()))?;
    replace(path, |file| file.write_all(text.as_bytes()))
        .map_err(|error| failed("cannot be written", error).about(subject()))
}

/// Reads delimited text of which every line has the same number of cells.
///
/// **Shapes**: to `[n, m]` for `n` lines of `m` cells, without axes of extent 1 unless `ndmin` keeps them.
///
/// # Errors
/// Each names the file. `OSError` if it cannot be read or is no regular file; `ValueError` for text that is no number of
/// the dtype, lines of different length, a column that is not there or text that is not UTF-8.
///
/// # Examples
/// See [`savetxt`].
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.loadtxt.html>; no converters and no compressed
/// files.
#[track_caller]
pub fn loadtxt(path: impl AsRef<Path>, options: impl Into<LoadText>) -> Result<NdArray> {
    let (path, options) = (path.as_ref(), options.into());
    let subject = || format!("loadtxt {}", path.display());
    let rows = |text: &str| {
        let mut rows = Rows::new(options.dtype);
        for (idx, line) in lines(text, &options).enumerate() {
            let cells = split(line, &options)?;
            let cells = chosen(&cells, options.usecols.as_deref(), idx)?;
            rows.push(cells.len(), idx, |column, row| {
                let parsed = literal(cells[column], options.dtype);
                parsed.ok_or_else(|| {
                    Error::value(format!(
                        "could not convert string '{}' to {} at row {row}, column {}.",
                        cells[column],
                        options.dtype,
                        column + 1
                    ))
                })
            })?;
        }
        Ok(rows)
    };
    let rows = read(path).and_then(|text| rows(&text)).map_err(|error| error.about(subject()))?;
    rows.finish(options.ndmin, options.unpack).map_err(|error| error.about(subject()))
}

/// Reads delimited text in which cells may be missing.
///
/// **Shapes**: to `[n, m]` for `n` lines of `m` cells, without axes of extent 1.
///
/// # Errors
/// As [`loadtxt`], but text that is no number counts as missing.
///
/// # Examples
/// ```
/// use hloom::{self as np, GenFromText};
/// let folder = tempfile::tempdir().unwrap();
/// let path = folder.path().join("gaps.csv");
/// std::fs::write(&path, "1,,3\n4,N/A,6\n").unwrap();
/// assert_eq!(np::genfromtxt(&path, ",")?.to_string(), "[[ 1. nan  3.]\n [ 4. nan  6.]]");
/// let filled = GenFromText::default().delimiter(",").filling_value(0);
/// assert_eq!(np::genfromtxt(&path, filled)?.tolist()?, [[1.0, 0.0, 3.0], [4.0, 0.0, 6.0]]);
/// # Ok::<(), hloom::Error>(())
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.genfromtxt.html>; no names of columns, no converters
/// and no columns of fixed width.
#[track_caller]
pub fn genfromtxt(path: impl AsRef<Path>, options: impl Into<GenFromText>) -> Result<NdArray> {
    let (path, options) = (path.as_ref(), options.into());
    let subject = || format!("genfromtxt {}", path.display());
    let dtype = options.lines.dtype;
    let filling = options.filling_value.unwrap_or(match dtype.kind() {
        hloom_ir::Kind::Float | hloom_ir::Kind::Complex => Weak::Float(f64::NAN),
        hloom_ir::Kind::Signed | hloom_ir::Kind::Unsigned => Weak::Int(-1),
        hloom_ir::Kind::Bool => Weak::Bool(false),
    });
    let filling = filling.wrapping_literal(dtype);
    let rows = |text: &str| {
        let lines: Vec<&str> = lines(text, &options.lines).collect();
        let n_kept = lines.len().saturating_sub(options.skip_footer);
        let mut rows = Rows::new(dtype);
        for (idx, line) in lines[..n_kept].iter().enumerate() {
            let cells = split(line, &options.lines)?;
            let cells = chosen(&cells, options.lines.usecols.as_deref(), idx)?;
            if !options.invalid_raise && rows.n_columns.is_some_and(|n_columns| n_columns != cells.len()) {
                continue;
            }
            rows.push(cells.len(), idx, |column, _| {
                let cell = cells[column].trim();
                let is_missing = options.missing_values.iter().any(|missing| missing == cell);
                let parsed = if is_missing { None } else { literal(cell, dtype) };
                Ok(parsed.unwrap_or(filling))
            })?;
        }
        Ok(rows)
    };
    let rows = read(path).and_then(|text| rows(&text)).map_err(|error| error.about(subject()))?;
    rows.finish(0, options.lines.unpack).map_err(|error| error.about(subject()))
}

/// The text of a file.
fn read(path: &Path) -> Result<String> {
    let mut bytes = Vec::new();
    let read = open(path).and_then(|(file, len)| file.take(len).read_to_end(&mut bytes));
    read.map_err(|error| failed("cannot be read", error))?;
    String::from_utf8(bytes).map_err(|error| Error::value(format!("the text is not UTF-8: {}", error.utf8_error())))
}

/// The lines that hold cells, without their comments.
fn lines<'t>(text: &'t str, options: &LoadText) -> impl Iterator<Item = &'t str> {
    let comments = options.comments.clone();
    let without_comment = move |line: &'t str| match &comments {
        Some(comments) => line.split_once(comments.as_str()).map_or(line, |(cells, _)| cells),
        None => line,
    };
    let lines = text.lines().skip(options.skiprows).map(without_comment);
    lines.filter(|line| !line.trim().is_empty()).take(options.max_rows.unwrap_or(usize::MAX))
}

/// The cells of a line.
fn split<'t>(line: &'t str, options: &LoadText) -> Result<Vec<&'t str>> {
    let Some(delimiter) = &options.delimiter else { return Ok(line.split_whitespace().collect()) };
    let Some(quote) = options.quotechar else { return Ok(line.split(delimiter.as_str()).collect()) };
    let mut cells = Vec::new();
    let mut rest = line;
    loop {
        let trimmed = rest.trim_start();
        let Some(quoted) = trimmed.strip_prefix(quote) else {
            match rest.split_once(delimiter.as_str()) {
                Some((cell, after)) => {
                    cells.push(cell);
                    rest = after;
                    continue;
                }
                None => {
                    cells.push(rest);
                    return Ok(cells);
                }
            }
        };
        let Some((cell, after)) = quoted.split_once(quote) else {
            return Err(Error::value(format!("a cell begins with {quote} and does not end: {trimmed}")));
        };
        cells.push(cell);
        match after.trim_start().strip_prefix(delimiter.as_str()) {
            Some(after) => rest = after,
            None => return Ok(cells),
        }
    }
}

/// The cells of the columns that are read.
fn chosen<'t>(cells: &[&'t str], columns: Option<&[i64]>, row: usize) -> Result<Vec<&'t str>> {
    let Some(columns) = columns else { return Ok(cells.to_vec()) };
    let cell = |&column: &i64| {
        let position = if column < 0 { column.checked_add_unsigned(cells.len() as u64) } else { Some(column) };
        let position = position.and_then(|position| usize::try_from(position).ok());
        position.and_then(|position| cells.get(position).copied()).ok_or_else(|| {
            Error::value(format!("invalid column index {column} at row {} with {} columns", row + 1, cells.len()))
        })
    };
    columns.iter().map(cell).collect()
}

/// Rows of elements in the making.
struct Rows {
    dtype: DType,
    n_rows: usize,
    n_columns: Option<usize>,
    bytes: Vec<u8>,
}

impl Rows {
    fn new(dtype: DType) -> Rows {
        Rows { dtype, n_rows: 0, n_columns: None, bytes: Vec::new() }
    }

    fn push(
        &mut self,
        n_cells: usize,
        line: usize,
        cell: impl Fn(usize, usize) -> Result<hloom_ir::Literal>,
    ) -> Result<()> {
        let n_columns = *self.n_columns.get_or_insert(n_cells);
        if n_columns != n_cells {
            return Err(Error::value(format!(
                "the number of columns changed from {n_columns} to {n_cells} at row {}; use `usecols` to select a subset \
                 and avoid this error",
                line + 1
            )));
        }
        for column in 0..n_cells {
            self.bytes.extend_from_slice(cell(column, self.n_rows)?.bytes());
        }
        self.n_rows += 1;
        Ok(())
    }

    #[track_caller]
    fn finish(self, ndmin: usize, unpack: bool) -> Result<NdArray> {
        let Rows { dtype, n_rows, n_columns, bytes } = self;
        let n_columns = n_columns.unwrap_or(if n_rows == 0 { 1 } else { 0 });
        let ty = Type { dtype, shape: Shape::from([n_rows, n_columns]) };
        let table = from_filled(ty, |memory| {
            memory.copy_from_slice(&bytes);
            Ok(())
        })?;
        let table = if unpack { table.t() } else { table };
        let shape: Vec<usize> =
            if n_rows == 0 { vec![0] } else { [n_rows, n_columns].into_iter().filter(|&extent| extent != 1).collect() };
        Ok(match (ndmin, shape.len()) {
            (2, _) | (_, 2) => table,
            (1, 0) => table.reshape(-1),
            _ => table.reshape(shape),
        })
    }
}

/// The text of an array.
#[track_caller]
fn written(x: &NdArray, options: &SaveText) -> Result<String> {
    let shape = x.try_shape()?;
    let n_columns = match *shape {
        [] | [_] => 1,
        [_, n_columns] => n_columns,
        _ => {
            return Err(Error::value(format!("Expected 1D or 2D array, got {}D array instead", shape.ndim())));
        }
    };
    let formats = options.fmt.iter().map(|fmt| Format::parse(fmt)).collect::<Result<Vec<Vec<Format>>>>()?;
    // One text may hold the formats of all columns, with whatever stands between.
    let line: Vec<Format> = match formats.as_slice() {
        [single] => {
            let n_numbers = single.iter().filter(|part| part.is_number()).count();
            match n_numbers {
                1 => {
                    let separated = |column: usize| {
                        let delimiter = (column > 0).then(|| Format::Text(options.delimiter.clone()));
                        delimiter.into_iter().chain(single.iter().cloned())
                    };
                    (0..n_columns).flat_map(separated).collect()
                }
                _ => single.clone(),
            }
        }
        several => {
            let separated = several.iter().enumerate().flat_map(|(column, format)| {
                let delimiter = (column > 0).then(|| Format::Text(options.delimiter.clone()));
                delimiter.into_iter().chain(format.iter().cloned())
            });
            separated.collect()
        }
    };
    let n_numbers = line.iter().filter(|part| part.is_number()).count();
    if n_numbers != n_columns {
        return Err(Error::value(format!("fmt has wrong number of % formats: expected {n_columns}, got {n_numbers}")));
    }
    let comment = |text: &str| {
        let text = text.replace('\n', &format!("\n{}", options.comments));
        format!("{}{text}{}", options.comments, options.newline)
    };
    let mut text = String::new();
    if !options.header.is_empty() {
        text += &comment(&options.header);
    }
    let mut numbers = flat(&x.tolist()?).into_iter();
    let n_rows = shape.size().checked_div(n_columns).unwrap_or_else(|| shape.first().copied().unwrap_or(1));
    for _ in 0..n_rows {
        for part in &line {
            match part {
                Format::Text(verbatim) => text += verbatim,
                Format::Number(format) => {
                    let number = numbers.next().ok_or_else(|| Error::internal("savetxt ran out of numbers"))?;
                    write!(text, "{}", format.show(number)?).map_err(Error::internal)?;
                }
            }
        }
        text += &options.newline;
    }
    if !options.footer.is_empty() {
        text += &comment(&options.footer);
    }
    Ok(text)
}

/// The numbers of nested lists.
fn flat(list: &List) -> Vec<Weak> {
    match list {
        List::Bool(value) => vec![Weak::Bool(*value)],
        List::Int(value) => vec![Weak::Int((*value).into())],
        List::UInt(value) => vec![Weak::Int((*value).into())],
        List::Float(value) => vec![Weak::Float(*value)],
        List::Complex(value) => vec![Weak::Complex(*value)],
        List::List(items) => items.iter().flat_map(flat).collect(),
    }
}
