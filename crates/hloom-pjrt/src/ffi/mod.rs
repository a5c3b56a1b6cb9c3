//! The only unsafe code of the workspace: the PJRT C API in three layers.
//!
//! `raw` declares it, `api` makes checked calls, and the other files own what a plugin hands out:
//! [`Plugin`], [`Client`], [`Buffer`], [`Executable`] and `Event`. What these owners offer is safe to
//! call with any argument. Knows nothing of files to search, of wheels or of the backend traits.

mod api;
mod buffer;
mod client;
mod compile;
mod custom_call;
mod event;
mod exception;
mod executable;
mod exit;
mod failure;
mod fork;
mod plugin;
#[allow(
    non_camel_case_types,
    reason = "argument structs bear the names of the C API, so that they can be looked up there"
)]
mod raw;
mod types;
mod upload;

#[cfg(feature = "floor")]
pub(crate) use executable::floor;
#[cfg(feature = "fork")]
pub use fork::fork;

pub(crate) use buffer::Buffer;
pub(crate) use client::{Client, OptionValue};
pub use custom_call::{CallArguments, CallArray, CustomCall};
pub(crate) use executable::{Executable, Input};
pub(crate) use exit::at_exit;
pub(crate) use failure::{Failure, FailureKind};
pub(crate) use fork::is_forked;
pub(crate) use plugin::Plugin;
