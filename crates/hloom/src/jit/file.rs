//! Compiled functions as bytes: the executable with everything that a call of it needs.
//!
//! The frame is checked before anything in it is used: its beginning, its checksum, the lengths and types of
//! all parts against each other. The backend checks that the executable in it is its own.

use std::marker::PhantomData;
use std::sync::Arc;

use hloom_backend::{CompileOptions, Donation, Signature};
use hloom_ir::{Access, Bounds, DType, Requirement, Rule, Type};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::options::{Device, Options, backend_of};
use super::plan::{CallPlan, Kept, placeholders};
use super::signature::{Key, LeafType, push_type};
use super::stages::Compiled;
use crate::check::{Fault, ProgramChecks, Reach, RecordedAt};
use crate::convert::from_checked_bytes;
use crate::eval::program::Compilation;
use crate::eval::runtime::runtime;
use crate::tree::{ShapeDtype, Tree, Visitor};
use crate::{Error, ErrorKind, NdArray, Result};

/// The first bytes; the digit counts the versions of the format.
const MAGIC: &[u8; 8] = b"hloomfn4";

/// The length of a SHA-256 digest.
const DIGEST: usize = 32;

#[derive(Serialize, Deserialize)]
struct Function {
    version: String,
    name: String,
    device: Option<String>,
    leaves: Vec<LeafEntry>,
    kept: Vec<KeptEntry>,
    /// For each number of the program, its leaf.
    numbers: Vec<usize>,
    taken_unread: Vec<usize>,
    captures: Vec<Capture>,
    results: Vec<TypeEntry>,
    /// For each result, the inputs and faults that it depends on, as bits.
    reach: Vec<Vec<u64>>,
    faults: Vec<FaultEntry>,
    /// The outputs that are written to memory of their own.
    output_buffers: Vec<usize>,
    donations: Vec<(usize, usize)>,
    executable: Vec<u8>,
}

#[derive(Serialize, Deserialize)]
struct TypeEntry {
    dtype: String,
    shape: Vec<usize>,
}

#[derive(Serialize, Deserialize)]
struct LeafEntry {
    path: String,
    ty: TypeEntry,
    is_number: bool,
}

#[derive(Serialize, Deserialize)]
struct KeptEntry {
    leaf: usize,
    donated: bool,
    is_reused: bool,
}

#[derive(Serialize, Deserialize)]
struct Capture {
    ty: TypeEntry,
    bytes: Vec<u8>,
}

#[derive(Serialize, Deserialize)]
struct FaultEntry {
    requirement: RequirementEntry,
    origin: String,
}

#[derive(Serialize, Deserialize)]
enum RequirementEntry {
    Position { access: String, array: TypeEntry, axis: usize },
    Rule(String),
}

impl FaultEntry {
    fn of(fault: &Fault) -> FaultEntry {
        let requirement = match &fault.requirement {
            Requirement::Position(Bounds { access, array, axis }) => {
                let (access, array) = (access.name().to_owned(), TypeEntry::of(array));
                RequirementEntry::Position { access, array, axis: *axis }
            }
            Requirement::Rule(rule) => RequirementEntry::Rule(rule.name().to_owned()),
        };
        FaultEntry { requirement, origin: fault.recorded.to_string() }
    }

    fn read(&self) -> Result<Arc<Fault>> {
        let requirement = match &self.requirement {
            RequirementEntry::Position { access, array, axis } => {
                let access = Access::from_name(access).ok_or_else(|| damaged("an index does what is not known"))?;
                let bounds = Bounds { access, array: array.read()?, axis: *axis };
                if bounds.extent() == 0 {
                    return Err(damaged("an index is on no axis"));
                }
                Requirement::Position(bounds)
            }
            RequirementEntry::Rule(rule) => {
                Requirement::Rule(Rule::from_name(rule).ok_or_else(|| damaged("an unknown rule for elements"))?)
            }
        };
        Ok(Arc::new(Fault { requirement, recorded: RecordedAt::Elsewhere(self.origin.as_str().into()) }))
    }
}

impl TypeEntry {
    fn of(ty: &Type) -> TypeEntry {
        TypeEntry { dtype: ty.dtype.name().to_owned(), shape: ty.shape.to_vec() }
    }

    /// The type, if it is one.
    fn read(&self) -> Result<Type> {
        let known = DType::ALL.into_iter().find(|dtype| dtype.name() == self.dtype);
        let dtype = known.ok_or_else(|| damaged(&format!("unknown dtype '{}'", self.dtype)))?;
        let ty = Type::new(dtype, self.shape.as_slice());
        ty.shape.check()?;
        Ok(ty)
    }
}

impl<A, R: Tree> Compiled<A, R> {
    /// The function with its signature as bytes, for [`Compiled::load`] on the same kind of machine, and for
    /// `hloom run`. Captured arrays are part of it.
    ///
    /// # Errors
    /// If the plugin cannot write programs.
    pub fn serialize(&self) -> Result<Vec<u8>> {
        write(self)
    }
}

impl Compiled<Vec<NdArray>, Vec<NdArray>> {
    /// Loads what [`Compiled::serialize`] wrote, as a function from a list of arrays to a list of arrays: those of
    /// the original trees, in order. Numbers are passed as 0-d arrays. Static arguments are what they were, and are
    /// not passed.
    ///
    /// The bytes hold native code. They are checked to be whole and to be for this plugin, its version and this
    /// processor, but whoever made them can make them do anything: load only what you trust.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] if the bytes are damaged or no such function; [`ErrorKind::Compile`] if they are for
    /// another plugin, version or device.
    ///
    /// # Examples
    /// ```
    /// use hloom::{Compiled, NdArray, ShapeDtype, float32};
    ///
    /// let double = hloom::jit(|x: NdArray| x * 2);
    /// let bytes = double.lower(ShapeDtype::new([3], float32)?)?.compile()?.serialize()?;
    /// let loaded = Compiled::load(&bytes)?;
    /// let y = loaded.call(vec![hloom::array([1.0f32, 2.0, 3.0])])?;
    /// assert_eq!(y[0].tolist()?, [2.0, 4.0, 6.0]);
    /// # Ok::<(), hloom::Error>(())
    /// ```
    pub fn load(bytes: &[u8]) -> Result<Compiled<Vec<NdArray>, Vec<NdArray>>> {
        read(bytes)
    }
}

/// The bytes of a compiled function.
fn write<A, R: Tree>(function: &Compiled<A, R>) -> Result<Vec<u8>> {
    let Compiled { program, plan, options, paths, source, .. } = function;
    let backend = backend_of(options)?;
    // An executable that came from disk cannot be written by plugins; compiled again it can.
    let executable = match runtime().executable(program, &*backend, false)?.serialize() {
        Ok(bytes) => bytes,
        Err(error) => match source {
            Some(source) => {
                let options = CompileOptions { serializable: true, ..program.options().clone() };
                backend.compile(source, &options)?.executable.serialize()?
            }
            None => return Err(error.into()),
        },
    };
    let mut captures = Vec::with_capacity(plan.captures.len());
    for value in &plan.captures {
        captures.push(Capture { ty: TypeEntry::of(value.ty()), bytes: value.read(<[u8]>::to_vec)? });
    }
    // What is static is part of the program, and no argument of it any more.
    let mut leaves = Vec::with_capacity(plan.key.leaves.len());
    let mut index_of = Vec::with_capacity(plan.key.leaves.len());
    for (ty, path) in plan.key.leaves.iter().zip(paths) {
        index_of.push(leaves.len());
        let is_number = match ty {
            LeafType::Array(_) => false,
            LeafType::Number(_) => true,
            LeafType::Static(_) => continue,
        };
        leaves.push(LeafEntry { path: path.clone(), ty: TypeEntry::of(&ty.ty()), is_number });
    }
    let kept = plan.kept.iter().map(|&Kept { leaf, donated, is_reused }| KeptEntry {
        leaf: index_of[leaf],
        donated,
        is_reused,
    });
    let device = match &options.device {
        Some(Ok(spec)) => Some(spec.to_string()),
        _ => None,
    };
    let compiled_with = program.options();
    let contents = Function {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        name: plan.name.to_string(),
        device,
        leaves,
        kept: kept.collect(),
        numbers: plan.numbers.iter().map(|&(leaf, _)| index_of[leaf]).collect(),
        taken_unread: plan.taken_unread.iter().map(|&leaf| index_of[leaf]).collect(),
        captures,
        results: plan.results.iter().map(TypeEntry::of).collect(),
        reach: plan.checks.reach().iter().map(|reach| reach.words().to_vec()).collect(),
        faults: plan.checks.faults().iter().map(|fault| FaultEntry::of(fault)).collect(),
        output_buffers: compiled_with.output_buffers.clone(),
        donations: compiled_with.donations.iter().map(|donation| (donation.input, donation.output)).collect(),
        executable,
    };
    let body = postcard::to_allocvec(&contents).map_err(Error::internal)?;
    let mut bytes = Vec::with_capacity(MAGIC.len() + DIGEST + body.len());
    bytes.extend_from_slice(MAGIC);
    bytes.extend_from_slice(&Sha256::digest(&body));
    bytes.extend_from_slice(&body);
    Ok(bytes)
}

/// The compiled function of some bytes.
fn read(bytes: &[u8]) -> Result<Compiled<Vec<NdArray>, Vec<NdArray>>> {
    let framed = bytes.strip_prefix(MAGIC).and_then(|rest| rest.split_at_checked(DIGEST));
    let (digest, body) = framed.ok_or_else(|| damaged("they do not begin as one"))?;
    if Sha256::digest(body).as_slice() != digest {
        return Err(damaged("the checksum differs"));
    }
    let contents: Function = postcard::from_bytes(body).map_err(|error| damaged(&error.to_string()))?;
    if contents.version != env!("CARGO_PKG_VERSION") {
        let message = format!(
            "load: the function was written by version {} of hloom, this is {}",
            contents.version,
            env!("CARGO_PKG_VERSION")
        );
        return Err(Error::new(ErrorKind::Compile, message));
    }
    let device = match &contents.device {
        Some(spec) => Some(Ok(spec.parse()?)),
        None => None,
    };
    let options = Options { name: contents.name.clone(), device, ..Options::default() };
    let plan = plan(&contents)?;
    let (signature, compiled_with) = compiled_with(&contents, &plan)?;
    let backend = backend_of(&options)?;
    let executable = backend.load(&contents.executable, &signature)?;
    let program = Compilation::ready(executable, compiled_with);
    let paths = contents.leaves.into_iter().map(|leaf| leaf.path).collect();
    Ok(Compiled { program, plan, options, paths, source: None, backend: Device::default(), _arguments: PhantomData })
}

/// The plan of a function of lists.
fn plan(contents: &Function) -> Result<CallPlan<Vec<NdArray>>> {
    let mut leaves = Vec::with_capacity(contents.leaves.len());
    for leaf in &contents.leaves {
        let ty = leaf.ty.read()?;
        leaves.push(if leaf.is_number { LeafType::Number(ty.dtype) } else { LeafType::Array(ty) });
    }
    let array = |leaf: usize| match leaves.get(leaf) {
        Some(LeafType::Array(_)) => Ok(leaf),
        _ => Err(damaged("an input is no array")),
    };
    let mut kept = Vec::with_capacity(contents.kept.len());
    for entry in &contents.kept {
        kept.push(Kept { leaf: array(entry.leaf)?, donated: entry.donated, is_reused: entry.is_reused });
    }
    let taken_unread = contents.taken_unread.iter().map(|&leaf| array(leaf)).collect::<Result<_>>()?;
    let mut numbers = Vec::with_capacity(contents.numbers.len());
    for &leaf in &contents.numbers {
        match leaves.get(leaf) {
            Some(LeafType::Number(dtype)) => numbers.push((leaf, *dtype)),
            _ => return Err(damaged("a number is none")),
        }
    }
    let mut captures = Vec::with_capacity(contents.captures.len());
    for capture in &contents.captures {
        let ty = capture.ty.read()?;
        if capture.bytes.len() != ty.size_bytes() {
            return Err(damaged("a captured array is not as long as its type"));
        }
        if ty.dtype == DType::Bool && capture.bytes.iter().any(|&byte| byte > 1) {
            return Err(damaged("a captured bool is neither true nor false"));
        }
        captures.push(from_checked_bytes(ty, &capture.bytes).materialize("load")?);
    }
    let results = contents.results.iter().map(TypeEntry::read).collect::<Result<Vec<Type>>>()?;
    if contents.reach.len() != results.len() {
        return Err(damaged("it is not known what each result depends on"));
    }
    let reach = contents.reach.iter().map(|words| Reach::from_words(words)).collect();
    let faults = contents.faults.iter().map(FaultEntry::read).collect::<Result<_>>()?;
    let checks = ProgramChecks::known(reach, faults);
    let template = placeholders().take(results.len()).collect();
    let name = contents.name.as_str().into();
    let key = key(leaves);
    Ok(CallPlan { name, key, kept, numbers, taken_unread, captures, results, checks, template })
}

/// The signature of a list of arrays of the leaves' types; numbers are passed as arrays too.
fn key(leaves: Vec<LeafType>) -> Key {
    let specs = leaves.iter().map(|leaf| ShapeDtype::of_type(leaf.ty())).collect::<Vec<ShapeDtype>>();
    let mut visitor = Visitor::of::<Vec<NdArray>>(&specs);
    for leaf in &leaves {
        push_type(&mut visitor.words, &leaf.ty());
    }
    Key::new(&visitor, Visitor::key_paths::<Vec<NdArray>>(&specs), leaves)
}

/// The types that the executable must have, and how its large results get their memory.
fn compiled_with(contents: &Function, plan: &CallPlan<Vec<NdArray>>) -> Result<(Signature, CompileOptions)> {
    let mut parameters: Vec<Type> = plan.kept.iter().map(|kept| plan.key.leaves[kept.leaf].ty()).collect();
    parameters.extend(plan.captures.iter().map(|value| value.ty().clone()));
    for dtype in DType::ALL {
        let n_numbers = plan.numbers.iter().filter(|(_, number)| *number == dtype).count();
        if n_numbers > 0 {
            parameters.push(Type::new(dtype, [n_numbers]));
        }
    }
    for &output in &contents.output_buffers {
        parameters.push(plan.results.get(output).ok_or_else(|| damaged("a place has no result"))?.clone());
    }
    let donations = contents.donations.iter().map(|&(input, output)| Donation { input, output }).collect();
    let output_buffers = contents.output_buffers.clone();
    let compiled_with = CompileOptions { output_buffers, donations, ..CompileOptions::default() };
    // What tells of faults comes behind the results.
    let offenders = plan.checks.faults().iter().map(|_| Type::scalar(DType::I64));
    let results = plan.results.iter().cloned().chain(offenders).collect();
    Ok((Signature { parameters, results }, compiled_with))
}

fn damaged(why: &str) -> Error {
    Error::new(ErrorKind::Io, format!("load: the bytes are no compiled function of hloom: {why}"))
}
