//! One program, from its graph to the executable: lowered, loaded from disk or compiled, once.
//!
//! Knows neither where the program came from nor who calls it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use hloom_backend::{Backend, Executable, Signature};
use hloom_hlo::Lowered;
use hloom_ir::{Cost, Leaf, Op, Program, SourceLine, Type};
use parking_lot::Mutex;

use super::{cache, disk, exit, pool, stats};
use crate::{Error, ErrorKind, Result};

pub(crate) use hloom_hlo::{Donation, Options, Place};

static LAST_ID: AtomicU64 = AtomicU64::new(0);

/// A program that is compiled, being compiled, or about to be.
pub(crate) struct Compilation {
    id: u64,
    n_nodes: usize,
    steps: Box<[Step]>,
    /// Gone once it is compiled.
    program: Mutex<Option<Program>>,
    options: Options,
    executable: OnceLock<Arc<dyn Executable>>,
}

/// An operation of a program, as programs are compared for people.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    name: &'static str,
    ty: Type,
    line: SourceLine,
}

impl PartialEq for Step {
    fn eq(&self, other: &Step) -> bool {
        (self.name, &self.ty) == (other.name, &other.ty)
    }
}

impl std::fmt::Display for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} to {}, recorded at {}", self.name, self.ty, self.line)
    }
}

impl Compilation {
    /// A program, some of whose inputs it may overwrite.
    pub(crate) fn new(program: Program, donated: &[usize], name: &str) -> Compilation {
        let listed = program.graph.ids().map(|id| &program.graph[id]);
        let steps =
            listed.filter(|node| node.op.facts().cost != Cost::Leaf || matches!(node.op, Op::Leaf(Leaf::Input)));
        Compilation {
            id: LAST_ID.fetch_add(1, Ordering::Relaxed) + 1,
            n_nodes: n_nodes(&program),
            steps: steps.map(|node| Step { name: node.op.name(), ty: node.ty.clone(), line: node.line }).collect(),
            options: options(&program, donated, name),
            program: Mutex::new(Some(program)),
            executable: OnceLock::new(),
        }
    }

    /// A program that is compiled already.
    pub(crate) fn ready(executable: Arc<dyn Executable>, options: Options) -> Compilation {
        Compilation {
            id: LAST_ID.fetch_add(1, Ordering::Relaxed) + 1,
            n_nodes: 0,
            steps: Box::default(),
            program: Mutex::new(None),
            options,
            executable: OnceLock::from(executable),
        }
    }

    /// A number that tells programs of this process apart in traces.
    pub(crate) fn id(&self) -> u64 {
        self.id
    }

    /// The operations, also those in loops and branches.
    pub(crate) fn n_nodes(&self) -> usize {
        self.n_nodes
    }

    /// The operations as they are compared for people.
    pub(super) fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// How it is lowered.
    pub(crate) fn options(&self) -> &Options {
        &self.options
    }

    /// The types of the memory that is donated as the place of large results, after the inputs and
    /// numbers.
    pub(super) fn places(&self) -> impl Iterator<Item = &Type> {
        self.options.places.iter().map(|place| &place.ty)
    }

    /// Whether the program is compiled.
    pub(crate) fn is_compiled(&self) -> bool {
        self.executable.get().is_some()
    }

    /// The compiled program; compiles it, or loads it from disk, if nobody did yet. `denied` forbids that.
    ///
    /// # Errors
    /// What the compiler says; [`ErrorKind::Denied`].
    pub(crate) fn executable(&self, backend: &dyn Backend, denied: bool) -> Result<&Arc<dyn Executable>> {
        if let Some(executable) = self.executable.get() {
            return Ok(executable);
        }
        if denied {
            return Err(Error::new(ErrorKind::Denied, self.why_new()));
        }
        // Held while compiling: one thread compiles, the others wait for it.
        let mut program = self.program.lock();
        if let Some(executable) = self.executable.get() {
            return Ok(executable);
        }
        let source = program.as_ref().ok_or_else(|| Error::internal("a program is neither there nor compiled"))?;
        let compiled = self.compile(source, backend)?;
        *program = None;
        Ok(self.executable.get_or_init(|| compiled))
    }

    fn compile(&self, program: &Program, backend: &dyn Backend) -> Result<Arc<dyn Executable>> {
        let lowered = {
            let _span = tracing::debug_span!("lower", program = self.id, nodes = self.n_nodes).entered();
            let target = hloom_hlo::Target::of_platform(backend.platform());
            lower(program, &Options { target, ..self.options.clone() })?
        };
        let signature = Signature { parameters: lowered.parameters.clone(), results: lowered.results.clone() };
        let place = disk::place(backend, &lowered);
        if let Some(executable) = place.as_ref().and_then(|place| disk::load(backend, place, &signature)) {
            stats::COUNTERS.disk_hits.fetch_add(1, Ordering::Relaxed);
            exit::guard();
            return Ok(executable);
        }
        let _span = tracing::debug_span!("compile", program = self.id, nodes = self.n_nodes).entered();
        stats::COUNTERS.compiles.fetch_add(1, Ordering::Relaxed);
        let executable = backend.compile(&lowered.encode(), &signature)?;
        // Compiling may have made objects in the plugin that are destroyed before earlier guards run.
        exit::guard();
        if let Some(place) = place {
            disk::store(&place, &*executable);
        }
        Ok(executable)
    }

    /// Why the program is none of those that are compiled.
    fn why_new(&self) -> String {
        let what = match self.steps.last() {
            Some(last) => {
                let n_operations = self.steps.iter().filter(|step| step.name != Op::from(Leaf::Input).name()).count();
                format!("a program of {n_operations} operations that ends in {last} would be compiled")
            }
            None => "a program would be compiled".to_owned(),
        };
        let Some(nearest) = cache::nearest(&self.steps) else {
            return format!("{what}; none is compiled yet");
        };
        let difference = self.steps.iter().zip(&nearest.steps).position(|(a, b)| a != b);
        match difference {
            Some(idx) => format!(
                "{what}; the nearest compiled program has {} as step {idx} where this one has {}",
                nearest.steps[idx], self.steps[idx]
            ),
            None => match (self.steps.get(nearest.steps.len()), nearest.steps.get(self.steps.len())) {
                (Some(next), _) => {
                    format!("{what}; the nearest compiled program ends where this one goes on with {next}")
                }
                (_, Some(next)) => {
                    format!("{what}; the nearest compiled program goes on with {next} where this one ends")
                }
                (None, None) => {
                    format!(
                        "{what}; the nearest compiled program has the same steps and reads or returns others of them"
                    )
                }
            },
        }
    }
}

impl Drop for Compilation {
    fn drop(&mut self) {
        let _inside = exit::enter();
        drop(self.executable.take());
    }
}

impl std::fmt::Debug for Compilation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Compilation({}, {} nodes)", self.id, self.n_nodes)
    }
}

/// The program as the compiler has optimized it, as HLO text.
///
/// # Errors
/// If the backend does not keep it, or keeps something else.
pub(crate) fn optimized_text(executable: &dyn Executable) -> Result<String> {
    Ok(hloom_hlo::module_text(&executable.optimized_module()?)?)
}

/// Verifies and lowers a program.
pub(crate) fn lower(program: &Program, options: &Options) -> Result<Lowered> {
    program.verify()?;
    Ok(hloom_hlo::lower(program, options)?)
}

/// Verifies and lowers a program as it is compiled when a value is read.
pub(crate) fn lower_lazily(program: &Program) -> Result<Lowered> {
    lower(program, &options(program, &[], "hloom"))
}

/// Each result takes the memory of a donated input of its size, if there is one left; of the other results,
/// large ones get places: parameters whose memory they take.
fn options(program: &Program, donated: &[usize], name: &str) -> Options {
    let results = program.result_types();
    let mut free: Vec<usize> = (0..results.len()).collect();
    let mut donations = Vec::new();
    // Equal types first: a result of the same type usually succeeds the input.
    for same_type in [true, false] {
        for &parameter in donated {
            if donations.iter().any(|donation: &Donation| donation.parameter == parameter) {
                continue;
            }
            let ty = &program.graph[program.inputs[parameter]].ty;
            let fits = |output: usize| match same_type {
                true => results[output] == *ty,
                false => results[output].size_bytes() == ty.size_bytes(),
            };
            if let Some(position) = free.iter().position(|&output| fits(output)) {
                donations.push(Donation { parameter, output: free.remove(position) });
            }
        }
    }
    let large = free.into_iter().filter(|&output| results[output].size_bytes() >= pool::MIN_BYTES);
    Options {
        places: large.map(|output| Place { output, ty: results[output].clone() }).collect(),
        donations,
        module_name: name.to_owned(),
        ..Options::default()
    }
}

/// The operations of a program, also those in its regions.
fn n_nodes(program: &Program) -> usize {
    let below = program.graph.ids().flat_map(|id| program.graph[id].op.regions());
    program.graph.len() + below.map(|region| n_nodes(region.program())).sum::<usize>()
}
