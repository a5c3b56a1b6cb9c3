//! The derive macro of hloom: `#[derive(Tree)]`.
//!
//! Knows Rust's syntax, and the names and methods of `hloom::Tree`, `hloom::Visitor` and `hloom::Arrays`.
//! Knows nothing about graphs, HLO or devices.
#![forbid(unsafe_code)]

mod attributes;
mod generics;
mod tree;

use proc_macro::TokenStream;
use syn::{DeriveInput, Error, parse_macro_input};

/// Makes a struct or an enum of trees a tree, so that a compiled function can take and return it.
///
/// The fields are visited in the order in which they are written, and each must be a `hloom::Tree` itself.
/// Which variant an enum holds is part of the structure: a function is traced anew for each one.
///
/// `#[tree(static)]` on a field makes it a static value: a function is traced anew for each value of it. Its
/// type need not be a tree, but must be `Clone + Debug + Eq + Hash + Send + Sync + 'static`.
///
/// A type parameter that appears in a field gets the bound `hloom::Tree`, and so does an associated type of
/// one; what appears in static fields only gets none. Bounds and where clauses that the type has are kept. What
/// cannot have the bound, as a map's key that is no tree, belongs in a static field or needs an `impl` written
/// by hand.
///
/// The code refers to `::hloom`: that name must lead to the library.
///
/// # Errors
/// The compiler refuses a union, an attribute `tree` that stands on anything but a field or says anything but
/// `static`, a field whose type is no tree, and a static field whose type lacks one of the traits above.
///
/// # Examples
/// ```
/// use hloom::prelude::*;
///
/// #[derive(Clone, Debug, PartialEq, Eq, Hash)]
/// enum Activation {
///     Identity,
///     Tanh,
/// }
///
/// #[derive(Clone, Tree)]
/// struct Layer {
///     weights: NdArray,
///     bias: Option<NdArray>,
///     #[tree(static)]
///     activation: Activation,
/// }
///
/// let apply = hloom::jit(|(layers, x): (Vec<Layer>, NdArray)| {
///     layers.iter().fold(x, |x, layer| {
///         let y = x.matmul(&layer.weights);
///         let y = layer.bias.iter().fold(y, |y, bias| y + bias);
///         match layer.activation {
///             Activation::Identity => y,
///             Activation::Tanh => y.tanh(),
///         }
///     })
/// });
/// let layers = vec![
///     Layer { weights: hloom::zeros([2, 3]), bias: None, activation: Activation::Tanh },
///     Layer { weights: hloom::ones([3, 1]), bias: Some(hloom::ones(1)), activation: Activation::Identity },
/// ];
/// let y = apply.call((&layers, hloom::ones([1, 2])))?;
/// assert_eq!(y.tolist()?, [[1.0]]);
/// # Ok::<(), hloom::Error>(())
/// ```
///
/// **Source**: <https://docs.jax.dev/en/latest/_autosummary/jax.tree_util.register_dataclass.html>, whose
/// `meta_fields` are the static fields; enums are hloom's own.
#[proc_macro_derive(Tree, attributes(tree))]
pub fn derive_tree(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    tree::expand(&input).unwrap_or_else(Error::into_compile_error).into()
}
