//! How a function is compiled.

use std::sync::{Arc, OnceLock};

use hloom_backend::Backend;

use crate::Result;
use crate::eval::device::DeviceSpec;
use crate::eval::runtime::runtime;

/// What [`Jit`](crate::Jit)'s methods set.
#[derive(Clone, Debug, Default)]
pub(super) struct Options {
    pub(super) name: String,
    pub(super) static_args: Vec<usize>,
    pub(super) donated: Vec<usize>,
    pub(super) keep_unused: bool,
    /// The device, or why the text names none.
    pub(super) device: Option<Result<DeviceSpec>>,
}

impl Options {
    /// Whether an argument's memory is taken.
    pub(super) fn donates(&self, argument: u32) -> bool {
        self.donated.contains(&(argument as usize))
    }

    /// Whether an argument's elements are part of the signature.
    pub(super) fn is_static(&self, argument: u32) -> bool {
        self.static_args.contains(&(argument as usize))
    }

    /// What is wrong with the arguments that are named, if the function takes so many.
    pub(super) fn contradiction(&self, n_arguments: u32) -> Option<String> {
        let mut named = self.static_args.iter().chain(&self.donated);
        if let Some(beyond) = named.find(|&&argument| argument >= n_arguments as usize) {
            let (n, name) = (n_arguments, &self.name);
            return Some(format!("'{name}' has no argument {beyond}: they are counted from 0, and there are {n}"));
        }
        let both = self.donated.iter().find(|argument| self.static_args.contains(argument))?;
        Some(format!("argument {both} of '{}' is static, and has no memory that could be donated", self.name))
    }

    /// The name as XLA takes it.
    pub(super) fn module_name(&self) -> String {
        let name: String = self.name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
        format!("jit_{name}")
    }
}

/// The device that a function's programs run on, opened on first use.
#[derive(Debug, Default)]
pub(super) struct Device(OnceLock<Arc<dyn Backend>>);

impl Device {
    pub(super) fn get(&self, options: &Options) -> Result<&Arc<dyn Backend>> {
        match self.0.get() {
            Some(backend) => Ok(backend),
            None => {
                let opened = backend_of(options)?;
                Ok(self.0.get_or_init(|| opened))
            }
        }
    }
}

/// The device that a function's programs run on.
pub(super) fn backend_of(options: &Options) -> Result<Arc<dyn Backend>> {
    match &options.device {
        None => runtime().devices.default_backend().cloned(),
        Some(Ok(spec)) => runtime().devices.backend_of(*spec),
        Some(Err(error)) => Err(error.clone()),
    }
}
