//! The backend over the `xla` crate: a program is verified, lowered to an HLO module, and compiled and run by the library of
//! XLA that the crate links. Knows no operation, no shape rule, no NumPy and no plugin.
//!
//! The backend itself is there with the feature `link` only. Building it takes what the `xla` crate asks for: the folder of
//! an `xla_extension` in `XLA_EXTENSION_DIR`, libclang and a C++ compiler. `cargo xtask xla env` prints the variables.
//!
//! # Threads
//! The clients, buffers and executables of the `xla` crate are `Send` and `Sync` (it counts references to a client with
//! `Arc`, and cites XLA's promise that its objects may be used by several threads), so that the compiler proves that this
//! backend is, without a word of unsafe code. What that promise leaves to the caller is kept by [`buffer`](self): a buffer
//! is taken out of its place, under a lock, before it is donated, so that no thread starts to read it afterwards; one that
//! reads it at that moment has it refused. Literals, modules and devices, which are neither, never leave the function that
//! makes them.
//!
//! # Options
//! The `xla` crate compiles with the options that XLA was started with. Those without which XLA computes other values than
//! were written are therefore in `XLA_FLAGS` before it starts, see [`flags`].
#![deny(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a test fails by panicking"))]

pub mod flags;

#[cfg(feature = "link")]
mod backend;
#[cfg(feature = "link")]
mod buffer;
#[cfg(feature = "link")]
mod device;
#[cfg(feature = "link")]
mod driver;
#[cfg(feature = "link")]
mod error;
#[cfg(feature = "link")]
mod executable;
#[cfg(feature = "link")]
mod host;
#[cfg(feature = "link")]
#[allow(unsafe_code, reason = "the environment and the end of the process have no safe functions")]
mod process;

#[cfg(feature = "link")]
pub use driver::Xla;
