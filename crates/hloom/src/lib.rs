//! NumPy arrays for Rust, recorded lazily and run as XLA programs on CPU, GPU or TPU.
//!
//! An [`NdArray`] is used as a Python programmer uses `numpy.ndarray`. Operations are recorded, none
//! is run, until a value is read; then everything it depends on is compiled as one program and run.
//!
//! ```
//! use hloom::prelude::*;
//! use hloom as np;
//!
//! let x = np::linspace(0.0, 1.0, 1_000_000); // records, runs nothing
//! let y = (2.0 * &x + 1.0).sin();
//! let m = y.reshape([1000, -1]).mean(axis(0).keepdims());
//! let row = m.get(s![0, ..10;2]);
//! println!("{row}"); // compiles and runs here, once
//! let v: Vec<f64> = row.to_vec()?;
//! assert_eq!(v.len(), 5);
//! # Ok::<(), hloom::Error>(())
//! ```
//!
//! This crate knows NumPy's surface, how operations are recorded and how they are evaluated; it knows
//! no HLO opcodes and no raw pointers.
#![forbid(unsafe_code)]

mod array;
mod axes;
mod cache;
mod check;
mod control;
mod convert;
mod display;
mod error;
mod eval;
mod force;
mod guard;
mod index;
mod io;
mod jit;
mod list;
mod memory;
mod numbers;
mod numpy;
mod operands;
mod print;
pub mod random;
mod record;
mod setting;
mod shape;
mod stats;
mod tree;

pub use array::Tensor;
pub use axes::{Axes, BitOrder, axis};
pub use control::{cond, fori_loop, map, scan, switch, while_loop};
pub use convert::Nested;
pub use display::Rows;
pub use error::{Error, ErrorKind, Result};
pub use eval::driver::set_backend;
pub use force::{eval, wait};
pub use guard::{deny_recompile, deny_sync};
pub use hloom_ir::{Binary, Casting, DType, Element, Shape, Type, Unary, Weak as Scalar};
pub use hloom_macros::Tree;
pub use index::{Index, IndexMode, IntoIndex, at, ellipsis, newaxis};
pub use io::{
    GenFromText, IntoNamedArrays, LoadText, Npz, SaveText, frombuffer, fromiter, genfromtxt, load, load_npz,
    load_safetensors, loadtxt, save, save_safetensors, savetxt, savez, savez_compressed,
};
pub use jit::{Compiled, Cost, Function, Jit, Lowered, Memory, jit};
pub use list::{List, ListError};
pub use num_complex::{Complex, c32, c64};
pub use numbers::Numbers;
pub use numpy::*;
pub use operands::IntoOperands;
pub use print::{
    ArrayText, FloatMode, PrintGuard, PrintOptions, Sign, array_repr, array_str, array2string, get_printoptions,
    printoptions, set_printoptions,
};
pub use record::{IntoOperand, NdArray, Operand};
pub use setting::IntoSetting;
pub use shape::{IntoExtent, IntoExtents, IntoShape};
pub use stats::{Stats, stats};
pub use tree::{Arrays, ShapeDtype, Static, Tree, Visitor};

/// What programs are compiled and run by, for [`set_backend`].
pub mod backends {
    pub use hloom_backend::Driver;

    pub use crate::eval::driver::Pjrt;
    #[cfg(feature = "xla")]
    pub use crate::eval::driver::Xla;
}

/// What most programs need: `use hloom::prelude::*`.
pub mod prelude {
    pub use crate::{
        Axes, DType, Error, ErrorKind, Index, List, NdArray, Order, Tensor, Tree, axis, bfloat16, bool_, complex64,
        complex128, ellipsis, float16, float32, float64, int8, int16, int32, int64, newaxis, s, uint8, uint16, uint32,
        uint64,
    };
}
