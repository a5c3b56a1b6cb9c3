//! A compiled program. Checks what XLA does not check, and gives it memory to overwrite. Knows no operations.

use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

use hloom_backend::{Argument, Error, ErrorKind, Executable, Memory, Result, Results, Signature};
use hloom_ir::Type;
use smallvec::SmallVec;
use xla::{PjRtBuffer, PjRtLoadedExecutable};

use crate::buffer::XlaBuffer;
use crate::device::Device;
use crate::error::{check_process, failure, internal, unsupported};
use crate::process::is_forked;

/// A program of a device.
pub(crate) struct XlaExecutable {
    device: Arc<Device>,
    /// There until it is dropped.
    raw: Option<PjRtLoadedExecutable>,
    signature: Signature,
    /// For each parameter, whether an output takes its memory. XLA overwrites every one of these.
    overwritten: Box<[bool]>,
}

impl fmt::Debug for XlaExecutable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("XlaExecutable").field("signature", &self.signature).finish_non_exhaustive()
    }
}

/// An argument as the `xla` crate takes it.
struct Input(Arc<PjRtBuffer>);

impl Borrow<PjRtBuffer> for Input {
    fn borrow(&self) -> &PjRtBuffer {
        &self.0
    }
}

/// Buffers taken for one run. They go back to where they were if the program does not start.
struct Donation<'a>(SmallVec<[(usize, &'a XlaBuffer, Arc<PjRtBuffer>); 4]>);

impl Donation<'_> {
    fn finish(mut self) {
        self.0.clear();
    }
}

impl Drop for Donation<'_> {
    fn drop(&mut self) {
        for (_, buffer, raw) in self.0.drain(..) {
            buffer.give_back(raw);
        }
    }
}

impl Drop for XlaExecutable {
    fn drop(&mut self) {
        // XLA would wait for threads that a forked child does not have.
        if is_forked() {
            std::mem::forget(self.raw.take());
        }
    }
}

impl XlaExecutable {
    pub(crate) fn new(
        device: &Arc<Device>,
        raw: PjRtLoadedExecutable,
        signature: Signature,
        overwritten: Box<[bool]>,
    ) -> XlaExecutable {
        XlaExecutable { device: Arc::clone(device), raw: Some(raw), signature, overwritten }
    }

    /// The arguments as buffers of this backend, if they fit the parameters.
    fn check<'a>(&self, arguments: &[Argument<'a>]) -> Result<SmallVec<[&'a XlaBuffer; 16]>> {
        let parameters = &self.signature.parameters;
        if arguments.len() != parameters.len() {
            return Err(internal(format!("execute: {} arguments, expected {}", arguments.len(), parameters.len())));
        }
        let check = |(idx, (argument, parameter)): (usize, (&Argument<'a>, &Type))| {
            let buffer = argument.buffer.as_any().downcast_ref::<XlaBuffer>();
            let Some(buffer) = buffer.filter(|buffer| buffer.is_on(&self.device)) else {
                return Err(internal(format!("execute: argument {idx} belongs to another backend")));
            };
            let ty = hloom_backend::Buffer::ty(buffer);
            // A donated buffer may be nothing but a place for an output, of which only the size matters.
            if ty != parameter && !(argument.donated && ty.size_bytes() == parameter.size_bytes()) {
                return Err(internal(format!("execute: argument {idx} is {ty}, expected {parameter}")));
            }
            Ok(buffer)
        };
        arguments.iter().zip(parameters).enumerate().map(check).collect()
    }

    /// Takes the donated buffers out of their places, so that they are used by nobody else and no second time.
    fn take<'a>(&self, arguments: &[Argument<'_>], buffers: &[&'a XlaBuffer]) -> Result<Donation<'a>> {
        let mut donation = Donation(SmallVec::new());
        for (idx, (argument, &buffer)) in arguments.iter().zip(buffers).enumerate() {
            if argument.donated {
                let Some(raw) = buffer.take() else {
                    let message =
                        format!("execute: argument {idx} cannot be donated: it is being read or was donated before");
                    return Err(Error::new(ErrorKind::Donated, message));
                };
                donation.0.push((idx, buffer, raw));
            }
        }
        Ok(donation)
    }

    /// What the program reads of an argument that it was not given: the argument, or a copy of it if the program would
    /// overwrite it all the same, as the `xla` crate cannot forbid that for one run.
    fn share(&self, idx: usize, buffer: &XlaBuffer) -> Result<Arc<PjRtBuffer>> {
        let Some(raw) = buffer.share() else {
            let message = format!("execute: argument {idx} was donated to a program");
            return Err(Error::new(ErrorKind::Donated, message));
        };
        if !self.overwritten[idx] {
            return Ok(raw);
        }
        let Some(device) = self.device.client.addressable_devices().into_iter().next() else {
            return Err(internal("execute: the client has lost its device".to_owned()));
        };
        let copied = raw.copy_to_device(device).map_err(|error| failure(ErrorKind::Execute, "execute", error))?;
        Ok(Arc::new(copied))
    }
}

impl Executable for XlaExecutable {
    fn execute(&self, arguments: &[Argument<'_>]) -> Result<Results> {
        check_process()?;
        let buffers = self.check(arguments)?;
        let donation = self.take(arguments, &buffers)?;
        let mut donated = donation.0.iter().peekable();
        let mut inputs: SmallVec<[Input; 16]> = SmallVec::with_capacity(buffers.len());
        for (idx, buffer) in buffers.iter().enumerate() {
            let raw = match donated.next_if(|(taken, ..)| *taken == idx) {
                Some((_, _, raw)) => Arc::clone(raw),
                None => self.share(idx, buffer)?,
            };
            inputs.push(Input(raw));
        }
        let Some(program) = &self.raw else {
            return Err(internal("execute: the program is gone".to_owned()));
        };
        let outputs = program.execute_b(&inputs).map_err(|error| failure(ErrorKind::Execute, "execute", error))?;
        donation.finish();
        let outputs = outputs.into_iter().next().unwrap_or_default();
        let types = &self.signature.results;
        if outputs.len() != types.len() {
            return Err(internal(format!("execute: {} results, expected {}", outputs.len(), types.len())));
        }
        let result = |(raw, ty): (PjRtBuffer, &Type)| -> Arc<dyn hloom_backend::Buffer> {
            Arc::new(XlaBuffer::new(&self.device, raw, ty.clone(), true))
        };
        Ok(outputs.into_iter().zip(types).map(result).collect())
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn serialize(&self) -> Result<Vec<u8>> {
        Err(unsupported("serialize", "writes no executables"))
    }

    fn optimized_text(&self) -> Result<String> {
        Err(unsupported("optimized module", "keeps none"))
    }

    fn memory(&self) -> Result<Memory> {
        Err(unsupported("memory", "does not tell what a run takes"))
    }
}
