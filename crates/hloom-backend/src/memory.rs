//! How much memory the machine has, and whether arrays fit in it. Knows no device.

#[cfg(target_os = "linux")]
use std::sync::OnceLock;

use hloom_ir::Type;

use crate::{Error, ErrorKind, Result};

/// The bytes of memory and swap space together, or the largest size there is where that is unknown.
#[cfg(target_os = "linux")]
pub fn host_memory() -> usize {
    static TOTAL: OnceLock<usize> = OnceLock::new();
    *TOTAL.get_or_init(|| {
        let info = rustix::system::sysinfo();
        let units = info.totalram.saturating_add(info.totalswap);
        let bytes = units.saturating_mul(info.mem_unit.into());
        usize::try_from(bytes).unwrap_or(usize::MAX).min(isize::MAX as usize)
    })
}

/// The largest size there is: how much there is here is unknown.
#[cfg(not(target_os = "linux"))]
pub fn host_memory() -> usize {
    isize::MAX as usize
}

/// Refuses arrays that take more than `limit` bytes together, before a device tries: where the system lends more memory than it
/// has, it would end the process much later. `call` names what they are for.
///
/// # Errors
/// [`ErrorKind::OutOfMemory`].
pub fn check_memory(call: &str, types: &[Type], limit: usize) -> Result<()> {
    let total = types.iter().try_fold(0usize, |sum, ty| ty.checked_size_bytes().and_then(|size| sum.checked_add(size)));
    if total.is_some_and(|total| total <= limit) {
        return Ok(());
    }
    let types: Vec<String> = types.iter().map(Type::to_string).collect();
    let message = format!("{call}: {} does not fit in the {limit} bytes of this machine", types.join(", "));
    Err(Error::new(ErrorKind::OutOfMemory, message))
}

#[cfg(test)]
mod tests {
    use hloom_ir::{DType, Shape};

    use super::*;

    #[test]
    fn what_no_machine_holds_is_refused() {
        let ty = |extents: &[usize]| Type::new(DType::F32, Shape::from(extents));
        assert!(check_memory("allocate", &[ty(&[2]), ty(&[1])], 12).is_ok());
        let error = check_memory("allocate", &[ty(&[2]), ty(&[2])], 12).unwrap_err();
        assert_eq!(error.kind, ErrorKind::OutOfMemory);
        assert!(error.to_string().starts_with("allocate: f32[2], f32[2] does not fit in the 12 bytes"), "{error}");
        assert!(check_memory("allocate", &[ty(&[usize::MAX, 2])], usize::MAX).is_err());
    }

    #[test]
    fn every_machine_has_some() {
        assert!(host_memory() > 1 << 24);
    }
}
