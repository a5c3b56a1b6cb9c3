//! Trees of arrays: what compiled functions take and return.
//!
//! Knows how trees are walked and rebuilt; nothing about what is done with their arrays.

mod containers;
mod leaves;
mod statics;

use std::fmt::{self, Debug, Display, Write};
use std::hash::Hash;

use hloom_ir::Weak;
use smallvec::SmallVec;

use crate::record::{self, Call};
use crate::{Error, NdArray};

pub use leaves::ShapeDtype;
pub use statics::Static;
pub(crate) use statics::StaticValue;

/// A value that holds arrays, and can stand for a `T`: where a compiled function takes or returns a `T`, it
/// can be passed.
///
/// `T` is the type itself for everything a function can take: arrays; tuples, arrays, vectors, options, boxes
/// and maps of trees; structs with `#[derive(Tree)]`; and Rust's own numbers, strings and bools, which are
/// *static*: a function is traced anew for each value of them. Beside that, a reference stands for what it
/// refers to, and where an array is taken, a number or a [`ShapeDtype`] can be passed.
///
/// | passed | taken | the function sees |
/// |---|---|---|
/// | `NdArray`, `&NdArray` | `NdArray` | an array |
/// | `f64`, `i32`, `bool`, … | `NdArray` | a 0-d array that takes the dtype of what it meets; another number is no new trace |
/// | `f64`, `i32`, `bool`, … | the same | that number; another number is a new trace |
/// | `String`, `&'static str`, [`Static<T>`] | the same | that value; another value is a new trace |
///
/// # Examples
/// ```
/// use hloom::prelude::*;
///
/// #[derive(Clone, Tree)]
/// struct Layer {
///     weights: NdArray,
///     bias: NdArray,
///     activate: bool, // static: no array in it
/// }
///
/// let apply = hloom::jit(|(layer, x): (Layer, NdArray)| {
///     let y = x.matmul(&layer.weights) + &layer.bias;
///     if layer.activate { y.tanh() } else { y }
/// });
/// let layer = Layer { weights: hloom::eye(2), bias: hloom::ones(2), activate: false };
/// let y = apply.call((&layer, hloom::zeros([1, 2])))?;
/// assert_eq!(y.tolist()?, [[1.0, 1.0]]);
/// # Ok::<(), hloom::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no tree of arrays that can stand for `{T}`",
    note = "trees are arrays, numbers, strings, and tuples, arrays, `Vec`, `Option`, `Box`, `BTreeMap` and `IndexMap` of trees, and types with `#[derive(Tree)]`",
    note = "a field of any other type that is `Clone + Debug + Eq + Hash` is static with `#[tree(static)]`; elsewhere `hloom::Static` holds it"
)]
pub trait Tree<T = Self> {
    /// Whether no value of the type can hold an array, but all are something to tell apart: a number, a string.
    const IS_STATIC: bool = false;

    /// Shows the visitor everything that the tree holds, in one order.
    fn visit<'a>(&'a self, visitor: &mut Visitor<'a>);

    /// The tree with other arrays instead of its own, taken in the order in which they are visited.
    fn rebuild(&self, arrays: &mut Arrays<'_>) -> T;
}

/// Collects what a tree holds: its arrays, and what else tells it from other trees.
///
/// Types that are no struct of trees implement [`Tree`] by calling its methods.
#[derive(Default)]
pub struct Visitor<'a> {
    pub(crate) leaves: SmallVec<[TreeLeaf<'a>; 4]>,
    /// Structure and static values as words: equal for trees of equal structure and values, but for what is
    /// in `statics`.
    pub(crate) words: Words,
    pub(crate) statics: SmallVec<[&'a dyn StaticValue; 1]>,
    /// For each array, which element of the outermost tuple it is in.
    pub(crate) arguments: SmallVec<[u32; 4]>,
    depth: u32,
    argument: u32,
    /// The first error in the tree, if there is one.
    pub(crate) failure: Option<Failure<'a>>,
    /// The number of elements of the outermost tuple; 1 without one.
    pub(crate) n_arguments: u32,
    /// Where in the tree the visitor is, if anyone wants to know.
    path: Option<Path>,
}

/// An error in a tree.
#[derive(Clone, Copy)]
pub(crate) enum Failure<'a> {
    /// The tree is this error.
    Whole(&'a Error),
    /// A part of the tree is; other parts may hold arrays.
    Part(&'a Error),
}

/// A list of words that seldom needs an allocation.
pub(crate) type Words = SmallVec<[u64; 24]>;

/// A leaf of a tree where a function takes an array.
#[derive(Clone, Copy)]
pub(crate) enum TreeLeaf<'a> {
    Array(&'a NdArray),
    Number(Weak),
    Spec(&'a ShapeDtype),
}

impl TreeLeaf<'_> {
    /// The leaf as an array; a number becomes one.
    #[track_caller]
    pub(crate) fn to_array(self) -> NdArray {
        match self {
            TreeLeaf::Array(array) => array.clone(),
            TreeLeaf::Number(number) => record::scalar(number),
            TreeLeaf::Spec(spec) => spec.abstract_array(),
        }
    }
}

#[derive(Default)]
struct Path {
    current: String,
    /// The path of every leaf and static value so far.
    paths: Vec<KeyPath>,
}

/// Where a leaf or a static value is in a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KeyPath {
    /// The way there: `[1].weights`.
    pub(crate) path: String,
    /// A static value's text; none for an array.
    pub(crate) value: Option<String>,
}

// Kinds of words, so that different structures give different words.
const ARRAY: u64 = 1;
const STATIC: u64 = 2;
const BYTES: u64 = 3;
const OPAQUE: u64 = 4;
const TAG: u64 = 5;

impl<'a> Visitor<'a> {
    /// A visitor at the root of a tree.
    #[inline]
    pub(crate) fn new() -> Visitor<'a> {
        Visitor { n_arguments: 1, ..Visitor::default() }
    }

    /// A visitor of a whole tree.
    #[inline]
    pub(crate) fn of<T>(tree: &'a impl Tree<T>) -> Visitor<'a> {
        let mut visitor = Visitor::new();
        tree.visit(&mut visitor);
        visitor
    }

    /// The paths of all leaves and static values of a tree, in the order of visits.
    pub(crate) fn key_paths<T>(tree: &'a impl Tree<T>) -> Vec<KeyPath> {
        let mut visitor = Visitor { path: Some(Path::default()), ..Visitor::default() };
        tree.visit(&mut visitor);
        visitor.path.map(|path| path.paths).unwrap_or_default()
    }

    /// Shows an array.
    pub fn array(&mut self, array: &'a NdArray) {
        self.leaf(TreeLeaf::Array(array));
    }

    /// Shows a number that stands for a 0-d array.
    pub fn number(&mut self, number: impl Into<Weak>) {
        self.leaf(TreeLeaf::Number(number.into()));
    }

    /// Shows what stands for an array of a type.
    pub fn spec(&mut self, spec: &'a ShapeDtype) {
        self.leaf(TreeLeaf::Spec(spec));
    }

    /// Shows an error.
    pub(crate) fn fail(&mut self, error: &'a Error) {
        let failure = if self.depth == 0 { Failure::Whole(error) } else { Failure::Part(error) };
        self.failure.get_or_insert(failure);
    }

    fn leaf(&mut self, leaf: TreeLeaf<'a>) {
        self.words.push(ARRAY);
        self.leaves.push(leaf);
        self.arguments.push(self.argument);
        self.note(|| None);
    }

    /// Shows a static value that a few words tell from all others, such as a number's bits.
    pub fn words(&mut self, words: &[u64], value: impl Display) {
        self.words.push(STATIC | (words.len() as u64) << 32);
        self.words.extend_from_slice(words);
        self.note(|| Some(value.to_string()));
    }

    /// Shows a static value made of bytes, such as a string's.
    pub fn bytes(&mut self, bytes: &[u8], value: impl Debug) {
        self.words.extend_from_slice(&[BYTES, bytes.len() as u64]);
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.words.push(u64::from_ne_bytes(word));
        }
        self.note(|| Some(format!("{value:?}")));
    }

    /// Shows a static value of any type that can be compared.
    pub fn static_value<V: Clone + Debug + Eq + Hash + Send + Sync + 'static>(&mut self, value: &'a V) {
        self.key(value);
        self.note(|| Some(format!("{value:?}")));
    }

    /// Shows what the structure depends on: a variant's number, a length.
    pub fn tag(&mut self, tag: u64) {
        self.words.extend_from_slice(&[TAG, tag]);
    }

    /// Visits a field of a struct.
    pub fn field<T>(&mut self, name: &str, value: &'a impl Tree<T>) {
        self.below(|path| write!(path, ".{name}"), |visitor| value.visit(visitor));
    }

    /// Visits an element of a sequence.
    pub fn item<T>(&mut self, idx: usize, value: &'a impl Tree<T>) {
        self.below(|path| write!(path, "[{idx}]"), |visitor| value.visit(visitor));
    }

    /// Shows a field of a struct that is a static value of any type that can be compared.
    pub fn static_field<V: Clone + Debug + Eq + Hash + Send + Sync + 'static>(&mut self, name: &str, value: &'a V) {
        self.below(|path| write!(path, ".{name}"), |visitor| visitor.static_value(value));
    }

    /// Shows a field without a name that is a static value of any type that can be compared.
    pub fn static_item<V: Clone + Debug + Eq + Hash + Send + Sync + 'static>(&mut self, idx: usize, value: &'a V) {
        self.below(|path| write!(path, "[{idx}]"), |visitor| visitor.static_value(value));
    }

    /// Shows a key of a map, which is part of the structure.
    pub(crate) fn key(&mut self, key: &'a dyn StaticValue) {
        self.words.extend_from_slice(&[OPAQUE, key.hash_value()]);
        self.statics.push(key);
    }

    /// Visits the value of a key.
    pub(crate) fn entry<T>(&mut self, key: &dyn Debug, value: &'a impl Tree<T>) {
        self.below(|path| write!(path, "[{key:?}]"), |visitor| value.visit(visitor));
    }

    /// Visits an element of a tuple. Those of the outermost tuple are a function's arguments.
    pub(crate) fn element<T>(&mut self, idx: usize, n_elements: usize, value: &'a impl Tree<T>) {
        if self.depth == 0 {
            self.argument = idx as u32;
            self.n_arguments = n_elements as u32;
        }
        self.item(idx, value);
    }

    #[inline]
    fn below(&mut self, step: impl FnOnce(&mut String) -> fmt::Result, visit: impl FnOnce(&mut Self)) {
        self.depth += 1;
        match &mut self.path {
            None => visit(self),
            Some(path) => {
                let len = path.current.len();
                // Writing to a string does not fail.
                let _ = step(&mut path.current);
                visit(self);
                if let Some(path) = &mut self.path {
                    path.current.truncate(len);
                }
            }
        }
        self.depth -= 1;
    }

    fn note(&mut self, value: impl FnOnce() -> Option<String>) {
        if let Some(path) = &mut self.path {
            path.paths.push(KeyPath { path: path.current.clone(), value: value() });
        }
    }
}

impl Debug for Visitor<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Visitor")
            .field("leaves", &self.leaves.len())
            .field("words", &self.words)
            .finish_non_exhaustive()
    }
}

/// The arrays that a tree is rebuilt with.
pub struct Arrays<'a> {
    next: &'a mut dyn FnMut() -> Option<NdArray>,
}

impl<'a> Arrays<'a> {
    pub(crate) fn new(next: &'a mut dyn FnMut() -> Option<NdArray>) -> Arrays<'a> {
        Arrays { next }
    }

    /// The next array. One too many is an array in error.
    #[expect(clippy::should_implement_trait, reason = "it never ends, and is not meant to be iterated over")]
    pub fn next(&mut self) -> NdArray {
        (self.next)().unwrap_or_else(|| {
            let error = "a tree holds more arrays when it is rebuilt than when it is visited";
            Call::named("rebuild").error(Error::internal(error))
        })
    }
}

impl Debug for Arrays<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Arrays").finish_non_exhaustive()
    }
}

/// A tree with arrays from a list instead of its own.
pub(crate) fn rebuild<T>(tree: &impl Tree<T>, arrays: impl IntoIterator<Item = NdArray>) -> T {
    let mut arrays = arrays.into_iter();
    tree.rebuild(&mut Arrays::new(&mut || arrays.next()))
}
