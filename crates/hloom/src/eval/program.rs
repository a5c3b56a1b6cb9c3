//! One program, from its graph to the executable: lowered, loaded from disk or compiled, once.
//!
//! Knows neither where the program came from nor who calls it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use hloom_backend::{Backend, CompileOptions, Donation, Executable};
use hloom_ir::{Leaf, Op, Program, SourceLine, Type};
use parking_lot::Mutex;
use smallvec::SmallVec;

use super::{exit, in_place, pool, stats};
use crate::{Error, Result};

static LAST_ID: AtomicU64 = AtomicU64::new(0);

/// A program that is compiled, being compiled, or about to be.
pub(crate) struct Compilation {
    id: u64,
    n_nodes: usize,
    steps: Box<[OpSummary]>,
    /// Gone once it is compiled.
    program: Mutex<Option<Program>>,
    options: CompileOptions,
    executable: OnceLock<Arc<dyn Executable>>,
    /// The forms of the program that write over large inputs.
    forms: Option<Box<Forms>>,
}

/// The forms of a program that write results over large inputs.
struct Forms {
    program: Program,
    /// Every input that a result can be written over.
    possible: SmallVec<[Donation; 2]>,
    known: Mutex<SmallVec<[Arc<Compilation>; 1]>>,
}

/// The most forms of a program. Which inputs nobody holds is as a rule the same from run to run.
const MAX_FORMS: usize = 4;

/// What messages say of an operation of a program. Why a program has to be compiled is found by comparing these.
#[derive(Clone, Debug)]
pub(crate) struct OpSummary {
    name: &'static str,
    ty: Type,
    line: SourceLine,
}

impl OpSummary {
    /// Whether something is computed in it.
    pub(super) fn is_operation(&self) -> bool {
        self.name != Op::from(Leaf::Input).name()
    }
}

impl PartialEq for OpSummary {
    fn eq(&self, other: &OpSummary) -> bool {
        (self.name, &self.ty) == (other.name, &other.ty)
    }
}

impl std::fmt::Display for OpSummary {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} to {}, recorded at {}", self.name, self.ty, self.line)
    }
}

impl Compilation {
    /// A program, some of whose inputs it may overwrite.
    pub(crate) fn new(program: Program, donated: &[usize], name: &str) -> Compilation {
        let options = call_options(&program, donated, name);
        Compilation::with(program, options)
    }

    fn with(program: Program, options: CompileOptions) -> Compilation {
        let listed = program.graph.ids().map(|id| &program.graph[id]);
        let steps = listed.filter(|node| !node.op.is_at_hand() || matches!(node.op, Op::Leaf(Leaf::Input)));
        Compilation {
            id: LAST_ID.fetch_add(1, Ordering::Relaxed) + 1,
            n_nodes: n_nodes(&program),
            steps: steps.map(|node| OpSummary { name: node.op.name(), ty: node.ty.clone(), line: node.line }).collect(),
            options,
            program: Mutex::new(Some(program)),
            executable: OnceLock::new(),
            forms: None,
        }
    }

    /// A program that is compiled when a value is read.
    pub(super) fn lazy(program: Program) -> Compilation {
        let possible = in_place::possible(&program);
        let forms =
            (!possible.is_empty()).then(|| Forms { program: program.clone(), possible, known: Mutex::default() });
        let options = lazy_options(&program);
        let mut lazy = Compilation::with(program, options);
        lazy.forms = forms.map(Box::new);
        lazy
    }

    /// The inputs that a form of the program can write results over.
    pub(super) fn replaceable(&self) -> impl Iterator<Item = usize> {
        self.forms.iter().flat_map(|forms| forms.possible.iter().map(|donation| donation.input))
    }

    /// The form of the program to be run where these inputs may be overwritten; `None` if that is the program itself.
    /// `denied` asks for one that is compiled.
    pub(super) fn form(&self, free: &[usize], denied: bool) -> Option<Arc<Compilation>> {
        let forms = self.forms.as_ref()?;
        let donations = in_place::chosen(&forms.possible, free);
        let mut known = forms.known.lock();
        let found = known.iter().find(|form| form.options.donations == donations && (form.is_compiled() || !denied));
        if let Some(found) = found {
            return Some(found.clone());
        }
        if denied {
            // A form that nothing is given to copies its input, and computes the same.
            return if self.is_compiled() { None } else { known.iter().find(|form| form.is_compiled()).cloned() };
        }
        if donations.is_empty() || known.len() == MAX_FORMS {
            return None;
        }
        let options = options(&forms.program, donations, NAME);
        let form = Arc::new(Compilation::with(forms.program.clone(), options));
        known.push(form.clone());
        Some(form)
    }

    /// Whether the program or a form of it is compiled.
    pub(super) fn has_compiled_form(&self) -> bool {
        let is_form_compiled = |forms: &Forms| forms.known.lock().iter().any(|form| form.is_compiled());
        self.is_compiled() || self.forms.as_deref().is_some_and(is_form_compiled)
    }

    /// A program that is compiled already.
    pub(crate) fn ready(executable: Arc<dyn Executable>, options: CompileOptions) -> Compilation {
        Compilation {
            id: LAST_ID.fetch_add(1, Ordering::Relaxed) + 1,
            n_nodes: 0,
            steps: Box::default(),
            program: Mutex::new(None),
            options,
            executable: OnceLock::from(executable),
            forms: None,
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

    /// What messages say of the operations.
    pub(super) fn steps(&self) -> &[OpSummary] {
        &self.steps
    }

    /// How it is compiled.
    pub(crate) fn options(&self) -> &CompileOptions {
        &self.options
    }

    /// Whether the program is compiled.
    pub(crate) fn is_compiled(&self) -> bool {
        self.executable.get().is_some()
    }

    /// The compiled program; compiles it, or loads it from disk, if nobody did yet.
    ///
    /// # Errors
    /// What the compiler says.
    pub(super) fn executable(&self, backend: &dyn Backend) -> Result<&Arc<dyn Executable>> {
        if let Some(executable) = self.executable.get() {
            return Ok(executable);
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
        let _span = tracing::debug_span!("prepare", program = self.id, nodes = self.n_nodes).entered();
        let compiled = backend.compile(program, &self.options)?;
        let counter = if compiled.from_store { &stats::COUNTERS.disk_hits } else { &stats::COUNTERS.compiles };
        counter.fetch_add(1, Ordering::Relaxed);
        // Compiling and loading may have made objects in the backend that are destroyed before earlier guards run.
        exit::guard();
        Ok(compiled.executable)
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

/// How a program is compiled when a value is read.
pub(crate) fn lazy_options(program: &Program) -> CompileOptions {
    options(program, Vec::new(), NAME)
}

/// How a program is compiled that may overwrite some of its inputs.
pub(crate) fn call_options(program: &Program, donated: &[usize], name: &str) -> CompileOptions {
    options(program, donations(program, donated), name)
}

/// The name of programs that are compiled when a value is read.
const NAME: &str = "hloom";

/// Each result takes the memory of a donated input of its size, if there is one left.
fn donations(program: &Program, donated: &[usize]) -> Vec<Donation> {
    let results = program.result_types();
    let mut free: Vec<usize> = (0..results.len()).collect();
    let mut donations = Vec::new();
    // Equal types first: a result of the same type usually succeeds the input.
    for same_type in [true, false] {
        for &input in donated {
            if donations.iter().any(|donation: &Donation| donation.input == input) {
                continue;
            }
            let ty = &program.graph[program.inputs[input]].ty;
            let fits = |output: usize| match same_type {
                true => results[output] == *ty,
                false => results[output].size_bytes() == ty.size_bytes(),
            };
            if let Some(position) = free.iter().position(|&output| fits(output)) {
                donations.push(Donation { input, output: free.remove(position) });
            }
        }
    }
    donations
}

/// Of the results that take no input's memory, large ones get output buffers: parameters whose memory they take.
fn options(program: &Program, donations: Vec<Donation>, name: &str) -> CompileOptions {
    let results = program.result_types();
    let placed = |output: usize| donations.iter().any(|donation| donation.output == output);
    let large = (0..results.len()).filter(|&output| !placed(output) && results[output].size_bytes() >= pool::MIN_BYTES);
    CompileOptions { name: name.to_owned(), output_buffers: large.collect(), donations, serializable: false }
}

/// The operations of a program, also those in its regions.
fn n_nodes(program: &Program) -> usize {
    let below = program.graph.ids().flat_map(|id| program.graph[id].op.regions());
    program.graph.len() + below.map(|region| n_nodes(region.program())).sum::<usize>()
}
