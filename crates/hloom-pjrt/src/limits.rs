//! How much memory the machine has. Knows nothing about who uses it.

use std::sync::OnceLock;

/// The bytes of memory and swap space together, or the largest size there is where that is unknown.
pub(crate) fn host_memory() -> usize {
    static TOTAL: OnceLock<usize> = OnceLock::new();
    *TOTAL.get_or_init(|| {
        let known = std::fs::read_to_string("/proc/meminfo").ok().and_then(|text| parse(&text));
        known.unwrap_or(isize::MAX as usize)
    })
}

/// The sum of the two totals of `/proc/meminfo`, which are in KiB.
fn parse(text: &str) -> Option<usize> {
    let total = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name))?;
        line.split_whitespace().next()?.parse::<usize>().ok()
    };
    total("MemTotal:")?.checked_add(total("SwapTotal:").unwrap_or(0))?.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_are_added() {
        let text = "MemTotal:       100 kB\nMemFree: 7 kB\nSwapTotal:  20 kB\n";
        assert_eq!(parse(text), Some(120 * 1024));
        assert_eq!(parse("MemFree: 7 kB"), None);
        assert!(host_memory() > 1 << 24);
    }
}
