//! What a benchmark is: inputs, one computation in several implementations, and what it has to do at least. Knows nothing
//! of how it is measured.

use std::fmt;
use std::sync::Arc;

use anyhow::Result;
use hloom::NdArray;

/// A size at which a benchmark is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Its name, such as `S`.
    pub name: &'static str,
    /// The number that inputs are made for: what it counts is the benchmark's matter.
    pub n: usize,
}

/// What a computation has to do at least, for the roofline: each input read once and each result written once.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Work {
    /// Bytes moved between memory and the processor.
    pub bytes: f64,
    /// Floating-point additions and multiplications.
    pub flops: f64,
}

/// What the values of a row count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// Nanoseconds a call.
    #[default]
    Ns,
    /// Bytes.
    Bytes,
}

/// What a row may take.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Limit {
    /// So much, in the row's unit.
    Absolute(f64),
    /// So much more than the floor.
    OverFloor(f64),
    /// So many times what the floor takes.
    TimesFloor(f64),
    /// So many times what a peer takes, if it is there.
    TimesPeer(f64),
}

/// What hloom's side of a row may take, and the rule in words.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Budget {
    /// The limit.
    pub limit: Limit,
    /// The side that the limit speaks of, where it is a peer.
    pub peer: Option<String>,
    /// How the limit came about.
    pub rule: String,
}

impl Budget {
    /// A limit that speaks of no peer, and its rule.
    pub fn new(limit: Limit, rule: impl Into<String>) -> Budget {
        Budget { limit, peer: None, rule: rule.into() }
    }

    /// The limit speaks of this peer.
    pub fn beside(self, peer: impl Into<String>) -> Budget {
        Budget { peer: Some(peer.into()), ..self }
    }
}

/// A computation of arrays by hloom.
pub type Program = Arc<dyn Fn(&[NdArray]) -> Vec<NdArray> + Send + Sync>;

/// Makes a function that computes once and returns its results as hloom's arrays when it is asked for them. It gets the
/// inputs of the size.
pub type Native = Arc<dyn Fn(&[NdArray]) -> Result<Box<dyn NativeRun>> + Send + Sync>;

/// A computation by another library of this process, with its inputs in that library's own form.
pub trait NativeRun {
    /// Computes, and keeps the results until the next call.
    ///
    /// # Errors
    /// What the library reports.
    fn call(&mut self) -> Result<()>;

    /// The results of the last call.
    ///
    /// # Errors
    /// If there was none, or a result cannot be converted.
    fn results(&self) -> Result<Vec<NdArray>>;
}

/// Makes a function that measures one value each time it is called, in the unit of the benchmark.
pub type Sampler = Arc<dyn Fn(usize) -> Result<Box<dyn FnMut() -> Result<f64>>> + Send + Sync>;

/// One way to do what a benchmark does.
#[derive(Clone)]
pub enum Implementation {
    /// By a library of this process.
    Native(Native),
    /// By something that measures itself.
    Sampler(Sampler),
    /// By a Python library: a source that defines `run`.
    Python(&'static str),
}

impl fmt::Debug for Implementation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Implementation::Native(_) => "Native",
            Implementation::Sampler(_) => "Sampler",
            Implementation::Python(_) => "Python",
        })
    }
}

/// A benchmark as a table: its name, what it computes, then each part by the name of the method of [`Benchmark`] that takes it.
///
/// # Examples
/// ```
/// use hloom as np;
///
/// let cube = hloom_bench::benchmark! {
///     "cube": "the third power of each element",
///     sizes: [("S", 1_000), ("L", 1_000_000)],
///     inputs: |n| vec![np::linspace(-1.0, 1.0, n)],
///     program: |inputs| vec![inputs[0].power(3)],
///     tolerance: 1e-15,
///     python: "def run(np, x):\n    return x**3\n",
/// };
/// assert_eq!(cube.compute(3)[0].to_vec::<f64>()?, [-1.0, 0.0, 1.0]);
/// # Ok::<(), np::Error>(())
/// ```
#[macro_export]
macro_rules! benchmark {
    ($name:literal: $about:literal $(, $part:ident: $value:expr)* $(,)?) => {
        $crate::Benchmark::new($name, $about)$(.$part($value))*
    };
}

/// One computation that is measured at some sizes, in several implementations.
///
/// # Examples
/// ```
/// use hloom_bench::{Benchmark, Work};
/// use hloom as np;
///
/// let softmax = Benchmark::new("softmax", "shares of each row")
///     .sizes([("S", 100), ("M", 1_000)])
///     .inputs(|n| vec![np::linspace(-1.0, 1.0, n * n).reshape((n, n))])
///     .program(|inputs| {
///         let e = (&inputs[0] - inputs[0].max(np::axis(1).keepdims())).exp();
///         vec![&e / e.sum(np::axis(1).keepdims())]
///     })
///     .work(|n| Work { bytes: 16.0 * (n * n) as f64, flops: 4.0 * (n * n) as f64 })
///     .tolerance(1e-12)
///     .python(
///         "def run(np, x):\n    e = np.exp(x - np.max(x, axis=1, keepdims=True))\n    return e / np.sum(e, axis=1, keepdims=True)\n",
///     );
/// assert_eq!(softmax.sizes[1].n, 1_000);
/// ```
#[derive(Clone)]
pub struct Benchmark {
    /// The name, unique in its suite.
    pub name: String,
    /// What is computed, in a line.
    pub about: String,
    /// The sizes, from small to large.
    pub sizes: Vec<Size>,
    /// The inputs for a size.
    pub(crate) inputs: Arc<dyn Fn(usize) -> Vec<NdArray> + Send + Sync>,
    /// The computation by hloom.
    pub(crate) program: Option<Program>,
    /// Whether it can be compiled as one function.
    pub(crate) is_compiled: bool,
    /// How far a result may be from NumPy's, relative to the greatest magnitude; 0 where they must be equal.
    pub tolerance: f64,
    /// What has to be done at least.
    pub(crate) work: Option<Arc<dyn Fn(usize) -> Work + Send + Sync>>,
    /// Implementations by others, each with the side that it stands for.
    pub(crate) others: Vec<(&'static str, Implementation)>,
    /// The versions of libraries of this process.
    pub(crate) versions: Vec<(&'static str, &'static str)>,
    /// What values count.
    pub unit: Unit,
    /// What hloom may take at a size.
    pub(crate) budget: Option<Arc<dyn Fn(usize) -> Budget + Send + Sync>>,
}

impl fmt::Debug for Benchmark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Benchmark").field("name", &self.name).field("sizes", &self.sizes).finish_non_exhaustive()
    }
}

impl Benchmark {
    /// A benchmark without sizes and implementations.
    pub fn new(name: impl Into<String>, about: impl Into<String>) -> Benchmark {
        Benchmark {
            name: name.into(),
            about: about.into(),
            sizes: Vec::new(),
            inputs: Arc::new(|_| Vec::new()),
            program: None,
            is_compiled: true,
            tolerance: 0.0,
            work: None,
            others: Vec::new(),
            versions: Vec::new(),
            unit: Unit::Ns,
            budget: None,
        }
    }

    /// The sizes, each with a name, from small to large.
    pub fn sizes(mut self, sizes: impl IntoIterator<Item = (&'static str, usize)>) -> Benchmark {
        self.sizes = sizes.into_iter().map(|(name, n)| Size { name, n }).collect();
        self
    }

    /// The inputs for a size: the same each time, whatever the process.
    pub fn inputs(mut self, inputs: impl Fn(usize) -> Vec<NdArray> + Send + Sync + 'static) -> Benchmark {
        self.inputs = Arc::new(inputs);
        self
    }

    /// The computation by hloom, which is measured lazily, compiled, and as its floor.
    pub fn program(mut self, program: impl Fn(&[NdArray]) -> Vec<NdArray> + Send + Sync + 'static) -> Benchmark {
        self.program = Some(Arc::new(program));
        self
    }

    /// The computation can only be run lazily: shapes depend on values, say.
    pub fn lazy_only(mut self) -> Benchmark {
        self.is_compiled = false;
        self
    }

    /// How far a result may be from NumPy's, relative to the greatest magnitude of the result. Integers have to be equal; an
    /// infinite tolerance is for random numbers, of which only dtype and shape are compared.
    pub fn tolerance(mut self, tolerance: f64) -> Benchmark {
        self.tolerance = tolerance;
        self
    }

    /// What has to be done at least. Where it is not given, each input is read once and each result written once.
    pub fn work(mut self, work: impl Fn(usize) -> Work + Send + Sync + 'static) -> Benchmark {
        self.work = Some(Arc::new(work));
        self
    }

    /// The computation in Python: a source that defines `run(np, *inputs)`, which returns an array or a tuple of them. It is
    /// called with `numpy`, and with the modules of other libraries that have the same functions.
    pub fn python(self, source: &'static str) -> Benchmark {
        self.by("numpy", Implementation::Python(source))
    }

    /// The computation in Python for one peer (`jax`, `mlx`, `torch`), where NumPy's source is none for it.
    pub fn python_for(self, peer: &'static str, source: &'static str) -> Benchmark {
        self.by(peer, Implementation::Python(source))
    }

    /// The computation by a library of this process, such as `ndarray`.
    pub fn native(
        self,
        peer: &'static str,
        make: impl Fn(&[NdArray]) -> Result<Box<dyn NativeRun>> + Send + Sync + 'static,
    ) -> Benchmark {
        self.by(peer, Implementation::Native(Arc::new(make)))
    }

    /// The version of a peer that is a library of this process, as the run says it.
    pub fn native_version(mut self, peer: &'static str, version: &'static str) -> Benchmark {
        self.versions.push((peer, version));
        self
    }

    /// Something that measures itself, as a side of this name: `hloom`, `floor` or a peer.
    pub fn sampler(
        self,
        side: &'static str,
        make: impl Fn(usize) -> Result<Box<dyn FnMut() -> Result<f64>>> + Send + Sync + 'static,
    ) -> Benchmark {
        self.by(side, Implementation::Sampler(Arc::new(make)))
    }

    /// What values count, where it is not time.
    pub fn unit(mut self, unit: Unit) -> Benchmark {
        self.unit = unit;
        self
    }

    /// What hloom may take at a size.
    pub fn budget(mut self, budget: impl Fn(usize) -> Budget + Send + Sync + 'static) -> Benchmark {
        self.budget = Some(Arc::new(budget));
        self
    }

    /// What hloom computes at a size, lazily; nothing where the benchmark measures itself.
    pub fn compute(&self, n: usize) -> Vec<NdArray> {
        self.program.as_ref().map(|program| program(&(self.inputs)(n))).unwrap_or_default()
    }

    /// What a library of this process computes at a size; none where the benchmark is not written for it.
    ///
    /// # Errors
    /// What the library reports.
    pub fn compute_by(&self, peer: &str, n: usize) -> Result<Option<Vec<NdArray>>> {
        let Some(Implementation::Native(make)) = self.implementation(peer) else { return Ok(None) };
        let mut run = make(&(self.inputs)(n))?;
        run.call()?;
        run.results().map(Some)
    }

    /// How a side does it, where it is not hloom's own program.
    pub(crate) fn implementation(&self, side: &str) -> Option<&Implementation> {
        self.others.iter().find(|(name, _)| *name == side).map(|(_, implementation)| implementation)
    }

    fn by(mut self, side: &'static str, implementation: Implementation) -> Benchmark {
        self.others.retain(|(name, _)| *name != side);
        self.others.push((side, implementation));
        self
    }
}

/// Benchmarks that belong together.
#[derive(Clone, Debug)]
pub struct Suite {
    /// The name.
    pub name: &'static str,
    /// What they are, in a line.
    pub about: &'static str,
    /// The benchmarks.
    pub benchmarks: Vec<Benchmark>,
}

impl Suite {
    /// A suite of some benchmarks.
    pub fn new(name: &'static str, about: &'static str, benchmarks: impl IntoIterator<Item = Benchmark>) -> Suite {
        Suite { name, about, benchmarks: benchmarks.into_iter().collect() }
    }
}
