//! Arrays in the safetensors format: a header in JSON, then the elements.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::Path;

use hloom_ir::{DType, Shape, Type};
use safetensors::SafeTensors;
use safetensors::tensor::{Dtype, TensorView};

use super::npz::IntoNamedArrays;
use super::{failed, open, replace};
use crate::convert::from_filled;
use crate::{Error, NdArray, Result};

/// Writes arrays with names to a file in the safetensors format, which other libraries of machine learning read. A file
/// that is there is replaced once the new one is complete.
///
/// **Dtypes**: any but complex128, for which the format has no name.
///
/// # Errors
/// The error of an array in error, and what computing it reports; `TypeError` for complex128; `ValueError` for a name that
/// is given twice; `OSError` if the file cannot be written.
///
/// # Examples
/// ```
/// use hloom as np;
/// let folder = tempfile::tempdir().unwrap();
/// let path = folder.path().join("model.safetensors");
/// np::save_safetensors(&path, [("weights", np::ones((2, 3)).astype(np::bfloat16)), ("bias", np::zeros(2))])?;
/// let model = np::load_safetensors(&path)?;
/// assert_eq!((model["weights"].dtype(), model["bias"].tolist()?), (np::bfloat16, vec![0.0, 0.0].into()));
/// # Ok::<(), hloom::Error>(())
/// ```
///
/// **Source**: <https://github.com/huggingface/safetensors#format>
#[track_caller]
pub fn save_safetensors<'a, Form>(path: impl AsRef<Path>, arrays: impl IntoNamedArrays<'a, Form>) -> Result<()> {
    let path = path.as_ref();
    let subject = || format!("save_safetensors {}", path.display());
    let mut names = BTreeSet::new();
    let mut values = Vec::new();
    for (name, array) in arrays.into_named_arrays() {
        if !names.insert(name.clone()) {
            return Err(Error::value(format!("two arrays are named '{name}'")).about(subject()));
        }
        let array = array.into_array();
        let dtype = array.try_dtype()?;
        let Some(named) = name_of(dtype) else {
            return Err(Error::type_(format!("{name}: the format has no name for {dtype}")).about(subject()));
        };
        values.push((name, named, array));
    }
    crate::eval(values.iter().map(|(_, _, array)| array.clone()).collect::<Vec<NdArray>>())?;
    let mut tensors = Vec::new();
    for (name, dtype, array) in &values {
        tensors.push((name, *dtype, array.try_shape()?.to_vec(), array.bytes_for("save_safetensors")?));
    }
    let views = tensors.iter().map(|(name, dtype, shape, bytes)| {
        let view = TensorView::new(*dtype, shape.clone(), bytes).map_err(Error::internal)?;
        Ok((name.as_str(), view))
    });
    let views = views.collect::<Result<Vec<_>>>()?;
    let bytes =
        safetensors::serialize(views, None).map_err(|error| Error::value(error.to_string()).about(subject()))?;
    replace(path, |file| std::io::Write::write_all(file, &bytes))
        .map_err(|error| failed("cannot be written", error).about(subject()))
}

/// Reads the arrays of a file in the safetensors format, by name.
///
/// # Errors
/// Each names the file. `OSError` if it cannot be read or is no regular file; `ValueError` if it is not in the format;
/// `TypeError` for a dtype that the library does not have.
///
/// **Source**: <https://github.com/huggingface/safetensors#format>
#[track_caller]
pub fn load_safetensors(path: impl AsRef<Path>) -> Result<std::collections::BTreeMap<String, NdArray>> {
    let path = path.as_ref();
    let subject = || format!("load_safetensors {}", path.display());
    let mut bytes = Vec::new();
    let read = open(path).and_then(|(file, len)| file.take(len).read_to_end(&mut bytes));
    read.map_err(|error| failed("cannot be read", error).about(subject()))?;
    let tensors = SafeTensors::deserialize(&bytes).map_err(|error| Error::value(error.to_string()).about(subject()))?;
    let mut arrays = std::collections::BTreeMap::new();
    for (name, view) in tensors.tensors() {
        let Some(dtype) = dtype_of(view.dtype()) else {
            let message = format!("{name}: {:?} is no dtype of this library", view.dtype());
            return Err(Error::type_(message).about(subject()));
        };
        let shape: Shape = view.shape().iter().copied().collect();
        let ty = Type { dtype, shape: shape.checked().map_err(|error| Error::from(error).about(subject()))? };
        let data = view.data();
        if data.len() != ty.size_bytes() {
            let message = format!("{name}: expected {} bytes, got {}", ty.size_bytes(), data.len());
            return Err(Error::value(message).about(subject()));
        }
        let array = from_filled(ty, |memory| {
            memory.copy_from_slice(data);
            if dtype == DType::Bool {
                memory.iter_mut().for_each(|byte| *byte = u8::from(*byte != 0));
            }
            Ok(())
        })?;
        arrays.insert(name, array);
    }
    Ok(arrays)
}

/// The format's name of a dtype.
fn name_of(dtype: DType) -> Option<Dtype> {
    Some(match dtype {
        DType::Bool => Dtype::BOOL,
        DType::I8 => Dtype::I8,
        DType::I16 => Dtype::I16,
        DType::I32 => Dtype::I32,
        DType::I64 => Dtype::I64,
        DType::U8 => Dtype::U8,
        DType::U16 => Dtype::U16,
        DType::U32 => Dtype::U32,
        DType::U64 => Dtype::U64,
        DType::F16 => Dtype::F16,
        DType::BF16 => Dtype::BF16,
        DType::F32 => Dtype::F32,
        DType::F64 => Dtype::F64,
        DType::C64 => Dtype::C64,
        DType::C128 => return None,
    })
}

/// The dtype that a name of the format stands for.
fn dtype_of(name: Dtype) -> Option<DType> {
    DType::ALL.into_iter().find(|&dtype| name_of(dtype) == Some(name))
}
