//! Arrays between host and device. Knows which element type of the `xla` crate a dtype is, and which of its functions can
//! read one.

use bytemuck::Pod;
use hloom_ir::{DType, Type};
use xla::{ArrayElement, ElementType, PjRtBuffer, PjRtClient};

/// Copies host bytes, as many as the type has, to a client's first device.
pub(crate) fn upload(client: &PjRtClient, bytes: &[u8], ty: &Type) -> xla::Result<PjRtBuffer> {
    client.buffer_from_host_raw_bytes(element_type(ty.dtype), bytes, &ty.shape, None)
}

/// Waits for a buffer's value and lends a copy of its bytes, dense and row-major.
pub(crate) fn read(buffer: &PjRtBuffer, ty: &Type, reader: &mut dyn FnMut(&[u8])) -> xla::Result<()> {
    // Words, so that the bytes are aligned for every dtype.
    let mut words = vec![0u64; ty.size_bytes().div_ceil(size_of::<u64>())];
    match ty.dtype {
        DType::I8 => copy::<i8>(buffer, ty, &mut words)?,
        DType::I16 => copy::<i16>(buffer, ty, &mut words)?,
        DType::I32 => copy::<i32>(buffer, ty, &mut words)?,
        DType::I64 => copy::<i64>(buffer, ty, &mut words)?,
        DType::U8 => copy::<u8>(buffer, ty, &mut words)?,
        DType::U16 => copy::<u16>(buffer, ty, &mut words)?,
        DType::U32 => copy::<u32>(buffer, ty, &mut words)?,
        DType::U64 => copy::<u64>(buffer, ty, &mut words)?,
        DType::F32 => copy::<f32>(buffer, ty, &mut words)?,
        DType::F64 => copy::<f64>(buffer, ty, &mut words)?,
        // The crate has no elements on the host for these: what it names so has no size, and reading into it would write
        // where nothing is. A literal has them as bytes, which takes a second copy.
        DType::Bool | DType::F16 | DType::BF16 | DType::C64 | DType::C128 => {
            let bytes: &mut [u8] = bytemuck::cast_slice_mut(&mut words);
            buffer.to_literal_sync()?.copy_untyped_to(&mut bytes[..ty.size_bytes()])?;
        }
    }
    let bytes: &[u8] = bytemuck::cast_slice(&words);
    reader(&bytes[..ty.size_bytes()]);
    Ok(())
}

/// Copies the elements of a buffer to the beginning of `words`.
fn copy<T: ArrayElement + Pod>(buffer: &PjRtBuffer, ty: &Type, words: &mut [u64]) -> xla::Result<()> {
    let elements: &mut [T] = bytemuck::cast_slice_mut(words);
    buffer.copy_raw_to_host_sync(&mut elements[..ty.shape.size()], 0)
}

/// Waits for a buffer's value.
pub(crate) fn wait(buffer: &PjRtBuffer, ty: &Type) -> xla::Result<()> {
    // Copying no element takes no time, once there is a value to be copied.
    fn copy_nothing<T: ArrayElement>(buffer: &PjRtBuffer) -> xla::Result<()> {
        buffer.copy_raw_to_host_sync::<T>(&mut [], 0)
    }
    match ty.dtype {
        DType::I8 => copy_nothing::<i8>(buffer),
        DType::I16 => copy_nothing::<i16>(buffer),
        DType::I32 => copy_nothing::<i32>(buffer),
        DType::I64 => copy_nothing::<i64>(buffer),
        DType::U8 => copy_nothing::<u8>(buffer),
        DType::U16 => copy_nothing::<u16>(buffer),
        DType::U32 => copy_nothing::<u32>(buffer),
        DType::U64 => copy_nothing::<u64>(buffer),
        DType::F16 => copy_nothing::<xla::F16>(buffer),
        DType::BF16 => copy_nothing::<xla::Bf16>(buffer),
        DType::F32 => copy_nothing::<f32>(buffer),
        DType::F64 => copy_nothing::<f64>(buffer),
        DType::Bool | DType::C64 | DType::C128 => buffer.to_literal_sync().map(|_| ()),
    }
}

/// The crate's name for a dtype.
const fn element_type(dtype: DType) -> ElementType {
    match dtype {
        DType::Bool => ElementType::Pred,
        DType::I8 => ElementType::S8,
        DType::I16 => ElementType::S16,
        DType::I32 => ElementType::S32,
        DType::I64 => ElementType::S64,
        DType::U8 => ElementType::U8,
        DType::U16 => ElementType::U16,
        DType::U32 => ElementType::U32,
        DType::U64 => ElementType::U64,
        DType::F16 => ElementType::F16,
        DType::BF16 => ElementType::Bf16,
        DType::F32 => ElementType::F32,
        DType::F64 => ElementType::F64,
        DType::C64 => ElementType::C64,
        DType::C128 => ElementType::C128,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_have_the_same_size_everywhere() {
        for dtype in DType::ALL {
            assert_eq!(element_type(dtype).element_size_in_bytes(), dtype.size(), "{dtype:?}");
        }
    }
}
