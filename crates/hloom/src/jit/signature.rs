//! What a compiled function is specialized to: structure, static values, and the types of arrays.

use std::hash::{Hash, Hasher};

use hloom_ir::{ArgType, DType, Type};
use rustc_hash::FxHasher;

use crate::tree::{KeyPath, StaticValue, Visitor, Words};

/// The signature of arguments. Equal signatures share a trace.
pub(super) struct Key {
    words: Box<[u64]>,
    statics: Vec<Box<dyn StaticValue>>,
    /// What each leaf is, for messages and for lowering.
    pub(super) leaves: Vec<LeafType>,
    /// Where each leaf and static value is, for messages.
    paths: Vec<KeyPath>,
}

/// What a leaf is specialized to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum LeafType {
    /// An array of a type.
    Array(Type),
    /// A number, which is passed with its default dtype and takes the dtype of what it meets.
    Number(DType),
    /// An array whose elements are part of the signature.
    Static(Type),
}

impl LeafType {
    /// The type of the array that the function sees.
    pub(super) fn ty(&self) -> Type {
        match self {
            LeafType::Array(ty) | LeafType::Static(ty) => ty.clone(),
            LeafType::Number(dtype) => Type::scalar(*dtype),
        }
    }
}

impl std::fmt::Display for LeafType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            LeafType::Array(ty) => write!(f, "{ty}"),
            LeafType::Number(dtype) => write!(f, "a number ({dtype})"),
            LeafType::Static(ty) => write!(f, "{ty} of certain elements"),
        }
    }
}

const NUMBER: u64 = 1 << 40;
const STATIC: u64 = 2 << 40;

/// Appends a leaf's type.
pub(super) fn push_type(words: &mut Words, ty: &Type) {
    words.push(ty.dtype as u64 | (ty.shape.ndim() as u64) << 8);
    // One by one, which takes less time than extending by the few that there are.
    for &extent in ty.shape.iter() {
        words.push(extent as u64);
    }
}

/// Appends a number's kind.
pub(super) fn push_number(words: &mut Words, dtype: DType) {
    words.push(NUMBER | dtype as u64);
}

/// Appends an array whose elements count.
pub(super) fn push_static(words: &mut Words, ty: &Type, bytes: &[u8]) {
    words.push(STATIC | ty.dtype as u64 | (ty.shape.ndim() as u64) << 8);
    words.extend(ty.shape.iter().map(|&extent| extent as u64));
    for chunk in bytes.chunks(8) {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        words.push(u64::from_ne_bytes(word));
    }
}

/// What finds a signature's candidates.
pub(super) fn hash(words: &[u64]) -> u64 {
    let mut hasher = FxHasher::default();
    words.hash(&mut hasher);
    hasher.finish()
}

impl Key {
    pub(super) fn new(visitor: &Visitor<'_>, paths: Vec<KeyPath>, leaves: Vec<LeafType>) -> Key {
        Key {
            words: visitor.words.as_slice().into(),
            statics: visitor.statics.iter().map(|value| value.boxed()).collect(),
            leaves,
            paths,
        }
    }

    /// Whether arguments have this signature.
    pub(super) fn is_of(&self, visitor: &Visitor<'_>) -> bool {
        let Visitor { words, statics, .. } = visitor;
        *self.words == **words
            && self.statics.len() == statics.len()
            && self.statics.iter().zip(statics).all(|(kept, value)| kept.equals(*value))
    }

    /// A leaf as messages name it: `argument [0].weights`.
    pub(super) fn argument(&self, leaf: usize) -> String {
        let path = self.paths.iter().filter(|entry| entry.value.is_none()).nth(leaf);
        match path {
            Some(entry) if !entry.path.is_empty() => format!("argument {}", entry.path),
            _ => "the argument".to_owned(),
        }
    }

    /// The path of a leaf: `[0].weights`.
    pub(super) fn path(&self, leaf: usize) -> String {
        let path = self.paths.iter().filter(|entry| entry.value.is_none()).nth(leaf);
        path.map(|entry| entry.path.clone()).unwrap_or_default()
    }

    /// Leaves and static values in order, as text: the path, and what is there.
    fn entries(&self) -> Vec<(&str, String)> {
        let mut leaves = self.leaves.iter();
        let mut entries = Vec::with_capacity(self.paths.len());
        for KeyPath { path, value } in &self.paths {
            let text = match value {
                Some(value) => value.clone(),
                None => leaves.next().map(LeafType::to_string).unwrap_or_default(),
            };
            entries.push((path.as_str(), text));
        }
        entries
    }

    /// How many leaves and static values two signatures share.
    pub(super) fn likeness(&self, other: &Key) -> usize {
        self.entries().into_iter().zip(other.entries()).filter(|(a, b)| a == b).count()
    }

    /// The first difference to a signature that there is a program for.
    pub(super) fn difference(&self, known: &Key) -> String {
        let (new, old) = (self.entries(), known.entries());
        for ((path, text), (old_path, old_text)) in new.iter().zip(&old) {
            let place = if path.is_empty() { "the argument".to_owned() } else { format!("argument {path}") };
            if path != old_path {
                return format!("{place} is given where argument {old_path} was");
            }
            if text != old_text {
                return format!("{place} is {text}, was {old_text}");
            }
        }
        if new.len() != old.len() {
            return format!("the arguments hold {} arrays and static values, held {}", new.len(), old.len());
        }
        if self.statics.len() == known.statics.len()
            && self.statics.iter().zip(&known.statics).any(|(a, b)| !a.equals(&**b))
        {
            return "a static value differs".to_owned();
        }
        "the structure of the arguments or the elements of a static argument differ".to_owned()
    }
}

/// The dtype that a number has on its own.
pub(super) fn number_dtype(number: hloom_ir::Weak) -> DType {
    ArgType::Weak(number.kind()).default_dtype()
}
