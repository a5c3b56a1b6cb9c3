//! The owner of a `PJRT_Event`: something that will have happened. Knows nothing about what.

use std::any::Any;
use std::ffi::c_void;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::NonNull;

use super::api::Api;
use super::failure::Failure;
use super::raw;

/// An event of a plugin.
pub(super) struct Event {
    api: Api,
    handle: NonNull<raw::Event>,
}

/// What [`Event::release_when_ready`] keeps, and how to free the error that comes with it.
struct Kept {
    api: Api,
    value: Box<dyn Any + Send>,
}

impl Event {
    /// Takes over an event, or `None` for null, which plugins return for what has happened already.
    ///
    /// # Safety
    /// `handle` must be null or a live event of the plugin, owned by the caller.
    pub(super) unsafe fn new(api: Api, handle: *mut raw::Event) -> Option<Event> {
        NonNull::new(handle).map(|handle| Event { api, handle })
    }

    /// Blocks until the event has happened.
    pub(super) fn wait(&self) -> Result<(), Failure> {
        let mut arguments = raw::Event_Await { event: self.handle.as_ptr(), ..Default::default() };
        // SAFETY: the event is live as long as `self`.
        unsafe { self.api.call(&mut arguments) }
    }

    /// Keeps `value` alive until the event has happened.
    ///
    /// If the plugin refuses, the value is never freed: that it still reads it cannot be ruled out.
    pub(super) fn release_when_ready(&self, value: Box<dyn Any + Send>) -> Result<(), Failure> {
        let kept = Box::into_raw(Box::new(Kept { api: self.api, value }));
        let mut arguments = raw::Event_OnReady {
            event: self.handle.as_ptr(),
            callback: Some(release),
            user_arg: kept.cast::<c_void>(),
            ..Default::default()
        };
        // SAFETY: the event is live, and the plugin calls `release` once with `kept`, from any thread;
        // `Kept` is `Send`.
        unsafe { self.api.call(&mut arguments) }
    }
}

impl Drop for Event {
    fn drop(&mut self) {
        let mut arguments = raw::Event_Destroy { event: self.handle.as_ptr(), ..Default::default() };
        // SAFETY: the event is live and owned. Callbacks stay registered without it.
        let _ = unsafe { self.api.call(&mut arguments) };
    }
}

/// Frees what [`Event::release_when_ready`] kept.
///
/// # Safety
/// `error` must be null or an error that this function may free, `kept` must come from `Box::into_raw`
/// of a [`Kept`] and not be used again.
unsafe extern "C" fn release(error: *mut raw::Error, kept: *mut c_void) {
    // SAFETY: promised by the caller.
    let kept = unsafe { Box::from_raw(kept.cast::<Kept>()) };
    let Kept { api, value } = *kept;
    if let Some(error) = NonNull::new(error) {
        // SAFETY: the plugin hands the error over to the callback.
        let failure = unsafe { api.take(error, "Event_OnReady") };
        tracing::debug!(%failure, "a transfer from the host failed");
    }
    // A panic must not unwind into the plugin.
    if catch_unwind(AssertUnwindSafe(|| drop(value))).is_err() {
        tracing::error!("host memory panicked while it was freed");
    }
}
