//! Tiny HLO modules for the tests, from as few messages as they need. Knows no plugin.

#[path = "../../src/messages.rs"]
mod messages;

use hloom_backend::Signature;
use hloom_ir::{DType, Type};
use prost::Message;

use self::messages::{AliasEntry, Aliases, Computation, Instruction, Layout, ProgramShape, Shape};

/// A parameter whose memory the only result may or must take.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Alias {
    /// `may-alias`.
    May(i64),
    /// `must-alias`.
    Must(i64),
}

/// A module with one operation, whose result is the only one.
#[derive(Clone, Debug)]
pub(crate) struct Module {
    opcode: String,
    parameters: Vec<Type>,
    operands: Vec<i64>,
    result: Type,
    alias: Option<Alias>,
}

/// XLA's `PrimitiveType`, which differs from PJRT's.
pub(crate) fn primitive(dtype: DType) -> i32 {
    match dtype {
        DType::Bool => 1,
        DType::I8 => 2,
        DType::I16 => 3,
        DType::I32 => 4,
        DType::I64 => 5,
        DType::U8 => 6,
        DType::U16 => 7,
        DType::U32 => 8,
        DType::U64 => 9,
        DType::F16 => 10,
        DType::F32 => 11,
        DType::F64 => 12,
        DType::C64 => 15,
        DType::BF16 => 16,
        DType::C128 => 18,
    }
}

impl Module {
    /// `f(x, y) = (x opcode y,)`.
    pub(crate) fn binary(opcode: &str, ty: &Type, alias: Option<Alias>) -> (Module, Signature) {
        let parameters = vec![ty.clone(), ty.clone()];
        let signature = Signature { parameters: parameters.clone(), results: vec![ty.clone()] };
        let module = Module { opcode: opcode.into(), parameters, operands: vec![0, 1], result: ty.clone(), alias };
        (module, signature)
    }

    /// `f(x, place) = (-x,)`, the result in `place`.
    pub(crate) fn negate_into(ty: &Type) -> Module {
        Module {
            opcode: "negate".into(),
            parameters: vec![ty.clone(), ty.clone()],
            operands: vec![0],
            result: ty.clone(),
            alias: Some(Alias::May(1)),
        }
    }

    /// `f(x) = (copy(x),)`.
    pub(crate) fn copy(ty: &Type) -> (Module, Signature) {
        let signature = Signature { parameters: vec![ty.clone()], results: vec![ty.clone()] };
        let module = Module {
            opcode: "copy".into(),
            parameters: vec![ty.clone()],
            operands: vec![0],
            result: ty.clone(),
            alias: None,
        };
        (module, signature)
    }

    /// The serialized module.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let result = shape(&self.result);
        let tuple = Shape { element_type: 13, tuple_shapes: vec![result.clone()], ..Default::default() };
        let program_shape = ProgramShape {
            parameters: self.parameters.iter().map(shape).collect(),
            result: Some(tuple.clone()),
            parameter_names: vec![String::new(); self.parameters.len()],
        };
        let mut instructions: Vec<Instruction> = (0i64..)
            .zip(&self.parameters)
            .map(|(index, ty)| Instruction {
                name: format!("p{index}"),
                opcode: "parameter".into(),
                shape: Some(shape(ty)),
                parameter_number: index,
                id: index + 1,
                operand_ids: Vec::new(),
            })
            .collect();
        instructions.push(Instruction {
            name: "operation".into(),
            opcode: self.opcode.clone(),
            shape: Some(result),
            id: 100,
            operand_ids: self.operands.iter().map(|operand| operand + 1).collect(),
            ..Default::default()
        });
        instructions.push(Instruction {
            name: "results".into(),
            opcode: "tuple".into(),
            shape: Some(tuple),
            id: 101,
            operand_ids: vec![100],
            ..Default::default()
        });
        let alias = self.alias.map(|alias| {
            let (parameter_number, kind) = match alias {
                Alias::May(parameter) => (parameter, 1),
                Alias::Must(parameter) => (parameter, 2),
            };
            let entry = AliasEntry { output_shape_index: vec![0], parameter_number, kind };
            Aliases { entries: vec![entry] }
        });
        let entry = Computation {
            name: "main".into(),
            instructions,
            program_shape: Some(program_shape.clone()),
            id: 1,
            root_id: 101,
        };
        messages::Module {
            name: "test".into(),
            entry_computation_name: "main".into(),
            computations: vec![entry],
            host_program_shape: Some(program_shape),
            id: 1,
            entry_computation_id: 1,
            input_output_alias: alias,
        }
        .encode_to_vec()
    }
}

fn shape(ty: &Type) -> Shape {
    let ndim = ty.shape.ndim() as i64;
    Shape {
        element_type: primitive(ty.dtype),
        dimensions: ty.shape.iter().map(|&extent| extent as i64).collect(),
        layout: Some(Layout { minor_to_major: (0..ndim).rev().collect() }),
        ..Default::default()
    }
}
