//! The head of the `.npy` format: a magic string, a version, and dtype, order and shape as the literal of a
//! Python dictionary. Knows bytes and types; nothing of files and arrays.
//!
//! Only this one dictionary is read, in one pass and without recursion. A parser of Python literals in general
//! would have to be guarded: files are made by strangers, and nesting can cost it exponential time.
//!
//! **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html>

use hloom_ir::{DType, Kind, Shape, Type};

use crate::{Error, Result};

/// What every file begins with. The version follows in two bytes.
pub(super) const MAGIC: &[u8; 6] = b"\x93NUMPY";

/// The longest text that is read, NumPy's own default: that of any array of numbers is far shorter.
pub(super) const MAX_BYTES: usize = 10_000;

/// The data begins at a multiple of this.
const ALIGNMENT: usize = 64;

/// The digits for which NumPy leaves room in the text, so that the first extent can grow in place.
const GROWTH_DIGITS: usize = 21;

/// The most characters of a file that a message quotes.
const MAX_QUOTED: usize = 80;

/// The character of this machine's byte order.
const NATIVE: char = if cfg!(target_endian = "little") { '<' } else { '>' };

/// What a file says of its data.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) ty: Type,
    /// The first axis is the one whose elements are neighbours.
    pub(super) is_fortran: bool,
    /// The bytes of each number are in the order of other machines.
    pub(super) is_swapped: bool,
}

/// The bytes before the data, as NumPy writes them for an array in row-major and native order.
///
/// # Errors
/// `TypeError` for a dtype that the format has no name for.
pub(super) fn write(ty: &Type) -> Result<Vec<u8>> {
    let Type { dtype, shape } = ty;
    let code = code(*dtype).ok_or_else(|| {
        Error::type_(format!("the .npy format has no name for {dtype}; convert first, as with astype(float32)"))
    })?;
    let order = if dtype.size() == 1 { '|' } else { NATIVE };
    let mut text = format!("{{'descr': '{order}{code}', 'fortran_order': False, 'shape': {shape}, }}");
    if let Some(extent) = shape.first() {
        text.extend(std::iter::repeat_n(' ', GROWTH_DIGITS - extent.to_string().len()));
    }
    let head = MAGIC.len() + 4;
    // A line break ends the text. Where that is aligned already, NumPy adds a whole line of spaces.
    let n_spaces = ALIGNMENT - (head + text.len() + 1) % ALIGNMENT;
    text.extend(std::iter::repeat_n(' ', n_spaces));
    text.push('\n');
    let len = u16::try_from(text.len()).map_err(|_| Error::internal("the header of an array is beyond 64 KiB"))?;
    Ok([MAGIC.as_slice(), &[1, 0], &len.to_le_bytes(), text.as_bytes()].concat())
}

/// Reads the text of a header.
///
/// # Errors
/// `ValueError` if it is not what the format asks for, `TypeError` for a dtype that the library does not have.
pub(super) fn parse(text: &[u8]) -> Result<Header> {
    let mut literal = Literal { text, position: 0 };
    let (mut descr, mut is_fortran, mut shape) = (None, None, None);
    literal.expect(b'{', "a dictionary")?;
    while !literal.eat(b'}') {
        let key = literal.string()?;
        literal.expect(b':', "a colon")?;
        let is_repeated = match key {
            b"descr" => descr.replace(literal.dtype()?).is_some(),
            b"fortran_order" => is_fortran.replace(literal.boolean()?).is_some(),
            b"shape" => shape.replace(literal.shape()?).is_some(),
            _ => return Err(wrong_keys(&format!("an unknown one, {}", quoted(key)))),
        };
        if is_repeated {
            return Err(wrong_keys(&format!("{} twice", quoted(key))));
        }
        if !literal.eat(b',') {
            literal.expect(b'}', "a comma or the end of the dictionary")?;
            break;
        }
    }
    literal.end()?;
    let (dtype, is_swapped) = descr.ok_or_else(|| wrong_keys("no 'descr'"))?;
    let is_fortran = is_fortran.ok_or_else(|| wrong_keys("no 'fortran_order'"))?;
    let shape = shape.ok_or_else(|| wrong_keys("no 'shape'"))?;
    Ok(Header { ty: Type { dtype, shape }, is_fortran, is_swapped })
}

/// The name that the format has for a dtype, if any, after the character of the byte order: kind and size.
fn code(dtype: DType) -> Option<String> {
    let kind = match dtype.kind() {
        Kind::Bool => 'b',
        Kind::Signed => 'i',
        Kind::Unsigned => 'u',
        Kind::Float => 'f',
        Kind::Complex => 'c',
    };
    dtype.is_in_numpy().then(|| format!("{kind}{}", dtype.size()))
}

/// The dtype of a descriptor such as `<f8`, and whether its byte order is that of other machines.
fn dtype(descr: &[u8]) -> Result<(DType, bool)> {
    let (order, code) = match descr {
        [order @ (b'<' | b'>' | b'=' | b'|'), code @ ..] => (*order, code),
        code => (b'=', code),
    };
    let is_named = |dtype: &DType| self::code(*dtype).is_some_and(|known| known.as_bytes() == code);
    if let Some(dtype) = DType::ALL.into_iter().find(is_named) {
        let is_foreign = matches!(order, b'<' | b'>') && char::from(order) != NATIVE;
        return Ok((dtype, is_foreign));
    }
    let name = match code {
        b"V2" => "void; NumPy saves bfloat16 so: convert it to float32 before saving",
        [b'V', ..] => "void",
        [b'O', ..] => "object; its elements are pickled Python objects",
        [b'S' | b'a', ..] => "bytes",
        [b'U', ..] => "str",
        [b'M', ..] => "datetime64",
        [b'm', ..] => "timedelta64",
        b"f10" | b"f12" | b"f16" => "longdouble",
        b"c20" | b"c24" | b"c32" => "clongdouble",
        _ => return Err(Error::value(format!("descr is not a valid dtype descriptor: {}", quoted(descr)))),
    };
    Err(unsupported(descr, name))
}

fn unsupported(descr: &[u8], name: &str) -> Error {
    Error::type_(format!("expected an array of bool or of numbers, got dtype {}, which is {name}", quoted(descr)))
}

/// The beginning of the text, up to and with the first such byte.
fn through(text: &[u8], end: u8) -> &[u8] {
    text.split_inclusive(|&byte| byte == end).next().unwrap_or(text)
}

fn wrong_keys(got: &str) -> Error {
    Error::value(format!(
        "Header does not contain the correct keys: expected 'descr', 'fortran_order' and 'shape', got {got}"
    ))
}

/// The beginning of what a file says, for a message: in single quotes unless it has some, as Python shows text.
fn quoted(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    let (text, more) = match text.char_indices().nth(MAX_QUOTED) {
        Some((end, _)) => (&text[..end], "..."),
        None => (&*text, ""),
    };
    if text.contains('\'') { format!("{text:?}{more}") } else { format!("'{}'{more}", text.escape_debug()) }
}

/// The text of a Python literal, read from the left.
struct Literal<'a> {
    text: &'a [u8],
    position: usize,
}

impl<'a> Literal<'a> {
    /// What is left, without the space before it.
    fn rest(&mut self) -> &'a [u8] {
        let rest = &self.text[self.position..];
        let n_spaces = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b'\x0c')).count();
        self.position += n_spaces;
        &rest[n_spaces..]
    }

    fn eat(&mut self, byte: u8) -> bool {
        let is_next = self.rest().first() == Some(&byte);
        self.position += usize::from(is_next);
        is_next
    }

    fn expect(&mut self, byte: u8, what: &str) -> Result<()> {
        if self.eat(byte) { Ok(()) } else { Err(self.unexpected(what)) }
    }

    fn end(&mut self) -> Result<()> {
        if self.rest().is_empty() { Ok(()) } else { Err(self.unexpected("nothing after the dictionary")) }
    }

    fn unexpected(&mut self, what: &str) -> Error {
        let got = match self.rest() {
            [] => "the end".to_owned(),
            rest => quoted(rest),
        };
        Error::value(format!("Cannot parse header: expected {what}, got {got}"))
    }

    /// The content of a string. No name of a key or a dtype has a character that is written by an escape.
    fn string(&mut self) -> Result<&'a [u8]> {
        let text = match self.rest() {
            [quote @ (b'\'' | b'"'), text @ ..] => {
                text.iter().position(|byte| byte == quote).map(|len| &text[..len]).filter(|text| !text.contains(&b'\\'))
            }
            _ => None,
        };
        let text = text.ok_or_else(|| self.unexpected("a string"))?;
        self.position += text.len() + 2;
        Ok(text)
    }

    fn boolean(&mut self) -> Result<bool> {
        let rest = self.rest();
        for (name, value) in [("True", true), ("False", false)] {
            if rest.starts_with(name.as_bytes()) {
                self.position += name.len();
                return Ok(value);
            }
        }
        Err(Error::value(format!("fortran_order is not a valid bool: {}", quoted(rest))))
    }

    fn dtype(&mut self) -> Result<(DType, bool)> {
        match self.rest() {
            descr @ [b'[', ..] => Err(unsupported(through(descr, b']'), "structured")),
            descr @ [b'(', ..] => Err(unsupported(through(descr, b')'), "an array")),
            _ => dtype(self.string()?),
        }
    }

    /// A tuple of extents.
    fn shape(&mut self) -> Result<Shape> {
        let literal = self.rest();
        let invalid =
            || Error::value(format!("shape is not valid: expected a tuple of integers, got {}", quoted(literal)));
        let (mut shape, mut has_comma) = (Shape::scalar(), true);
        if !self.eat(b'(') {
            return Err(invalid());
        }
        while !self.eat(b')') {
            if !has_comma {
                return Err(invalid());
            }
            shape.push(self.extent()?.ok_or_else(invalid)?);
            has_comma = self.eat(b',');
        }
        // One number in parentheses is a number to Python.
        if shape.ndim() == 1 && !has_comma {
            return Err(invalid());
        }
        Ok(shape.checked()?)
    }

    /// A number of elements; `None` if what follows is not an integer.
    fn extent(&mut self) -> Result<Option<usize>> {
        let is_negative = self.eat(b'-');
        let rest = self.rest();
        let digits = &rest[..rest.iter().take_while(|byte| byte.is_ascii_digit()).count()];
        self.position += digits.len();
        // Python 2 wrote long integers so.
        if rest[digits.len()..].first() == Some(&b'L') {
            self.position += 1;
        }
        match digits {
            [] | [b'0', _, ..] => Ok(None),
            _ if is_negative => Err(Error::value("negative dimensions are not allowed")),
            _ => match String::from_utf8_lossy(digits).parse() {
                Ok(extent) => Ok(Some(extent)),
                Err(_) => Err(Error::value(format!("array is too big; an extent of the shape is {}", quoted(digits)))),
            },
        }
    }
}
