//! HLO text of a module, as XLA prints it. Knows messages only, so that what is shown is what is sent.
//!
//! **Source**: [HLO syntax](https://openxla.org/xla/operation_semantics) and `HloModule::ToString`.

use std::collections::HashMap;
use std::fmt::{Display, Write};

use prost::Message;

use crate::proto::{
    HloComputationProto, HloInstructionProto, HloModuleProto, LiteralProto, OpMetadata, ProgramShapeProto, ShapeProto,
};
use crate::types::{TUPLE, dtype_of, primitive_name};
use crate::{Error, Result};

/// The text of a serialized `HloModuleProto`, such as a compiler returns. Fields that lowering does not write are
/// left out.
///
/// # Errors
/// [`Error::Malformed`] if the bytes are not such a message.
pub fn module_text(bytes: &[u8]) -> Result<String> {
    HloModuleProto::decode(bytes).map(|proto| module(&proto)).map_err(|error| Error::Malformed(error.to_string()))
}

/// The text of a module: its header, then every computation, the entry marked.
pub(crate) fn module(module: &HloModuleProto) -> String {
    let mut text = format!("HloModule {}", module.name);
    if let Some(alias) = module.input_output_alias.as_ref().filter(|alias| !alias.entries.is_empty()) {
        let entries = alias.entries.iter().map(|entry| {
            let kind = if entry.kind == 2 { "must-alias" } else { "may-alias" };
            let index = |path: &[i64]| join(path);
            format!(
                "{{{}}}: ({}, {{{}}}, {kind})",
                index(&entry.output_shape_index),
                entry.parameter_number,
                index(&entry.parameter_shape_index)
            )
        });
        text.push_str(&format!(", input_output_alias={{ {} }}", join_with(entries, ", ")));
    }
    if let Some(shape) = &module.host_program_shape {
        text.push_str(&format!(", entry_computation_layout={{{}}}", signature(shape)));
    }
    text.push('\n');
    let names: HashMap<i64, &str> = module.computations.iter().map(|c| (c.id, c.name.as_str())).collect();
    for computation in &module.computations {
        let entry = if computation.id == module.entry_computation_id { "ENTRY " } else { "" };
        text.push_str(&format!("\n{entry}%{}", computation.name));
        body(&mut text, computation, &names);
    }
    text
}

fn body(text: &mut String, computation: &HloComputationProto, computations: &HashMap<i64, &str>) {
    if let Some(shape) = &computation.program_shape {
        let parameters = shape.parameter_names.iter().zip(&shape.parameters);
        let parameters =
            join_with(parameters.map(|(name, shape)| format!("{name}: {}", shape_text(shape, false))), ", ");
        let result = shape.result.as_ref().map(|shape| shape_text(shape, false)).unwrap_or_default();
        text.push_str(&format!(" ({parameters}) -> {result}"));
    }
    text.push_str(" {\n");
    let names: HashMap<i64, &str> = computation.instructions.iter().map(|i| (i.id, i.name.as_str())).collect();
    for instruction in &computation.instructions {
        let root = if instruction.id == computation.root_id { "ROOT " } else { "" };
        let shape = ShapeProto::decode(&*instruction.shape);
        let shape = shape.map_or_else(|_| "invalid".to_owned(), |shape| shape_text(&shape, true));
        let operands = match &instruction.literal {
            Some(literal) if literal.shape.as_ref().is_some_and(|shape| !shape.dimensions.is_empty()) => {
                "{...}".to_owned()
            }
            Some(literal) => literal_text(literal),
            None if instruction.opcode == "parameter" => instruction.parameter_number.to_string(),
            None => join_with(instruction.operand_ids.iter().map(|id| reference(&names, *id)), ", "),
        };
        text.push_str(&format!("  {root}%{} = {shape} {}({operands})", instruction.name, instruction.opcode));
        for attribute in attributes(instruction, computations) {
            text.push_str(&format!(", {attribute}"));
        }
        text.push('\n');
    }
    text.push_str("}\n");
}

/// What an instruction says beside its opcode, shape and operands.
fn attributes(instruction: &HloInstructionProto, computations: &HashMap<i64, &str>) -> Vec<String> {
    let mut list = Vec::new();
    let braced = |values: &[i64]| format!("{{{}}}", join(values));
    match instruction.opcode.as_str() {
        "iota" => list.push(format!("iota_dimension={}", join(&instruction.dimensions))),
        "broadcast" | "reduce" | "transpose" | "concatenate" | "reverse" | "sort" => {
            list.push(format!("dimensions={}", braced(&instruction.dimensions)));
            list.extend(instruction.is_stable.then(|| "is_stable=true".to_owned()));
        }
        "fusion" => list.push(format!("kind={}", instruction.fusion_kind)),
        "custom-call" => list.push(format!("custom_call_target=\"{}\"", instruction.custom_call_target)),
        "get-tuple-element" => list.push(format!("index={}", instruction.tuple_index)),
        "compare" => list.push(format!("direction={}", instruction.comparison_direction)),
        _ => {}
    }
    if !instruction.slice_dimensions.is_empty() {
        let ranges = instruction.slice_dimensions.iter().map(|range| match range.stride {
            1 => format!("[{}:{}]", range.start, range.limit),
            stride => format!("[{}:{}:{stride}]", range.start, range.limit),
        });
        list.push(format!("slice={{{}}}", join_with(ranges, ", ")));
    }
    if !instruction.dynamic_slice_sizes.is_empty() {
        list.push(format!("dynamic_slice_sizes={}", braced(&instruction.dynamic_slice_sizes)));
    }
    if let Some(padding) = &instruction.padding_config {
        let axes = padding.dimensions.iter().map(|axis| match axis.interior_padding {
            0 => format!("{}_{}", axis.edge_padding_low, axis.edge_padding_high),
            interior => format!("{}_{}_{interior}", axis.edge_padding_low, axis.edge_padding_high),
        });
        list.push(format!("padding={}", join_with(axes, "x")));
    }
    if let Some(dims) = &instruction.dot_dimension_numbers {
        for (name, axes) in [
            ("lhs_batch_dims", &dims.lhs_batch_dimensions),
            ("lhs_contracting_dims", &dims.lhs_contracting_dimensions),
            ("rhs_batch_dims", &dims.rhs_batch_dimensions),
            ("rhs_contracting_dims", &dims.rhs_contracting_dimensions),
        ] {
            if !axes.is_empty() {
                list.push(format!("{name}={}", braced(axes)));
            }
        }
    }
    if let Some(precision) = &instruction.precision_config {
        let names = precision.operand_precision.iter().map(|&precision| match precision {
            0 => "default",
            1 => "high",
            _ => "highest",
        });
        list.push(format!("operand_precision={{{}}}", join_with(names, ",")));
    }
    if let Some(dims) = &instruction.gather_dimension_numbers {
        list.push(format!("offset_dims={}", braced(&dims.offset_dims)));
        list.push(format!("collapsed_slice_dims={}", braced(&dims.collapsed_slice_dims)));
        list.push(format!("start_index_map={}", braced(&dims.start_index_map)));
        list.push(format!("index_vector_dim={}", dims.index_vector_dim));
        list.push(format!("slice_sizes={}", braced(&instruction.gather_slice_sizes)));
    }
    if let Some(dims) = &instruction.scatter_dimension_numbers {
        list.push(format!("update_window_dims={}", braced(&dims.update_window_dims)));
        list.push(format!("inserted_window_dims={}", braced(&dims.inserted_window_dims)));
        list.push(format!("scatter_dims_to_operand_dims={}", braced(&dims.scatter_dims_to_operand_dims)));
        list.push(format!("index_vector_dim={}", dims.index_vector_dim));
    }
    match (instruction.opcode.as_str(), instruction.called_computation_ids.as_slice()) {
        ("while", [body, condition]) => {
            list.push(format!(
                "condition={}, body={}",
                reference(computations, *condition),
                reference(computations, *body)
            ));
        }
        ("conditional", ids) => {
            let names = ids.iter().map(|id| reference(computations, *id));
            list.push(format!("branch_computations={{{}}}", join_with(names, ", ")));
        }
        ("fusion" | "call", ids) => {
            list.extend(ids.iter().map(|id| format!("calls={}", reference(computations, *id))));
        }
        (_, ids) => list.extend(ids.iter().map(|id| format!("to_apply={}", reference(computations, *id)))),
    }
    // A compiler leaves empty metadata on what it adds.
    if let Some(metadata) = OpMetadata::decode(&*instruction.metadata).ok().filter(|found| !found.op_type.is_empty()) {
        list.push(format!(
            "metadata={{op_type=\"{}\" op_name=\"{}\" source_file=\"{}\" source_line={}}}",
            metadata.op_type, metadata.op_name, metadata.source_file, metadata.source_line
        ));
    }
    list
}

fn signature(shape: &ProgramShapeProto) -> String {
    let parameters = join_with(shape.parameters.iter().map(|shape| shape_text(shape, true)), ", ");
    let result = shape.result.as_ref().map(|shape| shape_text(shape, true)).unwrap_or_default();
    format!("({parameters})->{result}")
}

fn shape_text(shape: &ShapeProto, with_layout: bool) -> String {
    if shape.element_type == TUPLE {
        let parts = shape.tuple_shapes.iter().map(|part| shape_text(part, with_layout));
        return format!("({})", join_with(parts, ", "));
    }
    let name = dtype_of(shape.element_type).map_or("invalid", primitive_name);
    let layout = match &shape.layout {
        Some(layout) if with_layout && !layout.minor_to_major.is_empty() => {
            format!("{{{}}}", join(&layout.minor_to_major))
        }
        _ => String::new(),
    };
    format!("{name}[{}]{layout}", join(&shape.dimensions))
}

/// The element of a 0-d literal.
fn literal_text(literal: &LiteralProto) -> String {
    use half::{bf16, f16};
    let element = || {
        let pair = |bytes: &[u8]| -> Option<[u8; 2]> { bytes.try_into().ok() };
        let complex = |parts: (String, String)| format!("({}, {})", parts.0, parts.1);
        None.or_else(|| literal.preds.first().map(bool::to_string))
            .or_else(|| literal.u8s.first().map(u8::to_string))
            .or_else(|| literal.s8s.first().map(|&byte| byte.cast_signed().to_string()))
            .or_else(|| pair(&literal.s16s).map(|bytes| i16::from_le_bytes(bytes).to_string()))
            .or_else(|| pair(&literal.u16s).map(|bytes| u16::from_le_bytes(bytes).to_string()))
            .or_else(|| pair(&literal.f16s).map(|bytes| float(f16::from_le_bytes(bytes))))
            .or_else(|| pair(&literal.bf16s).map(|bytes| float(bf16::from_le_bytes(bytes))))
            .or_else(|| literal.s32s.first().map(i32::to_string))
            .or_else(|| literal.s64s.first().map(i64::to_string))
            .or_else(|| literal.u32s.first().map(u32::to_string))
            .or_else(|| literal.u64s.first().map(u64::to_string))
            .or_else(|| literal.f32s.first().map(float))
            .or_else(|| literal.f64s.first().map(float))
            .or_else(|| literal.c64s.first().zip(literal.c64s.get(1)).map(|(re, im)| complex((float(re), float(im)))))
            .or_else(|| literal.c128s.first().zip(literal.c128s.get(1)).map(|(re, im)| complex((float(re), float(im)))))
    };
    element().unwrap_or_else(|| "invalid".to_owned())
}

/// A float in XLA's spelling of infinities and NaN.
fn float(value: impl Display) -> String {
    value.to_string().to_lowercase()
}

fn reference(names: &HashMap<i64, &str>, id: i64) -> String {
    format!("%{}", names.get(&id).copied().unwrap_or("invalid"))
}

fn join(values: &[i64]) -> String {
    join_with(values, ",")
}

fn join_with<T: Display>(values: impl IntoIterator<Item = T>, separator: &str) -> String {
    let mut text = String::new();
    for (idx, value) in values.into_iter().enumerate() {
        if idx > 0 {
            text.push_str(separator);
        }
        // Writing to a string does not fail.
        let _ = write!(text, "{value}");
    }
    text
}
