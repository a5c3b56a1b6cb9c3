//! The kernels as functions that a plugin's programs call. Checks what they are called with; what they compute is
//! `hloom-kernels`' affair.

use bytemuck::Pod;
use hloom_hlo::Kernel;
use hloom_ir::DType;
use hloom_pjrt::{CallArguments, CustomCall, Device};

/// Makes all kernels known to a device. False if one is not: then its programs call none.
pub(crate) fn register(device: &Device) -> bool {
    Kernel::ALL.into_iter().all(|kernel| {
        let registered = match kernel {
            Kernel::Sort => device.register::<Sort>(),
            Kernel::Select => device.register::<Select>(),
        };
        registered.map_err(|error| tracing::debug!(%error, "programs go without kernels")).is_ok()
    })
}

/// What to do with arrays of integers of a dtype, whose type has a name in it; an error for others.
macro_rules! with_integer {
    ($dtype:expr, $integer:ident => $body:expr) => {
        with_integer!($dtype, $integer, $body; I8 i8, I16 i16, I32 i32, I64 i64, U8 u8, U16 u16, U32 u32, U64 u64)
    };
    ($dtype:expr, $integer:ident, $body:expr; $($row:ident $rust:ty),*) => {
        match $dtype {
            $(DType::$row => {
                type $integer = $rust;
                $body
            })*
            other @ (DType::Bool | DType::F16 | DType::BF16 | DType::F32 | DType::F64 | DType::C64 | DType::C128) => {
                Err(format!("expected integers, got {other}"))
            }
        }
    };
}

struct Sort;

impl CustomCall for Sort {
    const TARGET: &'static str = Kernel::Sort.target();

    fn call(arguments: &mut CallArguments<'_>) -> Result<(), String> {
        let ([operand], [keys]) = (&arguments.operands[..], &mut arguments.results[..]) else {
            return Err("expected an operand and a result".to_owned());
        };
        let [_, extent] = keys.extents[..] else { return Err("expected rows".to_owned()) };
        if let Some(operand) = operand {
            if operand.dtype != keys.dtype || operand.extents != keys.extents {
                return Err("expected a result like the operand".to_owned());
            }
            keys.bytes.copy_from_slice(operand.bytes);
        }
        with_integer!(keys.dtype, Key => {
            hloom_kernels::sort(elements_mut::<Key>(keys.bytes)?, extent);
            Ok(())
        })
    }
}

struct Select;

impl CustomCall for Select {
    const TARGET: &'static str = Kernel::Select.target();

    fn call(arguments: &mut CallArguments<'_>) -> Result<(), String> {
        let ([Some(keys), Some(positions)], [selected]) = (&arguments.operands[..], &mut arguments.results[..]) else {
            return Err("expected two operands and a result in memory of their own".to_owned());
        };
        let ([n_lines, extent], [_, n_positions]) = (&keys.extents[..], &positions.extents[..]) else {
            return Err("expected rows".to_owned());
        };
        let has_elements = *extent > 0 || selected.bytes.is_empty();
        let fits = has_elements
            && positions.dtype == DType::I64
            && positions.extents[0] == *n_lines
            && selected.dtype == keys.dtype
            && selected.extents == positions.extents;
        if !fits {
            return Err("expected as many rows of positions as of elements".to_owned());
        }
        let places = elements::<i64>(positions.bytes)?;
        with_integer!(keys.dtype, Key => {
            let (keys, selected) = (elements::<Key>(keys.bytes)?, elements_mut::<Key>(selected.bytes)?);
            hloom_kernels::select(keys, *extent, places, *n_positions, selected).map_err(|error| error.to_string())
        })
    }
}

/// Bytes as elements. No bytes lie anywhere.
fn elements<T: Pod>(bytes: &[u8]) -> Result<&[T], String> {
    if bytes.is_empty() {
        return Ok(&[]);
    }
    bytemuck::try_cast_slice(bytes).map_err(|error| error.to_string())
}

/// Bytes as elements that can be written to.
fn elements_mut<T: Pod>(bytes: &mut [u8]) -> Result<&mut [T], String> {
    if bytes.is_empty() {
        return Ok(&mut []);
    }
    bytemuck::try_cast_slice_mut(bytes).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use hloom_pjrt::CallArray;

    use super::*;

    fn array<Bytes>(dtype: DType, extents: [usize; 2], bytes: Bytes) -> CallArray<Bytes> {
        CallArray { dtype, extents: extents[..].into(), bytes }
    }

    /// Calls with arrays of int64; the result is filled before.
    fn call<C: CustomCall>(
        operands: &[([usize; 2], &[i64])],
        dtype: DType,
        extents: [usize; 2],
        result: &mut [i64],
    ) -> Result<(), String> {
        let operand = |&(extents, data): &([usize; 2], _)| {
            Some(array(DType::I64, extents, bytemuck::cast_slice::<i64, u8>(data)))
        };
        let operands = operands.iter().map(operand).collect();
        let results = std::iter::once(array(dtype, extents, bytemuck::cast_slice_mut(result))).collect();
        C::call(&mut CallArguments { operands, results })
    }

    #[test]
    fn rows_are_sorted_where_they_are_or_copied_first() {
        let mut result = [0; 6];
        call::<Sort>(&[([2, 3], &[3, -1, 2, 0, 9, 4])], DType::I64, [2, 3], &mut result).unwrap();
        assert_eq!(result, [-1, 2, 3, 0, 4, 9]);
        let results = std::iter::once(array(DType::I64, [1, 6], bytemuck::cast_slice_mut(&mut result))).collect();
        Sort::call(&mut CallArguments { operands: std::iter::once(None).collect(), results }).unwrap();
        assert_eq!(result, [-1, 0, 2, 3, 4, 9]);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let data: &[i64] = &[3, 1, 2, 0];
        let mut result = [0; 4];
        assert!(call::<Sort>(&[([1, 4], data)], DType::F64, [1, 4], &mut result).is_err());
        assert!(call::<Sort>(&[([1, 4], data)], DType::I64, [2, 2], &mut result).is_err());
        assert!(call::<Sort>(&[], DType::I64, [1, 4], &mut result).is_err());
        assert_eq!(result, [0; 4]);
        // Two rows, of which positions are given of one.
        let positions: &[i64] = &[0, 1];
        assert!(call::<Select>(&[([2, 2], data), ([1, 2], positions)], DType::I64, [1, 2], &mut result[..2]).is_err());
        assert!(call::<Select>(&[([2, 2], data)], DType::I64, [2, 1], &mut result[..2]).is_err());
        // There is no element that could be selected, and none that has to be.
        assert!(call::<Select>(&[([2, 0], &[]), ([2, 1], positions)], DType::I64, [2, 1], &mut result[..2]).is_err());
        call::<Select>(&[([0, 0], &[]), ([0, 3], &[])], DType::I64, [0, 3], &mut []).unwrap();
        call::<Sort>(&[([0, 3], &[])], DType::I64, [0, 3], &mut []).unwrap();
        call::<Select>(&[([2, 2], data), ([2, 1], positions)], DType::I64, [2, 1], &mut result[..2]).unwrap();
        assert_eq!(result, [1, 2, 0, 0]);
    }
}
