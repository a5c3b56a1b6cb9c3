//! The options that XLA has to be started with, so that programs for the CPU compute what was written. Reads and changes no
//! environment.
//!
//! They are those that PJRT plugins are given with each program; here they can be given once, for the whole process. Each
//! is measured in `docs/src/decisions/0009-values-before-rewrites.md`.

/// The options and their values.
const CPU: &[(&str, &str)] = &[
    // The default drops NaN from max, min and reductions with them.
    ("xla_cpu_enable_fast_min_max", "false"),
    // The default leaves out roundings to a narrower dtype on the way.
    ("xla_allow_excess_precision", "false"),
    // The first two change values. The last compiles small loops by a code generator that lacks some functions; plugins are
    // told to leave it out for the programs that have one of these in a loop, which is not possible here.
    ("xla_disable_hlo_passes", "algsimp,constant_folding,small-while-loop-hoisting"),
];

/// `XLA_FLAGS` with all the options that it lacks, or `None` if it has them. An option that is there keeps its value.
///
/// # Errors
/// A text that says what is wrong, if the value names a file instead of options: nothing can be added to that.
pub fn completed(flags: &str) -> Result<Option<String>, String> {
    let trimmed = flags.trim_ascii();
    if !trimmed.is_empty() && !trimmed.starts_with('-') {
        return Err(format!("XLA_FLAGS names the file '{trimmed}', expected options, to which others can be added"));
    }
    let is_there = |name: &str| {
        trimmed.split_ascii_whitespace().any(|word| {
            word.strip_prefix("--").and_then(|word| word.strip_prefix(name)).is_some_and(|rest| rest.starts_with('='))
        })
    };
    let missing = CPU.iter().filter(|(name, _)| !is_there(name)).map(|(name, value)| format!("--{name}={value}"));
    let words: Vec<String> =
        Some(trimmed.to_owned()).into_iter().filter(|text| !text.is_empty()).chain(missing).collect();
    let completed = words.join(" ");
    Ok((completed != trimmed).then_some(completed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_added_once() {
        let all = completed("").unwrap().unwrap();
        assert_eq!(
            all,
            "--xla_cpu_enable_fast_min_max=false --xla_allow_excess_precision=false \
             --xla_disable_hlo_passes=algsimp,constant_folding,small-while-loop-hoisting"
        );
        assert_eq!(completed(&all), Ok(None));
        assert_eq!(completed(&format!(" {all}\n")), Ok(None));
    }

    #[test]
    fn what_was_asked_for_stays() {
        let kept = completed("--xla_dump_to=x  --xla_disable_hlo_passes=algsimp").unwrap().unwrap();
        assert!(kept.starts_with("--xla_dump_to=x  --xla_disable_hlo_passes=algsimp --xla_cpu_enable_fast"), "{kept}");
        assert_eq!(kept.matches("xla_disable_hlo_passes").count(), 1);
        // Another option whose name begins alike.
        assert!(completed("--xla_allow_excess_precision_of_others=1").unwrap().unwrap().contains("precision=false"));
    }

    #[test]
    fn a_file_is_refused() {
        assert!(completed("flags.txt").unwrap_err().contains("'flags.txt'"));
    }
}
