//! A program in plain data: where its arrays come from, and what is done with them.

use hloom::NdArray;
use hloom_ir::{DType, Weak};

use super::action::Action;
use crate::conformance::value::HostArray;

/// Where an array comes from.
#[derive(Clone, Debug)]
pub enum Source {
    /// Data of the user's.
    Data(HostArray),
    /// A number everywhere, which the program knows.
    Full(Weak, DType, Vec<usize>),
    /// `zeros`, `ones` are what programs are written with.
    Zeros(DType, Vec<usize>),
    /// As `Zeros`.
    Ones(DType, Vec<usize>),
    /// Counting from a start, reshaped.
    Arange(i64, DType, Vec<usize>),
}

impl Source {
    /// The array; data is taken from what was uploaded.
    pub fn build(&self, data: Option<&NdArray>) -> NdArray {
        match (self, data) {
            (Source::Data(_), Some(data)) => data.clone(),
            (Source::Data(host), None) => upload(host),
            (Source::Full(number, dtype, shape), _) => hloom::full(shape.as_slice(), *number).astype(*dtype),
            (Source::Zeros(dtype, shape), _) => hloom::zeros(shape.as_slice()).astype(*dtype),
            (Source::Ones(dtype, shape), _) => hloom::ones(shape.as_slice()).astype(*dtype),
            (Source::Arange(start, dtype, shape), _) => {
                let size = shape.iter().product::<usize>() as i64;
                hloom::arange((*start, start + size, 1)).astype(*dtype).reshape(shape.as_slice())
            }
        }
    }
}

/// One step: an operation on earlier values, counted from the sources on.
#[derive(Clone, Debug)]
pub struct Step {
    /// What is done.
    pub action: Action,
    /// The first operand.
    pub a: usize,
    /// The second operand; that of an action with one operand is not looked at.
    pub b: usize,
}

/// A program. Its result is the value of its last step.
#[derive(Clone, Debug)]
pub struct Program {
    /// The seed that it was drawn from.
    pub seed: u64,
    /// Where its arrays come from.
    pub sources: Vec<Source>,
    /// What is done with them.
    pub steps: Vec<Step>,
}

impl std::fmt::Display for Program {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "seed {}", self.seed)?;
        for (idx, source) in self.sources.iter().enumerate() {
            match source {
                Source::Data(host) if host.size() > 16 => {
                    writeln!(f, "  %{idx} = data {}{:?}", host.dtype, host.shape)?
                }
                Source::Data(host) => writeln!(f, "  %{idx} = {}{:?} {:?}", host.dtype, host.shape, host.scalars())?,
                source => writeln!(f, "  %{idx} = {source:?}")?,
            }
        }
        for (idx, step) in self.steps.iter().enumerate() {
            let (target, a) = (self.sources.len() + idx, step.a);
            match step.action.n_operands() {
                1 => writeln!(f, "  %{target} = {:?}(%{a})", step.action)?,
                _ => writeln!(f, "  %{target} = {:?}(%{a}, %{})", step.action, step.b)?,
            }
        }
        Ok(())
    }
}

impl Program {
    /// The data that it takes.
    pub fn inputs(&self) -> Vec<NdArray> {
        let data = self.sources.iter().filter_map(|source| match source {
            Source::Data(host) => Some(upload(host)),
            _ => None,
        });
        data.collect()
    }

    /// Records it on data that was uploaded, and returns its result.
    pub fn record(&self, inputs: &[NdArray]) -> NdArray {
        let mut inputs = inputs.iter();
        let mut values: Vec<NdArray> = Vec::with_capacity(self.sources.len() + self.steps.len());
        for source in &self.sources {
            let data = if matches!(source, Source::Data(_)) { inputs.next() } else { None };
            values.push(source.build(data));
        }
        for step in &self.steps {
            values.push(step.action.apply(&values[step.a], &values[step.b]));
        }
        values.swap_remove(values.len() - 1)
    }
}

/// A host array on the device.
pub fn upload(host: &HostArray) -> NdArray {
    NdArray::from_bytes(&host.bytes, host.dtype, &host.shape).unwrap_or_else(|error| panic!("upload: {error}"))
}

/// The value of an array.
///
/// # Errors
/// The array's error.
pub fn download(array: &NdArray) -> hloom::Result<HostArray> {
    let bytes = array.to_bytes()?;
    Ok(HostArray { dtype: array.try_dtype()?, shape: array.try_shape()?.to_vec(), bytes })
}
