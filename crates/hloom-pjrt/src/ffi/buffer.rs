//! The owner of a `PJRT_Buffer`: an array on a device. Knows neither its dtype nor its shape.
//!
//! Lending a host device's memory as a slice is sound only while no program overwrites it, and a
//! program overwrites only what is donated to it. `uses` keeps the two apart: a count of readers, or
//! `DONATED`.

use std::fmt;
use std::ptr::NonNull;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use super::api::slice;
use super::client::Client;
use super::event::Event;
use super::failure::Failure;
use super::raw;
use super::types::{dense, row_major};

/// The value of `uses` once the buffer was given away.
const DONATED: u32 = u32::MAX;

/// The most readers at a time. No process has as many threads.
const MAX_READERS: u32 = u32::MAX / 2;

/// An array on a device.
pub(crate) struct Buffer {
    client: Arc<Client>,
    handle: NonNull<raw::Buffer>,
    /// The bytes of the dense array.
    size: usize,
    uses: AtomicU32,
    /// Whether the value was awaited once, with success.
    ready: AtomicBool,
    /// False for memory without a value.
    readable: bool,
}

// SAFETY: the API binds no object to a thread and orders the uses of a buffer itself; what it leaves to the
// caller, not to read memory that a program overwrites, `uses` sees to.
unsafe impl Send for Buffer {}
// SAFETY: as above.
unsafe impl Sync for Buffer {}

impl fmt::Debug for Buffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Buffer").field("donated", &self.is_donated()).finish_non_exhaustive()
    }
}

/// A reader of a buffer's memory, counted until it is dropped.
struct Reader<'a>(&'a Buffer);

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        self.0.uses.fetch_sub(1, Ordering::Release);
    }
}

impl Buffer {
    /// Takes over what `call` made.
    ///
    /// # Safety
    /// `handle` must be null or a live buffer of the client, owned by the caller. If the client is on the
    /// host, the buffer must have `size` bytes.
    pub(super) unsafe fn new(
        client: &Arc<Client>,
        handle: *mut raw::Buffer,
        size: usize,
        call: &'static str,
    ) -> Result<Buffer, Failure> {
        let handle = NonNull::new(handle).ok_or_else(|| Failure::broken(call, "the plugin returned no buffer"))?;
        Ok(Buffer {
            client: Arc::clone(client),
            handle,
            size,
            uses: AtomicU32::new(0),
            ready: AtomicBool::new(false),
            readable: true,
        })
    }

    pub(super) fn handle(&self) -> *mut raw::Buffer {
        self.handle.as_ptr()
    }

    /// Whether the buffer belongs to this client.
    pub(crate) fn is_of(&self, client: &Arc<Client>) -> bool {
        Arc::ptr_eq(&self.client, client)
    }

    /// Marks memory that holds no value.
    pub(super) fn forbid_reading(&mut self) {
        self.readable = false;
    }

    /// Whether the buffer was given to a program.
    pub(crate) fn is_donated(&self) -> bool {
        self.uses.load(Ordering::Acquire) == DONATED
    }

    /// Gives the buffer away; false if it is being read or was given away before.
    pub(super) fn donate(&self) -> bool {
        self.uses.compare_exchange(0, DONATED, Ordering::AcqRel, Ordering::Relaxed).is_ok()
    }

    /// Frees the memory, unless it is being read or was given away, once the programs that read it are done.
    pub(crate) fn release(&self) {
        if !self.donate() {
            return;
        }
        let mut arguments = raw::Buffer_Delete { buffer: self.handle(), ..Default::default() };
        // SAFETY: the buffer is live. Nobody reads its memory, which `donate` has made sure of, nor will.
        if let Err(failure) = unsafe { self.client.api().call(&mut arguments) } {
            tracing::warn!(%failure, "the memory of a buffer could not be freed");
        }
    }

    /// Takes back what [`Buffer::donate`] gave to a program that did not start, if it is still there.
    pub(super) fn take_back(&self) {
        let mut arguments = raw::Buffer_IsDeleted { buffer: self.handle(), ..Default::default() };
        // SAFETY: the buffer is live.
        let answer = unsafe { self.client.api().call(&mut arguments) };
        if answer.is_ok() && !arguments.is_deleted {
            self.uses.store(0, Ordering::Release);
        }
    }

    /// Blocks until the value is there.
    pub(crate) fn wait(&self) -> Result<(), Failure> {
        if self.ready.load(Ordering::Acquire) {
            return Ok(());
        }
        let mut arguments = raw::Buffer_ReadyEvent { buffer: self.handle(), ..Default::default() };
        // SAFETY: the buffer is live.
        unsafe { self.client.api().call(&mut arguments) }?;
        // SAFETY: a successful call hands over an event.
        if let Some(event) = unsafe { Event::new(self.client.api(), arguments.event) } {
            event.wait()?;
        }
        self.ready.store(true, Ordering::Release);
        Ok(())
    }

    /// Waits for the value and lends its bytes. On a host device they are the device's own and in its
    /// layout; elsewhere they are copied, dense and row-major for an array of `ndim` axes.
    pub(crate) fn read<R>(&self, ndim: usize, reader: impl FnOnce(&[u8]) -> R) -> Result<R, Failure> {
        let _reader = self.start_reading()?;
        self.wait()?;
        if self.client.is_on_host() {
            if self.size == 0 {
                return Ok(reader(&[]));
            }
            let mut arguments = raw::Buffer_UnsafePointer { buffer: self.handle(), ..Default::default() };
            // SAFETY: the buffer is live and ready.
            unsafe { self.client.api().call(&mut arguments) }?;
            let start = std::ptr::with_exposed_provenance::<u8>(arguments.pointer);
            // SAFETY: the pointer is to the `size` bytes of an array in host memory, which a program or a
            // copy has written. They stay unchanged until `_reader` is dropped: only a program that the
            // buffer was donated to could change them, and readers keep it from being donated.
            let bytes = unsafe { slice(start, self.size) };
            return Ok(reader(bytes));
        }
        Ok(reader(&self.copy_to_host(ndim)?))
    }

    /// The bytes that the plugin says the array takes on the device.
    pub(super) fn size_on_device(&self) -> Result<usize, Failure> {
        let mut arguments = raw::Buffer_OnDeviceSizeInBytes { buffer: self.handle(), ..Default::default() };
        // SAFETY: the buffer is live.
        unsafe { self.client.api().call(&mut arguments) }?;
        Ok(arguments.size)
    }

    /// Whether the array is dense and row-major on the device.
    pub(super) fn is_row_major(&self, ndim: usize) -> Result<bool, Failure> {
        let mut arguments = raw::Buffer_GetMemoryLayout { buffer: self.handle(), ..Default::default() };
        // SAFETY: the buffer is live.
        unsafe { self.client.api().call(&mut arguments) }?;
        let layout = &arguments.layout;
        if layout.kind != raw::LAYOUT_TILED {
            return Ok(false);
        }
        let tiled = &layout.tiled;
        // SAFETY: the list belongs to the buffer, which outlives this function.
        let order = unsafe { slice(tiled.minor_to_major, tiled.minor_to_major_size) };
        Ok(tiled.num_tiles == 0 && *order == *row_major(ndim))
    }

    fn copy_to_host(&self, ndim: usize) -> Result<Vec<u8>, Failure> {
        let order = row_major(ndim);
        let mut layout = dense(&order);
        let mut arguments =
            raw::Buffer_ToHostBuffer { buffer: self.handle(), host_layout: &raw mut layout, ..Default::default() };
        // SAFETY: the buffer is live; a null destination asks for the size only.
        unsafe { self.client.api().call(&mut arguments) }?;
        let mut bytes = vec![0u8; arguments.dst_size];
        if bytes.is_empty() {
            return Ok(bytes);
        }
        arguments.dst = bytes.as_mut_ptr().cast();
        // SAFETY: the destination has as many bytes as the plugin asked for, and lives until the event
        // below has happened.
        unsafe { self.client.api().call(&mut arguments) }?;
        // SAFETY: a successful call hands over an event.
        if let Some(event) = unsafe { Event::new(self.client.api(), arguments.event) } {
            event.wait()?;
        }
        Ok(bytes)
    }

    fn start_reading(&self) -> Result<Reader<'_>, Failure> {
        const CALL: &str = "Buffer_UnsafePointer";
        if !self.readable {
            return Err(Failure::refused(CALL, "the buffer was allocated without a value"));
        }
        self.uses
            .fetch_update(Ordering::Acquire, Ordering::Relaxed, |uses| (uses < MAX_READERS).then(|| uses + 1))
            .map(|_| Reader(self))
            .map_err(|_| Failure::donated(CALL, "the buffer was donated to a program"))
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        let mut arguments = raw::Buffer_Destroy { buffer: self.handle(), ..Default::default() };
        // SAFETY: the buffer is live and owned. Programs that read it keep its memory themselves.
        if let Err(failure) = unsafe { self.client.api().call(&mut arguments) } {
            tracing::warn!(%failure, "a buffer could not be destroyed");
        }
    }
}
