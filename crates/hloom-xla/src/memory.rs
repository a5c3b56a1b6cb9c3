//! How much memory arrays take, and how much there is. Knows no device.

use std::sync::OnceLock;

use hloom_backend::{Error, ErrorKind, Result};
use hloom_ir::Type;

/// Refuses arrays that take more than `limit` bytes together, before XLA tries: where the system lends more memory than it
/// has, it would end the process much later.
pub(crate) fn check(call: &str, types: &[Type], limit: usize) -> Result<()> {
    let total = types.iter().try_fold(0usize, |sum, ty| ty.checked_size_bytes().and_then(|size| sum.checked_add(size)));
    if total.is_some_and(|total| total <= limit) {
        return Ok(());
    }
    let types: Vec<String> = types.iter().map(Type::to_string).collect();
    let message = format!("{call}: {} does not fit in the {limit} bytes of this machine", types.join(", "));
    Err(Error::new(ErrorKind::OutOfMemory, message))
}

/// The machine's bytes of memory and swap space together, or the largest size there is where that is unknown.
pub(crate) fn of_host() -> usize {
    static TOTAL: OnceLock<usize> = OnceLock::new();
    *TOTAL.get_or_init(|| {
        let known = std::fs::read_to_string("/proc/meminfo").ok().and_then(|text| total(&text));
        known.unwrap_or(isize::MAX as usize)
    })
}

/// The sum of the two totals of `/proc/meminfo`, which are in KiB.
fn total(text: &str) -> Option<usize> {
    let find = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name))?;
        line.split_whitespace().next()?.parse::<usize>().ok()
    };
    find("MemTotal:")?.checked_add(find("SwapTotal:").unwrap_or(0))?.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use hloom_ir::{DType, Shape};

    use super::*;

    #[test]
    fn what_no_machine_holds_is_refused() {
        let ty = |extents: &[usize]| Type::new(DType::F32, Shape::from(extents));
        assert!(check("allocate", &[ty(&[2]), ty(&[1])], 12).is_ok());
        let error = check("allocate", &[ty(&[2]), ty(&[2])], 12).unwrap_err();
        assert_eq!(error.kind, ErrorKind::OutOfMemory);
        assert!(error.to_string().starts_with("allocate: f32[2], f32[2] does not fit in the 12 bytes"), "{error}");
    }

    #[test]
    fn totals_are_added() {
        assert_eq!(total("MemTotal:       100 kB\nMemFree: 7 kB\nSwapTotal:  20 kB\n"), Some(120 * 1024));
        assert_eq!(total("MemFree: 7 kB"), None);
    }
}
