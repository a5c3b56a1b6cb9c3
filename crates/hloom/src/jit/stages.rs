//! The stages between a function and its program: traced and lowered, compiled.

use std::fmt;
use std::marker::PhantomData;
use std::panic::Location;
use std::sync::Arc;

use hloom_backend::{CompileOptions, Executable};
use hloom_ir::{Program, Type};

use super::arguments::CallArguments;
use super::options::{Device, Options, backend_of};
use super::plan::CallPlan;
use super::signature::LeafType;

use crate::eval::driver::driver;
use crate::eval::program::{Compilation, call_options};
use crate::eval::runtime::runtime;
use crate::{Error, ErrorKind, Result, Tree, guard};

pub use hloom_backend::Memory;
pub use hloom_ir::ProgramCost as Cost;

/// A function traced for one signature, and what XLA is given; from [`Jit::lower`](crate::Jit::lower).
///
/// **Source**: <https://docs.jax.dev/en/latest/aot.html>
pub struct Lowered<A, R> {
    program: Program,
    plan: CallPlan<R>,
    options: Options,
    _arguments: PhantomData<fn(A)>,
}

impl<A, R: Tree> Lowered<A, R> {
    pub(super) fn new(program: Program, plan: CallPlan<R>, options: Options) -> Lowered<A, R> {
        Lowered { program, plan, options, _arguments: PhantomData }
    }

    fn compile_options(&self) -> CompileOptions {
        call_options(&self.program, &self.plan.donated_inputs(), &self.options.module_name())
    }

    /// The module as readable HLO, before any of XLA's passes.
    ///
    /// # Errors
    /// [`ErrorKind::OutOfMemory`] if an array has more bytes than any device.
    pub fn hlo_text(&self) -> Result<String> {
        Ok(driver().module_text(&self.program, &self.compile_options())?)
    }

    /// The module as a serialized `HloModuleProto`, for other tools, such as `hloom stablehlo`.
    ///
    /// # Errors
    /// As [`Lowered::hlo_text`].
    pub fn hlo_proto(&self) -> Result<Vec<u8>> {
        Ok(driver().module(&self.program, &self.compile_options())?)
    }

    /// The types of the results, in the order in which the tree holds them.
    pub fn result_types(&self) -> &[Type] {
        &self.plan.results
    }

    /// The results, by position, that the module writes to memory which it takes as further parameters behind the arguments:
    /// large ones, so that a call can use the memory of arrays that are gone.
    pub fn output_buffers(&self) -> Vec<usize> {
        self.compile_options().output_buffers
    }

    /// The recorded program in the library's own notation.
    pub fn ir(&self) -> String {
        self.program.to_string()
    }

    /// How much there is to compute, counted on the recorded program, before XLA simplifies it. What is in a
    /// loop is counted once, of branches the most expensive.
    pub fn cost(&self) -> Cost {
        self.program.cost()
    }

    /// Compiles the program, or loads it from the disk cache.
    ///
    /// # Errors
    /// What the compiler says; [`ErrorKind::Plugin`] without a device; [`ErrorKind::Denied`].
    pub fn compile(self) -> Result<Compiled<A, R>> {
        let donated = self.plan.donated_inputs();
        let program = Compilation::new(self.program.clone(), &donated, &self.options.module_name());
        runtime().executable(&program, &*backend_of(&self.options)?, guard::denies_recompile())?;
        let mut plan = self.plan;
        plan.note_reuse(&program.options().donations);
        let paths = (0..plan.key.leaves.len()).map(|leaf| plan.key.path(leaf)).collect();
        Ok(Compiled {
            program,
            plan,
            options: self.options,
            paths,
            source: Some(self.program),
            backend: Device::default(),
            _arguments: PhantomData,
        })
    }
}

impl<A, R> fmt::Debug for Lowered<A, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lowered").field("name", &self.options.name).finish_non_exhaustive()
    }
}

/// A function compiled for one signature; from [`Lowered::compile`] or [`Compiled::load`].
pub struct Compiled<A, R> {
    pub(super) program: Compilation,
    pub(super) plan: CallPlan<R>,
    pub(super) options: Options,
    /// Where each leaf is in the arguments of the function that was compiled.
    pub(super) paths: Vec<String>,
    /// What the program was compiled from, to compile it again where the executable came from the disk cache and
    /// cannot be serialized.
    pub(super) source: Option<Program>,
    pub(super) backend: Device,
    pub(super) _arguments: PhantomData<fn(A)>,
}

impl<A, R: Tree> Compiled<A, R> {
    /// Calls the program.
    ///
    /// # Examples
    /// ```
    /// use hloom::{NdArray, ShapeDtype, float32};
    /// let f = hloom::jit(|(x, by): (NdArray, NdArray)| x * by);
    /// let f = f.lower((ShapeDtype::new([2], float32)?, 1.0))?.compile()?;
    /// let x = hloom::array([1.0f32, 2.0]);
    /// assert_eq!(f.call((&x, 3.0))?.tolist()?, [3.0, 6.0]);
    /// assert!(f.call((&x, &x)).is_err());
    /// # Ok::<(), hloom::Error>(())
    /// ```
    ///
    /// # Errors
    /// `TypeError` if the arguments have another signature, naming the first difference; else as
    /// [`Jit::call`](crate::Jit::call).
    #[track_caller]
    pub fn call(&self, arguments: impl Tree<A>) -> Result<R> {
        let line = Location::caller();
        let mut call = CallArguments::of(&arguments);
        call.prepare(&self.options, line, false)?;
        if call.is_inline {
            let message = format!("'{}' is compiled and cannot become part of a trace", self.plan.name);
            return Err(Error::new(ErrorKind::Trace, message).on(line));
        }
        if !self.plan.key.is_of(&call.visitor) {
            let key = call.key(&arguments, &self.options)?;
            let difference = key.difference(&self.plan.key);
            return Err(
                Error::type_(format!("'{}' is compiled for other arguments: {difference}", self.plan.name)).on(line)
            );
        }
        let backend = self.backend.get(&self.options)?;
        self.plan.call(&self.program, &**backend, &call.visitor.leaves, &call.values, line)
    }

    fn executable(&self) -> Result<&Arc<dyn Executable>> {
        runtime().executable(&self.program, &*backend_of(&self.options)?, false)
    }

    /// The bytes that a call takes: arguments, results, temporary values.
    ///
    /// # Errors
    /// If the plugin does not tell.
    pub fn memory(&self) -> Result<Memory> {
        Ok(self.executable()?.memory()?)
    }

    /// The program as XLA runs it, after its passes: fusions, layouts, calls of libraries.
    ///
    /// # Errors
    /// If the plugin does not tell.
    pub fn optimized_hlo(&self) -> Result<String> {
        Ok(self.executable()?.optimized_text()?)
    }

    /// The types of the results, in the order in which the tree holds them.
    pub fn result_types(&self) -> &[Type] {
        &self.plan.results
    }

    /// The arrays and numbers that the program is called with: the place in the arguments and the type of each. What is
    /// static is left out.
    pub fn argument_types(&self) -> Vec<(String, Type)> {
        let leaves = self.paths.iter().zip(&self.plan.key.leaves);
        let passed = leaves.filter(|(_, leaf)| !matches!(leaf, LeafType::Static(_)));
        passed.map(|(path, leaf)| (path.clone(), leaf.ty())).collect()
    }

    /// The function's name.
    pub fn name(&self) -> &str {
        &self.plan.name
    }
}

impl<A, R> fmt::Debug for Compiled<A, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Compiled").field("name", &self.plan.name).finish_non_exhaustive()
    }
}
