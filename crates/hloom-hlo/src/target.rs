//! The compilers that modules are written for. Knows nothing about what differs for each.

/// A compiler of modules. What it does to values decides how they are kept as they were written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Target {
    /// XLA's for processors, without its algebraic simplifier, as `hloom-pjrt` has it compile.
    #[default]
    Cpu,
    /// The same in a version that has no code for inverse sines and cosines, which TensorFlow 2.21 has.
    OlderCpu,
    /// Any other, with all its passes.
    Other,
}

impl Target {
    /// The compiler of a platform, which is named as PJRT names it.
    pub fn of_platform(platform: &str) -> Target {
        if platform == "cpu" { Target::Cpu } else { Target::Other }
    }

    /// Whether it compiles for processors.
    pub const fn is_cpu(self) -> bool {
        match self {
            Target::Cpu | Target::OlderCpu => true,
            Target::Other => false,
        }
    }
}
