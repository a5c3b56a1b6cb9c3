//! Compiled functions: traced once for each signature, then called with buffers only.
//!
//! A function is an ordinary closure over arrays. Tracing runs it on arrays that stand for its arguments, with
//! the same recorder and the same operations as everything else. Knows nothing about what operations there are.

mod arguments;
mod file;
mod function;
mod options;
mod plan;
mod signature;
mod stages;
mod trace;

use std::cell::Cell;
use std::fmt;
use std::ops::Deref;
use std::panic::Location;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use hloom_ir::SourceLine;
use parking_lot::Mutex;

use self::arguments::CallArguments;
use self::options::{Device, Options};
use self::plan::CallPlan;
use self::signature::Key;
use self::trace::Outcome;
use crate::cache::Cache;
use crate::eval::program::Compilation;
use crate::eval::stats;
use crate::tree::Visitor;
use crate::{Error, ErrorKind, Result, Tree, guard};

pub use function::Function;
pub use stages::{Compiled, Cost, Lowered, Memory};

/// The most signatures that a function keeps programs for. What was used longest ago makes room.
const MAX_SIGNATURES: usize = 256;

/// Compiles a function: it is traced once for each signature of its arguments, and each call passes buffers to
/// a compiled program.
///
/// The closure takes one [`Tree`] (an array, a tuple of arrays and other values, a struct), or several parameters, each
/// a tree. Its results are a tree as well. `f.call(arguments)` and `f(arguments)` call it, several arguments as a tuple; the
/// first takes references and plain numbers where the function takes arrays.
///
/// A *signature* is the structure of the arguments, the dtypes and shapes of their arrays, and the values of
/// what is static in them. Numbers passed where the function takes an array are inputs of the program.
/// Arrays that the closure captures are inputs as well, read as they were when it was traced.
///
/// **Tracing** runs the closure with arrays that have no value. What needs one (`bool`, `tolist`, `item`, a
/// shape that depends on values) is an error there, of kind [`ErrorKind::Trace`]; choose with
/// [`where_`](crate::where_) or [`cond`](crate::cond), loop with [`while_loop`](crate::while_loop), or make the
/// argument static. All else that the closure does (printing, counting, reading a clock) happens once for each
/// signature, when it is traced, and not when it is called.
///
/// A compiled function that is called with arrays of another trace, or in a branch of [`cond`](crate::cond), becomes
/// part of that.
///
/// # Examples
/// ```
/// use hloom::prelude::*;
/// use hloom as np;
///
/// let predict = np::jit(|w: NdArray, x: NdArray| (&w * &x).sum(..).tanh());
/// let w = np::array([0.5, -0.5]);
/// assert_eq!(predict.call((&w, np::ones(2)))?.item::<f64>()?, 0.0);
/// assert_eq!(predict((w, np::zeros(2)))?.item::<f64>()?, 0.0);
///
/// // A number is an input: another one is no new trace.
/// let scale = np::jit(|(x, by): (NdArray, NdArray)| x * by);
/// let x = np::array([1.0f32, 2.0]);
/// assert_eq!(scale.call((&x, 3.0))?.tolist()?, [3.0, 6.0]);
/// let before = np::stats();
/// assert_eq!(scale.call((&x, 0.5))?.tolist()?, [0.5, 1.0]);
/// assert_eq!((np::stats() - before).traces, 0);
/// # Ok::<(), hloom::Error>(())
/// ```
///
/// **Source**: <https://docs.jax.dev/en/latest/_autosummary/jax.jit.html>
#[track_caller]
pub fn jit<A, R, Form>(function: impl Function<A, R, Form>) -> Jit<A, R>
where
    A: Tree + 'static,
    R: Tree + Send + Sync + 'static,
{
    let line = Location::caller();
    let file = line.file().rsplit(['/', '\\']).next().unwrap_or(line.file());
    let options = Options { name: format!("{file}:{}", line.line()), ..Options::default() };
    Jit::new(function.into_function(), options, line)
}

/// How deep calls of functions may be nested that become parts of each other. A thread's stack has room for more, unless
/// the user's own frames are large.
const MAX_NESTED: usize = 100;

/// A compiled function; see [`jit`].
///
/// Cloning is cheap; clones share their programs. What a method such as [`Jit::donate`] returns is a function of
/// its own.
pub struct Jit<A: 'static, R: 'static> {
    core: Arc<Core<A, R>>,
    callable: Arc<dyn Fn(A) -> Result<R> + Send + Sync>,
}

struct Core<A, R> {
    function: Arc<dyn Fn(A) -> R + Send + Sync>,
    options: Options,
    line: SourceLine,
    backend: Device,
    /// The signature that had a program first: most functions have no other, and finding it takes no lock.
    first: OnceLock<Arc<Specialization<R>>>,
    /// Static values, which are the user's own, are compared, shown and dropped outside of its lock.
    cache: Mutex<Cache<Arc<Specialization<R>>>>,
}

/// A signature, and the program of the function for it once that is traced.
struct Specialization<R> {
    key: Key,
    hash: u64,
    ready: OnceLock<Ready<R>>,
    /// Held while tracing: one thread traces, the others wait for it.
    tracing: Mutex<()>,
    /// The thread that traces, to see a function that calls itself.
    tracer: AtomicUsize,
}

struct Ready<R> {
    program: Compilation,
    plan: CallPlan<R>,
}

impl<A, R> Jit<A, R>
where
    A: Tree + 'static,
    R: Tree + Send + Sync + 'static,
{
    fn new(function: Arc<dyn Fn(A) -> R + Send + Sync>, options: Options, line: SourceLine) -> Jit<A, R> {
        let core = Core {
            function,
            options,
            line,
            backend: Device::default(),
            first: OnceLock::new(),
            cache: Mutex::new(Cache::new(MAX_SIGNATURES, usize::MAX)),
        };
        let core = Arc::new(core);
        let called = core.clone();
        Jit { core, callable: Arc::new(move |arguments| called.call(&arguments, called.line)) }
    }

    fn with(&self, change: impl FnOnce(&mut Options)) -> Jit<A, R> {
        let mut options = self.core.options.clone();
        change(&mut options);
        Jit::new(self.core.function.clone(), options, self.core.line)
    }

    /// The function with a name, for error messages, traces and profiles. Without one it is named after the line
    /// that made it.
    ///
    /// # Examples
    /// ```
    /// let f = hloom::jit(|x: hloom::NdArray| x + 1).name("next");
    /// let error = hloom::deny_recompile(|| f.call(0)).unwrap_err();
    /// assert_eq!(error.message(), "'next' would be traced and compiled: it was not called yet");
    /// ```
    #[must_use]
    pub fn name(&self, name: impl Into<String>) -> Jit<A, R> {
        self.with(|options| options.name = name.into())
    }

    /// The function with the elements of some arguments as part of the signature: their arrays keep their values
    /// while it is traced, and it is traced anew for others.
    ///
    /// Arguments are the elements of the outermost tuple, from 0. They are read at each call, so this is for
    /// small arrays; what is static by its type, such as a `usize`, need not be named.
    ///
    /// # Examples
    /// ```
    /// use hloom::prelude::*;
    /// let repeat = hloom::jit(|(x, times): (NdArray, NdArray)| {
    ///     let times = times.item::<i64>().unwrap_or(0);
    ///     (0..times).fold(x.clone(), |y, _| y * 2)
    /// });
    /// let repeat = repeat.static_args([1]);
    /// assert_eq!(repeat.call((hloom::ones(1), hloom::array(3i64)))?.tolist()?, [8.0]);
    /// # Ok::<(), hloom::Error>(())
    /// ```
    #[must_use]
    pub fn static_args(&self, arguments: impl IntoIterator<Item = usize>) -> Jit<A, R> {
        self.with(|options| options.static_args.extend(arguments))
    }

    /// The function that takes the memory of an argument's arrays, so that a result of their size needs none of
    /// its own. The arrays that are passed must not be used again; doing so is an error of kind [`ErrorKind::Donated`].
    ///
    /// Where somebody else holds an array's value, such as a clone or an operation that was recorded on it and is not
    /// computed yet, that keeps it, and the result gets memory of its own.
    ///
    /// # Examples
    /// ```
    /// use hloom::prelude::*;
    /// let step = hloom::jit(|x: NdArray| x * 0.5 + 1).donate(0);
    /// let x = hloom::zeros(1000) + 0;
    /// let y = step.call(&x)?;
    /// assert_eq!(y.get(0).item::<f64>()?, 1.0);
    /// assert_eq!(x.tolist().unwrap_err().kind(), ErrorKind::Donated);
    /// # Ok::<(), hloom::Error>(())
    /// ```
    #[must_use]
    pub fn donate(&self, argument: usize) -> Jit<A, R> {
        self.with(|options| options.donated.push(argument))
    }

    /// The function with arrays that it does not use as inputs of the program all the same. By default they are
    /// left out, and not even moved to the device.
    ///
    /// # Examples
    /// ```
    /// use hloom::{NdArray, ShapeDtype, float32};
    /// let first = hloom::jit(|(x, _): (NdArray, NdArray)| x * 2);
    /// let (x, large) = (ShapeDtype::new([4], float32)?, ShapeDtype::new([1000], float32)?);
    /// let all = first.keep_unused(true);
    /// assert_eq!(first.lower((&x, &large))?.compile()?.memory()?.argument_bytes, 4 * 4);
    /// assert_eq!(all.lower((&x, &large))?.compile()?.memory()?.argument_bytes, 4 * 4 + 1000 * 4);
    /// # Ok::<(), hloom::Error>(())
    /// ```
    ///
    /// **Source**: <https://docs.jax.dev/en/latest/_autosummary/jax.jit.html>
    #[must_use]
    pub fn keep_unused(&self, keep: bool) -> Jit<A, R> {
        self.with(|options| options.keep_unused = keep)
    }

    /// The function on a device of its own, named as in `HLOOM_DEVICE`: `cpu`, `gpu:0`, `tpu:0`. Arguments that
    /// are elsewhere are copied there at each call; results stay there until they are used elsewhere.
    ///
    /// What names no device, and one that is not there, is an error of the call.
    ///
    /// # Examples
    /// ```
    /// let double = hloom::jit(|x: hloom::NdArray| x * 2).device("cpu");
    /// assert_eq!(double.call(hloom::array([1.0, 2.0]))?.tolist()?, [2.0, 4.0]);
    /// assert!(double.device("abacus").call(hloom::array(1.0)).is_err());
    /// # Ok::<(), hloom::Error>(())
    /// ```
    #[must_use]
    pub fn device(&self, device: &str) -> Jit<A, R> {
        let parsed = device.parse().map_err(Error::from);
        self.with(|options| options.device = Some(parsed))
    }

    /// Calls the function.
    ///
    /// Arrays that are only recorded yet are computed first, together. The results are ordinary arrays, which the
    /// device may still be computing.
    ///
    /// # Errors
    /// When the function is traced: [`ErrorKind::Trace`] for what needs a value there, and the error of any
    /// operation that its results depend on. Always: the error of an argument in error,
    /// [`ErrorKind::Donated`], [`ErrorKind::Denied`], and what compiling and starting report.
    ///
    /// # Panics
    /// If the closure does, while it is traced.
    #[track_caller]
    pub fn call(&self, arguments: impl Tree<A>) -> Result<R> {
        self.core.call(&arguments, Location::caller())
    }

    /// Traces and lowers the function for arguments, of which only the types count: [`ShapeDtype`](crate::ShapeDtype)
    /// can stand where the function takes an array.
    ///
    /// # Errors
    /// Those of [`Jit::call`] when it traces; `TypeError` for a function that returns no arrays, or a `ShapeDtype` where
    /// an argument is static.
    ///
    /// # Examples
    /// ```
    /// use hloom::{NdArray, ShapeDtype, float32};
    /// let f = hloom::jit(|(a, b): (NdArray, NdArray)| a.matmul(&b));
    /// let spec = ShapeDtype::new([64, 64], float32)?;
    /// let compiled = f.lower((&spec, &spec))?.compile()?;
    /// assert_eq!(compiled.memory()?.argument_bytes, 2 * 64 * 64 * 4);
    /// # Ok::<(), hloom::Error>(())
    /// ```
    #[track_caller]
    pub fn lower(&self, arguments: impl Tree<A>) -> Result<Lowered<A, R>> {
        let line = Location::caller();
        let mut call = CallArguments::of(&arguments);
        call.prepare(&self.core.options, line, true)?;
        let key = call.key(&arguments, &self.core.options)?;
        match self.core.trace(&arguments, &call, key)? {
            Outcome::Traced(traced) if traced.1.results.is_empty() => {
                let message =
                    format!("lower: '{}' returns no arrays, so that there is no program", self.core.options.name);
                Err(Error::type_(message).on(line))
            }
            Outcome::Traced(traced) => Ok(Lowered::new(traced.0, traced.1, self.core.options.clone())),
            Outcome::Inline => {
                Err(Error::new(ErrorKind::Trace, "lower: the function reads arrays of a trace around it"))
            }
            Outcome::Failed(_, error) => Err(error),
        }
    }

    /// How many signatures the function has programs for.
    ///
    /// # Examples
    /// ```
    /// let double = hloom::jit(|x: hloom::NdArray| x * 2);
    /// for n in [3, 4, 3] {
    ///     double.call(hloom::ones(n))?;
    /// }
    /// assert_eq!(double.n_signatures(), 2);
    /// # Ok::<(), hloom::Error>(())
    /// ```
    pub fn n_signatures(&self) -> usize {
        self.core.cache.lock().len()
    }
}

impl<A: Tree, R: Tree> Core<A, R> {
    fn call(&self, arguments: &impl Tree<A>, line: SourceLine) -> Result<R> {
        stats::COUNTERS.calls.fetch_add(1, Ordering::Relaxed);
        let mut call = CallArguments::of(arguments);
        call.prepare(&self.options, line, false)?;
        if call.is_inline {
            return self.inline(arguments, &call, line);
        }
        if let Some(first) = self.first.get().filter(|first| first.key.is_of(&call.visitor))
            && let Some(ready) = first.ready.get()
        {
            return self.run(ready, &call, line);
        }
        let hash = signature::hash(&call.visitor.words);
        let specialization = self.specialization(arguments, &call, hash)?;
        if let Some(ready) = specialization.ready.get() {
            return self.run(ready, &call, line);
        }
        let me = thread_token();
        if specialization.tracer.load(Ordering::Acquire) == me {
            let message = format!(
                "'{}' calls itself with the arguments it is traced for, and would never end",
                self.options.name
            );
            return Err(Error::new(ErrorKind::Trace, message).on(line));
        }
        let held = specialization.tracing.lock();
        if let Some(ready) = specialization.ready.get() {
            drop(held);
            return self.run(ready, &call, line);
        }
        let _attempt = Attempt { cache: &self.cache, specialization: &specialization };
        let tracer = Tracer::enter(&specialization.tracer, me);
        let outcome = call.key(arguments, &self.options).and_then(|key| self.trace(arguments, &call, key));
        drop(tracer);
        let (program, mut plan) = match outcome {
            Ok(Outcome::Traced(traced)) => *traced,
            other => {
                return match other? {
                    Outcome::Failed(result, _) => Ok(result),
                    _ => self.inline(arguments, &call, line),
                };
            }
        };
        let program = Compilation::new(program, &plan.donated_inputs(), &self.options.module_name());
        plan.note_reuse(&program.options().donations);
        let ready = specialization.ready.get_or_init(|| Ready { program, plan });
        self.first.get_or_init(|| specialization.clone());
        drop(held);
        self.run(ready, &call, line)
    }

    /// Runs the function as a part of what is being recorded.
    fn inline(&self, arguments: &impl Tree<A>, call: &CallArguments<'_>, line: SourceLine) -> Result<R> {
        let Some(_nested) = Nested::enter() else {
            let message = format!(
                "'{}' is called in functions that call it, {MAX_NESTED} deep: does it call itself without an end?",
                self.options.name
            );
            return Err(Error::new(ErrorKind::Trace, message).on(line));
        };
        Ok(trace::inline(&*self.function, arguments, &call.visitor.leaves))
    }

    fn run(&self, ready: &Ready<R>, call: &CallArguments<'_>, line: SourceLine) -> Result<R> {
        let backend = self.backend.get(&self.options)?;
        ready.plan.call(&ready.program, &**backend, &call.visitor.leaves, &call.values, line)
    }

    /// The specialization for a signature; a new one if there is none.
    fn specialization(
        &self,
        arguments: &impl Tree<A>,
        call: &CallArguments<'_>,
        hash: u64,
    ) -> Result<Arc<Specialization<R>>> {
        let mut new: Option<Arc<Specialization<R>>> = None;
        loop {
            let candidates = self.cache.lock().candidates(hash);
            if let Some(known) = candidates.iter().find(|known| known.key.is_of(&call.visitor)) {
                return Ok(known.clone());
            }
            let specialization = match &new {
                Some(specialization) => specialization.clone(),
                None => {
                    let key = call.key(arguments, &self.options)?;
                    if guard::denies_recompile() {
                        return Err(Error::new(ErrorKind::Denied, self.why_new(&key)));
                    }
                    new.insert(Arc::new(Specialization::new(key, hash))).clone()
                }
            };
            let mut cache = self.cache.lock();
            let present = cache.candidates(hash);
            if present.len() != candidates.len() || present.iter().zip(&candidates).any(|(a, b)| !Arc::ptr_eq(a, b)) {
                // Another thread was faster, perhaps with the same signature.
                continue;
            }
            if let Some(first) = self.first.get() {
                // It is found without the cache, which therefore knows nothing of its uses.
                cache.candidates(first.hash);
            }
            let evicted = cache.insert(hash, specialization.clone(), 1);
            drop(cache);
            drop(evicted);
            return Ok(specialization);
        }
    }

    fn trace(&self, arguments: &impl Tree<A>, call: &CallArguments<'_>, key: Key) -> Result<Outcome<R>> {
        let Visitor { leaves, arguments: owners, .. } = &call.visitor;
        trace::trace(&*self.function, arguments, leaves, owners, key, &self.options, self.line)
    }

    /// Why a signature is none of those there are programs for.
    fn why_new(&self, key: &Key) -> String {
        let what = format!("'{}' would be traced and compiled", self.options.name);
        let known: Vec<Arc<Specialization<R>>> = self.cache.lock().iter().cloned().collect();
        let known = known.iter().filter(|known| known.ready.get().is_some());
        match known.max_by_key(|known| known.key.likeness(key)) {
            Some(nearest) => format!("{what}: {}", key.difference(&nearest.key)),
            None => format!("{what}: it was not called yet"),
        }
    }
}

impl<R> Specialization<R> {
    fn new(key: Key, hash: u64) -> Specialization<R> {
        Specialization { key, hash, ready: OnceLock::new(), tracing: Mutex::new(()), tracer: AtomicUsize::new(0) }
    }
}

/// A trace that may fail or panic: a signature that has no program in the end is forgotten.
struct Attempt<'a, R> {
    cache: &'a Mutex<Cache<Arc<Specialization<R>>>>,
    specialization: &'a Arc<Specialization<R>>,
}

impl<R> Drop for Attempt<'_, R> {
    fn drop(&mut self) {
        if self.specialization.ready.get().is_none() {
            let hash = self.specialization.hash;
            let removed = self.cache.lock().remove(hash, |other| Arc::ptr_eq(other, self.specialization));
            drop(removed);
        }
    }
}

/// The calling thread's mark on a signature that it traces.
struct Tracer<'a>(&'a AtomicUsize);

impl<'a> Tracer<'a> {
    fn enter(tracer: &'a AtomicUsize, thread: usize) -> Tracer<'a> {
        tracer.store(thread, Ordering::Release);
        Tracer(tracer)
    }
}

impl Drop for Tracer<'_> {
    fn drop(&mut self) {
        self.0.store(0, Ordering::Release);
    }
}

/// A call of a function that is a part of another, counted for its thread.
struct Nested;

thread_local! {
    static N_NESTED: Cell<usize> = const { Cell::new(0) };
}

impl Nested {
    /// None if that would be too deep for a stack.
    fn enter() -> Option<Nested> {
        let n_nested = N_NESTED.get();
        (n_nested < MAX_NESTED).then(|| {
            N_NESTED.set(n_nested + 1);
            Nested
        })
    }
}

impl Drop for Nested {
    fn drop(&mut self) {
        N_NESTED.set(N_NESTED.get() - 1);
    }
}

/// A number that tells the threads that are alive apart, and is not 0.
fn thread_token() -> usize {
    thread_local!(static TOKEN: u8 = const { 0 });
    TOKEN.with(|token| std::ptr::from_ref(token).addr())
}

impl<A, R> Clone for Jit<A, R> {
    fn clone(&self) -> Jit<A, R> {
        Jit { core: self.core.clone(), callable: self.callable.clone() }
    }
}

/// Calls as `f(arguments)`.
impl<A, R> Deref for Jit<A, R> {
    type Target = dyn Fn(A) -> Result<R> + Send + Sync;

    fn deref(&self) -> &Self::Target {
        &*self.callable
    }
}

impl<A, R> fmt::Debug for Jit<A, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Jit")
            .field("name", &self.core.options.name)
            .field("signatures", &self.core.cache.lock().len())
            .finish_non_exhaustive()
    }
}
