//! Lists through serde: numbers as numbers, lists as sequences, complex numbers as maps of `re` and `im`.

use std::fmt;

use num_complex::Complex;
use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::ser::SerializeStruct;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::List;

/// The key under which `serde_json`, if any crate of the build turns on its `arbitrary_precision`, hands a number
/// to a visitor that did not say which type it wants.
const NUMBER_KEY: &str = "$serde_json::private::Number";

/// More capacity than this is not reserved on the word of the input.
const MAX_RESERVED: usize = 4096;

impl Serialize for List {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            List::Bool(value) => serializer.serialize_bool(*value),
            List::Int(value) => serializer.serialize_i64(*value),
            List::UInt(value) => serializer.serialize_u64(*value),
            List::Float(value) => serializer.serialize_f64(*value),
            List::Complex(value) => {
                let mut parts = serializer.serialize_struct("Complex", 2)?;
                parts.serialize_field("re", &value.re)?;
                parts.serialize_field("im", &value.im)?;
                parts.end()
            }
            List::List(items) => items.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for List {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<List, D::Error> {
        deserializer.deserialize_any(ListVisitor)
    }
}

struct ListVisitor;

impl<'de> Visitor<'de> for ListVisitor {
    type Value = List;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a bool, a number, a complex number as a map of re and im, or a nested list of these")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<List, E> {
        Ok(List::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<List, E> {
        Ok(List::Int(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<List, E> {
        Ok(List::from(value))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<List, E> {
        Ok(List::Float(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<List, A::Error> {
        let mut items = Vec::with_capacity(sequence.size_hint().unwrap_or(0).min(MAX_RESERVED));
        while let Some(item) = sequence.next_element()? {
            items.push(item);
        }
        Ok(List::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<List, A::Error> {
        let (mut re, mut im) = (None, None);
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "re" if re.is_none() => re = Some(map.next_value()?),
                "im" if im.is_none() => im = Some(map.next_value()?),
                "re" => return Err(A::Error::duplicate_field("re")),
                "im" => return Err(A::Error::duplicate_field("im")),
                NUMBER_KEY => return number(&map.next_value::<String>()?),
                other => return Err(A::Error::unknown_field(other, &["re", "im"])),
            }
        }
        Ok(List::Complex(Complex::new(
            re.ok_or_else(|| A::Error::missing_field("re"))?,
            im.ok_or_else(|| A::Error::missing_field("im"))?,
        )))
    }
}

/// A number in JSON's notation.
fn number<E: Error>(text: &str) -> Result<List, E> {
    if let Ok(value) = text.parse() {
        return Ok(List::Int(value));
    }
    if let Ok(value) = text.parse() {
        return Ok(List::UInt(value));
    }
    text.parse().map(List::Float).map_err(|_| E::custom(format!("'{text}' is not a number")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_looks_as_expected_and_reads_back() {
        let list = List::List(vec![
            List::from([1.5, -0.25]),
            List::from([true, false]),
            List::from(vec![i64::MIN]),
            List::from(vec![u64::MAX]),
            List::from(vec![Complex::new(1.0, -2.5)]),
            List::from(Vec::<f64>::new()),
        ]);
        let text = serde_json::to_string(&list).unwrap();
        assert_eq!(
            text,
            r#"[[1.5,-0.25],[true,false],[-9223372036854775808],[18446744073709551615],[{"re":1.0,"im":-2.5}],[]]"#
        );
        let read: List = serde_json::from_str(&text).unwrap();
        assert_eq!(read.to_string(), list.to_string());
    }

    #[test]
    fn whole_floats_stay_floats() {
        let read: List = serde_json::from_str("[1.0, 1, 1e3]").unwrap();
        assert_eq!(read.to_string(), "[1.0, 1, 1000.0]");
    }

    #[test]
    fn other_json_is_refused() {
        for text in ["null", "\"a\"", "{}", r#"{"re":1}"#, r#"{"re":1,"re":2}"#, r#"{"re":1,"im":2,"x":3}"#] {
            assert!(serde_json::from_str::<List>(text).is_err(), "{text}");
        }
    }
}
