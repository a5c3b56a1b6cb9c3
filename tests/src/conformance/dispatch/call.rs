//! One call on its way to the library: an operation's name, its arguments and its keyword arguments.
//!
//! Keyword arguments are taken out as they are asked for, so that one that nobody asked for is noticed.

use std::cell::RefCell;

use hloom::{DType, NdArray, Operand};
use serde_json::{Map, Value as Json};

use super::item::{Halt, Item};
use crate::conformance::value::{PyScalar, Value, dtype, integer};

/// A call.
#[derive(Debug)]
pub(super) struct Call<'a> {
    op: &'a str,
    args: Vec<Item>,
    params: RefCell<Map<String, Json>>,
}

impl<'a> Call<'a> {
    pub(super) fn new(op: &'a str, args: Vec<Item>, params: Map<String, Json>) -> Call<'a> {
        Call { op, args, params: RefCell::new(params) }
    }

    pub(super) fn op(&self) -> &'a str {
        self.op
    }

    pub(super) fn args(&self) -> &[Item] {
        &self.args
    }

    pub(super) fn arg(&self, place: usize) -> Result<&Item, Halt> {
        self.args.get(place).ok_or_else(|| Halt::unsupported(format!("{}: argument {place} is missing", self.op)))
    }

    pub(super) fn array(&self, place: usize) -> Result<NdArray, Halt> {
        self.arg(place)?.array()
    }

    pub(super) fn operand(&self, place: usize) -> Result<Operand<'_>, Halt> {
        self.arg(place)?.operand()
    }

    /// The arrays of a list that is argument `place`.
    pub(super) fn list(&self, place: usize) -> Result<Vec<NdArray>, Halt> {
        match self.arg(place)? {
            Item::List(items) => items.iter().map(Item::array).collect(),
            _ => Err(self.odd("a list", place)),
        }
    }

    /// The operands of a list that is argument `place`, or the rows of an array.
    pub(super) fn operands(&self, place: usize) -> Result<Vec<Operand<'_>>, Halt> {
        match self.arg(place)? {
            Item::List(items) => items.iter().map(Item::operand).collect(),
            Item::Array(array) => Ok(array.iter().map(Operand::Owned).collect()),
            _ => Err(self.odd("a list", place)),
        }
    }

    fn odd(&self, expected: &str, what: impl std::fmt::Display) -> Halt {
        Halt::unsupported(format!("{}: expected {expected} for {what}", self.op))
    }

    /// A keyword argument as it is written, without taking it.
    pub(super) fn peek(&self, name: &str) -> Option<Json> {
        self.params.borrow().get(name).cloned()
    }

    /// Takes a keyword argument as it is written; `None` if it is absent.
    pub(super) fn take(&self, name: &str) -> Option<Json> {
        self.params.borrow_mut().remove(name)
    }

    /// Takes a keyword argument that may be absent or null.
    fn take_some<T>(
        &self,
        name: &str,
        expected: &str,
        read: impl FnOnce(&Json) -> Option<T>,
    ) -> Result<Option<T>, Halt> {
        match self.take(name) {
            None | Some(Json::Null) => Ok(None),
            Some(json) => read(&json).map(Some).ok_or_else(|| self.odd(expected, name)),
        }
    }

    /// Takes a keyword argument that is given as null, and tells whether it was.
    pub(super) fn take_null(&self, name: &str) -> bool {
        let mut params = self.params.borrow_mut();
        params.get(name).is_some_and(Json::is_null) && params.remove(name).is_some()
    }

    pub(super) fn int(&self, name: &str) -> Result<Option<i64>, Halt> {
        self.take_some(name, "an integer", int)
    }

    /// An integer, or a list of them.
    pub(super) fn ints(&self, name: &str) -> Result<Option<Vec<i64>>, Halt> {
        self.take_some(name, "integers", |json| match json {
            Json::Array(items) => items.iter().map(int).collect(),
            single => Some(vec![int(single)?]),
        })
    }

    /// A shape: an extent, or a list of them.
    pub(super) fn shape(&self, name: &str) -> Result<Vec<i64>, Halt> {
        self.ints(name)?.ok_or_else(|| self.odd("a shape", name))
    }

    pub(super) fn flag(&self, name: &str) -> Result<Option<bool>, Halt> {
        self.take_some(name, "a bool", Json::as_bool)
    }

    pub(super) fn text(&self, name: &str) -> Result<Option<String>, Halt> {
        self.take_some(name, "text", |json| json.as_str().map(str::to_owned))
    }

    pub(super) fn dtype(&self, name: &str) -> Result<Option<DType>, Halt> {
        self.take_some(name, "a dtype", |json| dtype(json).ok())
    }

    /// An encoded value, such as an array or a Python number.
    pub(super) fn item(&self, name: &str) -> Result<Option<Item>, Halt> {
        let value = self.take_some(name, "a value", |json| Value::parse(json).ok())?;
        value.map(|value| Item::decode(&value, &[])).transpose()
    }

    /// An encoded value, or a plain number, which is one of Python's.
    pub(super) fn item_or_number(&self, name: &str) -> Result<Option<Item>, Halt> {
        let number = self.params.borrow().get(name).and_then(|json| match json {
            Json::Bool(value) => Some(PyScalar::Bool(*value)),
            Json::Number(_) => match integer(json) {
                Ok(value) => Some(PyScalar::Int(value)),
                Err(_) => json.as_f64().map(PyScalar::Float),
            },
            _ => None,
        });
        match number {
            Some(number) => {
                self.take(name);
                Ok(Some(Item::Py(number)))
            }
            None => self.item(name),
        }
    }

    /// Refuses a call of which a keyword argument was not taken.
    pub(super) fn require_nothing_left(&self) -> Result<(), Halt> {
        match self.params.borrow().keys().next() {
            None => Ok(()),
            Some(name) => Err(Halt::unsupported(format!("{}: keyword {name}", self.op))),
        }
    }
}

fn int(json: &Json) -> Option<i64> {
    i64::try_from(integer(json).ok()?).ok()
}
