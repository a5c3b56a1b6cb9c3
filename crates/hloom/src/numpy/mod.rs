//! NumPy's functions, written in the builder's vocabulary. Knows names, defaults and argument rules;
//! what is legal is decided below, how it is computed elsewhere.

mod create;
mod cumulative;
mod dtypes;
mod elementwise;
mod join;
mod linalg;
mod manipulate;
mod moments;
mod nan;
mod operators;
mod over;
mod range;
mod reduce;
mod search;
mod select;
mod sets;
mod sort;
mod unique;

pub use create::*;
pub use cumulative::*;
pub use dtypes::*;
pub use elementwise::*;
pub use join::*;
pub use linalg::*;
pub use manipulate::*;
pub use nan::*;
pub use range::*;
pub use reduce::*;
pub use search::*;
pub use select::*;
pub use sets::*;
pub use sort::*;
pub use unique::*;
