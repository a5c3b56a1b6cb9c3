//! How a client makes buffers: from bytes of the host, and without a value. Knows nothing about programs.

use std::ffi::c_int;
use std::sync::Arc;

use hloom_backend::HostBytes;
use hloom_ir::Type;

use super::buffer::Buffer;
use super::client::Client;
use super::event::Event;
use super::failure::Failure;
use super::raw;
use super::types::{dense, dims, row_major, to_raw};

/// The alignment from which XLA's CPU client reads host memory in place; less aligned memory it copies.
const IN_PLACE_ALIGNMENT: usize = 64;

impl Client {
    /// Copies host bytes to a device before it returns.
    pub(crate) fn upload_copy(self: &Arc<Client>, device: usize, bytes: &[u8], ty: &Type) -> Result<Buffer, Failure> {
        // SAFETY: the bytes outlive the call, and the semantics forbid reading them after it.
        let (buffer, _) = unsafe { self.upload(device, bytes, ty, raw::SEMANTICS_DURING_CALL) }?;
        Ok(buffer)
    }

    /// Moves shared host bytes to a device, which may read them in place for as long as it likes.
    ///
    /// The second value says whether the buffer lies in the host's memory.
    pub(crate) fn upload_shared(
        self: &Arc<Client>,
        device: usize,
        data: Arc<dyn HostBytes>,
        ty: &Type,
    ) -> Result<(Buffer, bool), Failure> {
        let bytes = data.bytes();
        let in_place = self.is_on_host();
        if in_place && (!bytes.as_ptr().addr().is_multiple_of(IN_PLACE_ALIGNMENT) || bytes.is_empty()) {
            return Ok((self.upload_copy(device, bytes, ty)?, false));
        }
        let semantics = if in_place { raw::SEMANTICS_ZERO_COPY } else { raw::SEMANTICS_UNTIL_TRANSFERRED };
        // SAFETY: `data` keeps the bytes in place and unchanged. It is given up below only when the
        // plugin says that it is done with them.
        let (buffer, done) = unsafe { self.upload(device, bytes, ty, semantics) }?;
        match done {
            Some(done) => done.release_when_ready(Box::new(data))?,
            // Without an event nobody says when the memory is free, so that it never is.
            None => std::mem::forget(data),
        }
        Ok((buffer, in_place))
    }

    /// # Safety
    /// `bytes` must stay readable and unchanged for as long as `semantics` lets the plugin read them.
    unsafe fn upload(
        self: &Arc<Client>,
        device: usize,
        bytes: &[u8],
        ty: &Type,
        semantics: c_int,
    ) -> Result<(Buffer, Option<Event>), Failure> {
        const CALL: &str = "Client_BufferFromHostBuffer";
        let device = self.device(device, CALL)?;
        if ty.checked_size_bytes() != Some(bytes.len()) {
            return Err(Failure::refused(CALL, format!("{} bytes do not make {ty}", bytes.len())));
        }
        let dims = dims(ty);
        let mut arguments = raw::Client_BufferFromHostBuffer {
            client: self.handle(),
            data: bytes.as_ptr().cast(),
            element_type: to_raw(ty.dtype),
            dims: dims.as_ptr(),
            num_dims: dims.len(),
            host_buffer_semantics: semantics,
            device,
            ..Default::default()
        };
        // SAFETY: the bytes are as many as the dense type needs, the device is the client's, and null
        // strides mean dense and row-major. The caller promises that the bytes live long enough.
        unsafe { self.api().call(&mut arguments) }?;
        // SAFETY: a successful call hands over an event, or null.
        let done = unsafe { Event::new(self.api(), arguments.done_with_host_buffer) };
        // SAFETY: a successful call hands over a new buffer. A host device keeps the bytes as they are.
        let buffer = unsafe { Buffer::new(self, arguments.buffer, bytes.len(), CALL) }?;
        Ok((buffer, done))
    }

    /// Whether [`Client::allocate`] can work.
    pub(crate) fn can_allocate(&self) -> bool {
        self.api().offers::<raw::Client_CreateUninitializedBuffer>()
    }

    /// Device memory without a value. It can be donated but not read.
    pub(crate) fn allocate(self: &Arc<Client>, device: usize, ty: &Type) -> Result<Buffer, Failure> {
        const CALL: &str = "Client_CreateUninitializedBuffer";
        let device = self.device(device, CALL)?;
        let Some(size) = ty.checked_size_bytes() else {
            return Err(Failure::refused(CALL, format!("{ty} is too big")));
        };
        let dims = dims(ty);
        let order = row_major(dims.len());
        let mut layout = dense(&order);
        let mut arguments = raw::Client_CreateUninitializedBuffer {
            client: self.handle(),
            dims: dims.as_ptr(),
            num_dims: dims.len(),
            element_type: to_raw(ty.dtype),
            layout: &raw mut layout,
            device,
            ..Default::default()
        };
        // SAFETY: dimensions and layout outlive the call, and the device is the client's.
        unsafe { self.api().call(&mut arguments) }?;
        // SAFETY: a successful call hands over a new buffer, and on the host arrays are dense.
        let mut buffer = unsafe { Buffer::new(self, arguments.buffer, size, CALL) }?;
        buffer.forbid_reading();
        Ok(buffer)
    }
}
