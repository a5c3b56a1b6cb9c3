//! The programs that are measured: chains of element-wise operations, as a user writes them and as the
//! library cuts them out of its graph. Knows nothing of time.

use anyhow::Result;
use hloom::NdArray;
use hloom_hlo::{Options, OutputBuffer};
use hloom_ir::{Binary, DType, Program, Type};
use hloom_transform::{Build, ProgramBuilder};

/// What each operation of a chain combines the running value with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operand {
    /// One other array of the same type, which every operation reads.
    Array,
    /// A number that the user wrote, another for every operation: all are inputs of the program.
    Number,
}

/// A chain of operations in turn multiplying and adding, which keeps values within bounds.
#[derive(Clone, Debug)]
pub struct Chain {
    /// How many operations.
    pub len: usize,
    /// What they combine the running value with.
    pub operand: Operand,
    /// Float32 elements of each array.
    pub size: usize,
}

/// The factor of every multiplication, and the first elements of the other array.
const FACTOR: f32 = 0.5;
/// The summand of every addition of a number.
const SUMMAND: f32 = 1.0;

impl Chain {
    /// The operation at a position. A chain of one operation adds.
    fn op(&self, idx: usize) -> Binary {
        if (self.len - idx) % 2 == 1 { Binary::Add } else { Binary::Multiply }
    }

    /// The type of every array of the chain.
    pub fn ty(&self) -> Type {
        Type::new(DType::F32, [self.size])
    }

    /// The elements of the first array.
    pub fn first(&self) -> Vec<f32> {
        (0..self.size).map(|idx| (idx % 16) as f32).collect()
    }

    /// The elements of the other array.
    pub fn other(&self) -> Vec<f32> {
        vec![FACTOR; self.size]
    }

    /// Records the chain, as a user does.
    pub fn record(&self, first: &NdArray, other: &NdArray) -> NdArray {
        let mut value = first.clone();
        for idx in 0..self.len {
            value = match (self.op(idx), self.operand) {
                (Binary::Multiply, Operand::Array) => &value * other,
                (Binary::Multiply, Operand::Number) => &value * FACTOR,
                (_, Operand::Array) => &value + other,
                (_, Operand::Number) => &value + SUMMAND,
            };
        }
        value
    }

    /// The program that materializing [`Chain::record`] compiles.
    pub fn program(&self) -> Program {
        let mut builder = ProgramBuilder::new();
        let first = builder.input(self.ty());
        let other = (self.operand == Operand::Array).then(|| builder.input(self.ty()));
        let mut value = first;
        for idx in 0..self.len {
            let operand = other.unwrap_or_else(|| builder.scalar(DType::F32));
            value = builder.add(self.op(idx).into(), [value, operand].as_slice().into(), self.ty());
        }
        builder.finish(&[value])
    }

    /// The module that the library compiles of it; with an output buffer for the result, as for large ones.
    ///
    /// # Errors
    /// What verifying and lowering report.
    pub fn module(&self, with_buffer: bool) -> Result<Vec<u8>> {
        let program = self.program();
        program.verify()?;
        let output_buffers = if with_buffer { vec![OutputBuffer { output: 0, ty: self.ty() }] } else { Vec::new() };
        Ok(hloom_hlo::lower(&program, &Options { output_buffers, ..Options::default() })?.encode())
    }

    /// The arguments of the program: types and bytes.
    pub fn arguments(&self) -> Vec<(Type, Vec<u8>)> {
        let bytes = |elements: &[f32]| elements.iter().flat_map(|element| element.to_ne_bytes()).collect();
        let first = (self.ty(), bytes(&self.first()));
        let second = match self.operand {
            Operand::Array => (self.ty(), bytes(&self.other())),
            Operand::Number => {
                let numbers: Vec<f32> =
                    (0..self.len).map(|idx| if self.op(idx) == Binary::Multiply { FACTOR } else { SUMMAND }).collect();
                (Type::new(DType::F32, [self.len]), bytes(&numbers))
            }
        };
        vec![first, second]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_programs_are_those_of_the_library() {
        for operand in [Operand::Array, Operand::Number] {
            for len in [1, 2, 10, 50] {
                let chain = Chain { len, operand, size: 4 };
                let (first, other) = (NdArray::from(chain.first()), NdArray::from(chain.other()));
                let recorded = chain.record(&first, &other);
                assert_eq!(recorded.ir().unwrap(), chain.program().to_string());
            }
        }
    }

    #[test]
    fn one_operation_adds() {
        let chain = Chain { len: 1, operand: Operand::Number, size: 4 };
        assert!(chain.program().to_string().contains("add("));
        assert_eq!(chain.arguments()[1].1, SUMMAND.to_ne_bytes());
    }

    #[test]
    fn the_floor_computes_what_the_library_does() {
        let device = hloom_pjrt::floor::Device::open(hloom_pjrt::DeviceKind::Cpu).unwrap();
        let chain = Chain { len: 10, operand: Operand::Array, size: 20 };
        let (first, other) = (NdArray::from(chain.first()), NdArray::from(chain.other()));
        let program = device.program(&chain.module(false).unwrap(), &chain.arguments()).unwrap();
        assert_eq!(program.call().unwrap(), chain.record(&first, &other).to_bytes().unwrap());
        assert!(device.chain(&chain.module(false).unwrap(), &chain.arguments()).is_err());
    }

    #[test]
    fn the_floor_goes_on_from_its_last_result() {
        let device = hloom_pjrt::floor::Device::open(hloom_pjrt::DeviceKind::Cpu).unwrap();
        let chain = Chain { len: 2, operand: Operand::Number, size: 20 };
        let mut floor = device.chain(&chain.module(true).unwrap(), &chain.arguments()).unwrap();
        let mut expected = NdArray::from(chain.first());
        for _ in 0..4 {
            expected = chain.record(&expected, &expected);
            assert_eq!(floor.value().unwrap(), expected.to_bytes().unwrap());
            floor.advance().unwrap();
        }
    }
}
