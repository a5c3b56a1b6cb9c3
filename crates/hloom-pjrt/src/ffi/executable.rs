//! The owner of a `PJRT_LoadedExecutable`: a compiled program. Knows nothing about parameter types.

#[cfg(feature = "floor")]
pub(crate) mod floor;

use std::fmt;
use std::ptr::{NonNull, null_mut};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use hloom_backend::Memory;
use hloom_ir::Type;
use smallvec::SmallVec;

use super::api::{slice, text};
use super::buffer::Buffer;
use super::client::Client;
use super::failure::Failure;
use super::raw;
use super::types::from_raw;

/// One argument of a program.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Input<'a> {
    /// The value.
    pub(crate) buffer: &'a Buffer,
    /// Whether the program may overwrite it.
    pub(crate) donated: bool,
}

/// A compiled program on its device.
pub(crate) struct Executable {
    client: Arc<Client>,
    loaded: NonNull<raw::LoadedExecutable>,
    executable: NonNull<raw::Executable>,
    results: Vec<Type>,
    /// The bytes of each result, dense.
    sizes: Vec<usize>,
    /// Whether the first results were found to be dense and row-major, or need not be.
    checked: AtomicBool,
    /// The parameters that the program may overwrite, in ascending order.
    donatable: Vec<i64>,
}

// SAFETY: PjRtLoadedExecutable is immutable once it is loaded, and JAX executes one from all Python
// threads without a lock.
unsafe impl Send for Executable {}
// SAFETY: as above.
unsafe impl Sync for Executable {}

impl fmt::Debug for Executable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Executable").field("results", &self.results).finish_non_exhaustive()
    }
}

impl Executable {
    /// Takes over a loaded executable.
    ///
    /// # Safety
    /// `loaded` must be null or a live executable of the client, owned by the caller; it must overwrite
    /// no parameters but the `donatable` ones.
    pub(super) unsafe fn new(
        client: &Arc<Client>,
        loaded: *mut raw::LoadedExecutable,
        mut donatable: Vec<i64>,
    ) -> Result<Executable, Failure> {
        let mut arguments = raw::LoadedExecutable_GetExecutable { loaded, ..Default::default() };
        let Some(loaded) = NonNull::new(loaded) else {
            return Err(Failure::broken("Client_Compile", "the plugin returned no executable"));
        };
        // SAFETY: the executable is live.
        let inner = unsafe { client.api().call(&mut arguments) };
        let executable = match (inner, NonNull::new(arguments.executable)) {
            (Ok(()), Some(executable)) => executable,
            (inner, _) => {
                destroy_loaded(client, loaded);
                return Err(inner.err().unwrap_or_else(|| {
                    Failure::broken("LoadedExecutable_GetExecutable", "the plugin returned nothing")
                }));
            }
        };
        donatable.sort_unstable();
        donatable.dedup();
        let mut this = Executable {
            client: Arc::clone(client),
            loaded,
            executable,
            results: Vec::new(),
            sizes: Vec::new(),
            checked: AtomicBool::new(!client.is_on_host()),
            donatable,
        };
        this.results = this.read_results()?;
        let sizes: Option<Vec<usize>> = this.results.iter().map(Type::checked_size_bytes).collect();
        this.sizes = sizes.ok_or_else(|| Failure::broken("Executable_OutputDimensions", "a result is too big"))?;
        Ok(this)
    }

    /// The types of the results.
    pub(crate) fn results(&self) -> &[Type] {
        &self.results
    }

    /// The parameters that the program may overwrite.
    pub(crate) fn donatable(&self) -> &[i64] {
        &self.donatable
    }

    /// Starts the program. Donated buffers can no longer be used, unless it fails to start.
    ///
    /// Each result is handed to `take` with its number.
    pub(crate) fn execute(&self, inputs: &[Input<'_>], mut take: impl FnMut(usize, Buffer)) -> Result<(), Failure> {
        const CALL: &str = "LoadedExecutable_Execute";
        let mut handles: SmallVec<[*mut raw::Buffer; 16]> = SmallVec::with_capacity(inputs.len());
        for input in inputs {
            if !input.buffer.is_of(&self.client) {
                return Err(Failure::refused(CALL, "an argument belongs to another backend"));
            }
            handles.push(input.buffer.handle());
        }
        let donation = Donation::start(inputs, CALL)?;
        let mut kept: SmallVec<[i64; 8]> = SmallVec::new();
        for &parameter in &self.donatable {
            let donated =
                usize::try_from(parameter).ok().and_then(|index| inputs.get(index)).is_some_and(|input| input.donated);
            if !donated {
                kept.push(parameter);
            }
        }
        let mut options = raw::ExecuteOptions {
            non_donatable_input_indices: kept.as_ptr(),
            num_non_donatable_input_indices: kept.len(),
            ..Default::default()
        };
        let mut outputs: SmallVec<[*mut raw::Buffer; 8]> = SmallVec::from_elem(null_mut(), self.results.len());
        let argument_list = handles.as_ptr();
        let output_list = outputs.as_mut_ptr();
        let mut arguments = raw::LoadedExecutable_Execute {
            executable: self.loaded.as_ptr(),
            options: &raw mut options,
            argument_lists: &raw const argument_list,
            num_devices: 1,
            num_args: handles.len(),
            output_lists: &raw const output_list,
            ..Default::default()
        };
        // SAFETY: all lists outlive the call; the arguments are live buffers of this client, and there is
        // a place for each of the results. The plugin checks the number and the sizes of the arguments.
        // Nobody reads the memory of those that it may overwrite, which `donation` has made sure of.
        unsafe { self.client.api().call(&mut arguments) }?;
        donation.finish();
        if !self.checked.load(Ordering::Relaxed) {
            return self.checked_results(&outputs, take);
        }
        for (idx, (&output, &size)) in outputs.iter().zip(&self.sizes).enumerate() {
            // SAFETY: a successful call hands over one new buffer for each result. That those on a host
            // device are dense was found at the first call.
            take(idx, unsafe { Buffer::new(&self.client, output, size, CALL) }?);
        }
        Ok(())
    }

    /// Hands out the results of the first call, once they are checked.
    fn checked_results(
        &self,
        outputs: &[*mut raw::Buffer],
        mut take: impl FnMut(usize, Buffer),
    ) -> Result<(), Failure> {
        let mut results: Vec<Buffer> = Vec::with_capacity(outputs.len());
        for (&output, &size) in outputs.iter().zip(&self.sizes) {
            // SAFETY: the caller has them from a successful call, which hands over one new buffer for each result.
            // That those on a host device are dense is checked below before the first of them is handed out.
            results.push(unsafe { Buffer::new(&self.client, output, size, "LoadedExecutable_Execute") }?);
        }
        self.check(&results)?;
        for (idx, result) in results.into_iter().enumerate() {
            take(idx, result);
        }
        Ok(())
    }

    /// Results on a host device are read in place, so that their order and size have to be known. A
    /// program chooses both once, when it is compiled.
    fn check(&self, results: &[Buffer]) -> Result<(), Failure> {
        for (index, (result, ty)) in results.iter().zip(&self.results).enumerate() {
            let size = result.size_on_device()?;
            if ty.checked_size_bytes() != Some(size) || !result.is_row_major(ty.shape.ndim())? {
                return Err(Failure::broken(
                    "Buffer_GetMemoryLayout",
                    format!("result {index}, {ty}, with {size} bytes is not dense and row-major"),
                ));
            }
        }
        self.checked.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// The compiled program as bytes.
    pub(crate) fn serialize(&self) -> Result<Vec<u8>, Failure> {
        let mut arguments = raw::Executable_Serialize { executable: self.executable.as_ptr(), ..Default::default() };
        // SAFETY: the executable is live.
        unsafe { self.client.api().call(&mut arguments) }?;
        // SAFETY: the bytes live until the deleter is called below.
        let bytes = unsafe { slice(arguments.bytes, arguments.bytes_size) }.to_vec();
        if let Some(free) = arguments.deleter {
            // SAFETY: the plugin asks for this call, once, when the bytes are no longer used.
            unsafe { free(arguments.serialized) };
        }
        Ok(bytes)
    }

    /// The bytes that a run takes, as the compiler planned them.
    pub(crate) fn memory(&self) -> Result<Memory, Failure> {
        let mut arguments =
            raw::Executable_GetCompiledMemoryStats { executable: self.executable.as_ptr(), ..Default::default() };
        // SAFETY: the executable is live.
        unsafe { self.client.api().call(&mut arguments) }?;
        let bytes = |size: i64| u64::try_from(size).unwrap_or(0);
        Ok(Memory {
            argument_bytes: bytes(arguments.argument_size),
            output_bytes: bytes(arguments.output_size),
            reused_bytes: bytes(arguments.alias_size),
            temporary_bytes: bytes(arguments.temp_size),
            code_bytes: bytes(arguments.generated_code_size),
        })
    }

    /// The optimized program, and the name of its format.
    pub(crate) fn optimized_program(&self) -> Result<(String, Vec<u8>), Failure> {
        let mut program = raw::Program::default();
        let mut arguments = raw::Executable_OptimizedProgram {
            executable: self.executable.as_ptr(),
            program: &raw mut program,
            ..Default::default()
        };
        // SAFETY: the executable is live; a program without a place for the code asks for the size.
        unsafe { self.client.api().call(&mut arguments) }?;
        let mut code = vec![0u8; program.code_size];
        program.code = code.as_mut_ptr();
        arguments.program = &raw mut program;
        // SAFETY: the code's place is as large as the plugin asked for.
        unsafe { self.client.api().call(&mut arguments) }?;
        // SAFETY: the format is a constant of the plugin.
        let format = unsafe { text(program.format, program.format_size) };
        Ok((format, code))
    }

    fn read_results(&self) -> Result<Vec<Type>, Failure> {
        const CALL: &str = "Executable_OutputDimensions";
        let executable = self.executable.as_ptr();
        let mut number = raw::Executable_NumOutputs { executable, ..Default::default() };
        // SAFETY: the executable is live.
        unsafe { self.client.api().call(&mut number) }?;
        let mut types = raw::Executable_OutputElementTypes { executable, ..Default::default() };
        // SAFETY: the executable is live.
        unsafe { self.client.api().call(&mut types) }?;
        // SAFETY: the list belongs to the executable and is not used after this function.
        let types = unsafe { slice(types.types, types.num_types) };
        let mut dims = raw::Executable_OutputDimensions { executable, ..Default::default() };
        // SAFETY: the executable is live.
        unsafe { self.client.api().call(&mut dims) }?;
        // SAFETY: the list belongs to the executable and is not used after this function.
        let ranks = unsafe { slice(dims.dim_sizes, dims.num_outputs) };
        if ranks.len() != number.num_outputs || types.len() != number.num_outputs {
            return Err(Failure::broken(CALL, "the plugin contradicts itself about the results"));
        }
        let total = ranks.iter().try_fold(0usize, |sum, &rank| sum.checked_add(rank));
        let total = total.ok_or_else(|| Failure::broken(CALL, "the plugin reports absurd ranks"))?;
        // SAFETY: the list has the dimensions of all results, one after another.
        let mut extents = unsafe { slice(dims.dims, total) };
        let mut results = Vec::with_capacity(types.len());
        for (&raw_type, &rank) in types.iter().zip(ranks) {
            let dtype = from_raw(raw_type)
                .ok_or_else(|| Failure::broken(CALL, format!("a result has the unknown element type {raw_type}")))?;
            let Some((own, rest)) = extents.split_at_checked(rank) else {
                return Err(Failure::broken(CALL, "the plugin reports too few dimensions"));
            };
            extents = rest;
            let shape: Option<Vec<usize>> = own.iter().map(|&extent| usize::try_from(extent).ok()).collect();
            let shape = shape.ok_or_else(|| Failure::broken(CALL, "a result has a negative or dynamic extent"))?;
            results.push(Type::new(dtype, shape));
        }
        Ok(results)
    }
}

impl Drop for Executable {
    fn drop(&mut self) {
        let mut arguments = raw::Executable_Destroy { executable: self.executable.as_ptr(), ..Default::default() };
        // SAFETY: the executable is live and owned.
        if let Err(failure) = unsafe { self.client.api().call(&mut arguments) } {
            tracing::warn!(%failure, "an executable could not be destroyed");
        }
        destroy_loaded(&self.client, self.loaded);
    }
}

/// Frees a loaded executable, which must be owned by the caller and not be used again.
fn destroy_loaded(client: &Arc<Client>, loaded: NonNull<raw::LoadedExecutable>) {
    let mut arguments = raw::LoadedExecutable_Destroy { executable: loaded.as_ptr(), ..Default::default() };
    // SAFETY: both callers, in this file, own the executable and give it up.
    if let Err(failure) = unsafe { client.api().call(&mut arguments) } {
        tracing::warn!(%failure, "an executable could not be destroyed");
    }
}

/// The donated arguments of one call, taken back if the program does not start.
struct Donation<'a> {
    inputs: &'a [Input<'a>],
    /// How many of the inputs were dealt with.
    marked: usize,
}

impl<'a> Donation<'a> {
    fn start(inputs: &'a [Input<'a>], call: &'static str) -> Result<Donation<'a>, Failure> {
        let mut donation = Donation { inputs, marked: 0 };
        for (index, input) in inputs.iter().enumerate() {
            if input.donated && !input.buffer.donate() {
                return Err(Failure::donated(
                    call,
                    format!("argument {index} cannot be donated: it is being read or was donated before"),
                ));
            }
            donation.marked = index + 1;
        }
        for (index, input) in inputs.iter().enumerate() {
            if !input.donated && input.buffer.is_donated() {
                return Err(Failure::donated(call, format!("argument {index} was donated to a program")));
            }
        }
        Ok(donation)
    }

    /// Makes the donation final.
    fn finish(mut self) {
        self.marked = 0;
    }
}

impl Drop for Donation<'_> {
    fn drop(&mut self) {
        for input in self.inputs.iter().take(self.marked).filter(|input| input.donated) {
            input.buffer.take_back();
        }
    }
}
