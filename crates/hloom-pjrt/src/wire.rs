//! As much of the protocol buffers' wire format as the compile options need, and a look into a module
//! for the parameters that it may overwrite, and into descriptors. Knows no operations.
//!
//! Tag numbers are those of XLA's `hlo.proto`; <https://protobuf.dev/programming-guides/encoding/>
//! describes the encoding.

use thiserror::Error;

/// Bytes that are not a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the module is not a valid HloModuleProto")]
pub(crate) struct Malformed;

/// Writes a message.
#[derive(Clone, Debug, Default)]
pub(crate) struct Writer(Vec<u8>);

impl Writer {
    /// An integer, a bool or an enumeration. Negative numbers are two's complement.
    pub(crate) fn int(mut self, tag: u64, value: i64) -> Writer {
        self.varint(tag << 3);
        self.varint(value.cast_unsigned());
        self
    }

    /// A text, bytes or an encoded message.
    pub(crate) fn bytes(mut self, tag: u64, value: &[u8]) -> Writer {
        self.varint(tag << 3 | 2);
        self.varint(value.len() as u64);
        self.0.extend_from_slice(value);
        self
    }

    /// A nested message.
    pub(crate) fn message(self, tag: u64, value: Writer) -> Writer {
        self.bytes(tag, &value.0)
    }

    /// The encoded message.
    pub(crate) fn finish(self) -> Vec<u8> {
        self.0
    }

    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push((value & 0x7f) as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }
}

/// The value of one field.
pub(crate) enum Value<'a> {
    /// An integer, a bool or an enumeration.
    Int(u64),
    /// A text, bytes or a message.
    Bytes(&'a [u8]),
    /// A number of fixed size.
    Fixed,
}

/// Walks over the fields of a message.
pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// Starts at the first field.
    pub(crate) fn new(message: &'a [u8]) -> Reader<'a> {
        Reader(message)
    }

    fn varint(&mut self) -> Result<u64, Malformed> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let (&byte, rest) = self.0.split_first().ok_or(Malformed)?;
            self.0 = rest;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(Malformed)
    }

    fn take(&mut self, len: u64) -> Result<&'a [u8], Malformed> {
        let len = usize::try_from(len).map_err(|_| Malformed)?;
        let (taken, rest) = self.0.split_at_checked(len).ok_or(Malformed)?;
        self.0 = rest;
        Ok(taken)
    }

    /// The next field: its tag and its value.
    pub(crate) fn field(&mut self) -> Result<Option<(u64, Value<'a>)>, Malformed> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let key = self.varint()?;
        let value = match key & 7 {
            0 => Value::Int(self.varint()?),
            1 => self.take(8).map(|_| Value::Fixed)?,
            2 => {
                let len = self.varint()?;
                Value::Bytes(self.take(len)?)
            }
            5 => self.take(4).map(|_| Value::Fixed)?,
            _ => return Err(Malformed),
        };
        Ok(Some((key >> 3, value)))
    }
}

/// The parameters that a module aliases to an output or offers as a place for one.
pub(crate) fn donatable_parameters(module: &[u8]) -> Result<Vec<i64>, Malformed> {
    const INPUT_OUTPUT_ALIAS: u64 = 8;
    const BUFFER_DONOR: u64 = 18;
    let mut parameters = Vec::new();
    let mut fields = Reader(module);
    while let Some((tag, value)) = fields.field()? {
        // Both messages hold a list of entries, which differ in the parameter's tag.
        let parameter_tag = match tag {
            INPUT_OUTPUT_ALIAS => 2,
            BUFFER_DONOR => 1,
            _ => continue,
        };
        let Value::Bytes(entries) = value else { return Err(Malformed) };
        let mut entries = Reader(entries);
        while let Some((_, entry)) = entries.field()? {
            let Value::Bytes(entry) = entry else { return Err(Malformed) };
            parameters.push(entry_parameter(entry, parameter_tag)?);
        }
    }
    Ok(parameters)
}

/// The message in the first field of another: the module of an `HloModuleProtoWithConfig`.
pub(crate) fn first_message(bytes: &[u8]) -> Result<&[u8], Malformed> {
    let mut fields = Reader(bytes);
    while let Some((tag, value)) = fields.field()? {
        if let (1, Value::Bytes(message)) = (tag, value) {
            return Ok(message);
        }
    }
    Err(Malformed)
}

/// The parameter of an entry; absent means 0, the default of its type.
fn entry_parameter(entry: &[u8], parameter_tag: u64) -> Result<i64, Malformed> {
    let mut parameter = 0;
    let mut fields = Reader(entry);
    while let Some((tag, value)) = fields.field()? {
        if let (true, Value::Int(value)) = (tag == parameter_tag, value) {
            parameter = value.cast_signed();
        }
    }
    Ok(parameter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliased_and_donor_parameters_are_found() {
        let alias = Writer::default()
            .message(1, Writer::default().bytes(1, &[0]).int(2, 300).int(4, 1))
            .message(1, Writer::default().int(4, 2));
        let donor = Writer::default().message(1, Writer::default().int(1, 7));
        let module = Writer::default().bytes(1, b"name").message(8, alias).int(5, -1).message(18, donor).finish();
        assert_eq!(donatable_parameters(&module), Ok(vec![300, 0, 7]));
        assert_eq!(donatable_parameters(&[]), Ok(vec![]));
    }

    #[test]
    fn the_module_of_a_configured_module_is_found() {
        let configured = Writer::default().bytes(2, b"configuration").bytes(1, b"module").finish();
        assert_eq!(first_message(&configured), Ok(b"module".as_slice()));
        assert_eq!(first_message(&Writer::default().int(1, 3).finish()), Err(Malformed));
    }

    #[test]
    fn malformed_modules_are_refused() {
        let module = Writer::default().bytes(1, b"name").finish();
        assert_eq!(donatable_parameters(&module[..3]), Err(Malformed));
        assert_eq!(donatable_parameters(&[0xff; 20]), Err(Malformed));
        assert_eq!(donatable_parameters(&[8 << 3, 1]), Err(Malformed));
        assert_eq!(donatable_parameters(&[0x0f]), Err(Malformed));
    }
}
