//! The table of what the backend over the `xla` crate costs beside that over plugins, from one run of one program built
//! twice: with the one and with the other. Knows not how anything is measured.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use hloom_pjrt::DeviceKind;
use serde_json::Value;

use super::environment::Environment;
use super::install;
use crate::{process, workspace};

/// How often each program is run, in turn. The least of each number is reported: whatever else the machine does makes it
/// greater.
const N_ROUNDS: usize = 5;

/// The page with the table, and what stands around it.
const PAGE: &str = "docs/src/xla-backend.md";
const BEGIN: &str = "<!-- written by `cargo xtask xla bench` -->";
const END: &str = "<!-- end of what it wrote -->";

/// The rows: what the report of a run calls it, what the page does, and the unit with its size.
const ROWS: &[(&str, &str, &str, f64)] = &[
    ("process_start", "start and end of a process that does nothing", "ms", 1e6),
    ("process_memory", "resident memory of it", "MB", 1e6),
    ("client_start", "opening the device, with loading the plugin", "ms", 1e6),
    ("open_memory", "resident memory then", "MB", 1e6),
    ("compile", "compiling a chain of 10 operations", "ms", 1e6),
    ("compile_again", "compiling it again", "ms", 1e6),
    ("tiny_execute", "running it on 4 elements", "µs", 1e3),
    ("tiny_read", "running it and reading the result", "µs", 1e3),
    ("product", "product of two 1024×1024 float32 matrices", "ms", 1e6),
    ("large_chain", "10 operations on 10 million float32", "ms", 1e6),
    ("large_read", "reading 10 million float32", "ms", 1e6),
    ("disk", "on disk", "MB", 1e6),
];

/// Builds, measures both, and writes the table.
pub(crate) fn run() -> Result<()> {
    let environment = Environment::find_or_install()?;
    let target = workspace::metadata()?.target;
    let folder = target.join("xla-bench");
    fs::create_dir_all(&folder)?;
    let mut programs = Vec::new();
    for (name, features) in [("plugin", &[][..]), ("xla", &["--features", "hloom-benches/xla"])] {
        let mut cargo = process::cargo();
        cargo.args(["build", "--release", "--package", "hloom-benches", "--bin", "backends"]).args(features);
        process::run(environment.apply(&mut cargo))?;
        // The second build replaces the first.
        let program = folder.join(name);
        fs::copy(target.join("release/backends"), &program)
            .with_context(|| format!("cannot write {}", program.display()))?;
        programs.push(program);
    }
    let mut reports = [Value::Null, Value::Null];
    for _ in 0..N_ROUNDS {
        for (program, best) in programs.iter().zip(&mut reports) {
            let text = process::output(environment.apply(&mut process::program(program)))?;
            let report = serde_json::from_str(&text).context("the benchmark printed no report")?;
            *best = least(best, report);
        }
    }
    // Looked for now, as the first program installs its plugin if there is none.
    let plugin = hloom_pjrt::find(DeviceKind::Cpu)?.path;
    let extension = install::installed()?;
    let disks = [Some(plugin), extension].map(|path| path.map_or(Value::Null, |path| size(&path).into()));
    for (report, disk) in reports.iter_mut().zip(disks) {
        report["disk"] = disk;
    }
    let table = table(&reports);
    print!("{table}");
    let page = workspace::read(PAGE)?;
    fs::write(workspace::root().join(PAGE), placed(&page, &table)?).with_context(|| format!("cannot write {PAGE}"))
}

/// The smaller of each two numbers.
fn least(best: &Value, report: Value) -> Value {
    let Value::Object(report) = report else { return report };
    let smaller = report.into_iter().map(|(key, value)| {
        let is_better = best[&key].as_f64().is_some_and(|best| value.as_f64().is_some_and(|value| best < value));
        let kept = if is_better { best[&key].clone() } else { value };
        (key, kept)
    });
    Value::Object(smaller.collect())
}

fn table(reports: &[Value]) -> String {
    let mut table = "| | PJRT plugin | `xla` crate |\n| --- | --- | --- |\n".to_owned();
    for (key, what, unit, size) in ROWS {
        let cells = reports.iter().map(|report| match report[key].as_f64() {
            Some(value) => format!("{} {unit}", rounded(value / size)),
            None => "unknown".to_owned(),
        });
        table += &format!("| {what} | {} |\n", cells.collect::<Vec<_>>().join(" | "));
    }
    table
}

/// A page with the table between the two marks.
fn placed(page: &str, table: &str) -> Result<String> {
    let parts = page.split_once(BEGIN).and_then(|(before, rest)| Some((before, rest.split_once(END)?.1)));
    let (before, after) = parts.with_context(|| format!("{PAGE} lacks the marks of the table"))?;
    Ok(format!("{before}{BEGIN}\n\n{table}\n{END}{after}"))
}

/// Three digits, and none beyond the sixth after the point.
fn rounded(value: f64) -> String {
    let exponent = format!("{value:.2e}").rsplit('e').next().and_then(|text| text.parse::<i32>().ok()).unwrap_or(0);
    let digits = if value > 0.0 { (2 - exponent).clamp(0, 6) } else { 0 };
    format!("{value:.0$}", digits.unsigned_abs() as usize)
}

/// The bytes of a file, or of all files in a folder.
fn size(path: &Path) -> u64 {
    match path.read_dir() {
        Ok(entries) => entries.flatten().map(|entry| size(&entry.path())).sum(),
        Err(_) => path.metadata().map_or(0, |metadata| metadata.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_numbers_get_to_the_page() {
        let first = least(&Value::Null, serde_json::json!({"compile": 2e6, "disk": null}));
        let both = least(&first, serde_json::json!({"compile": 3e6, "disk": null}));
        let table = table(&[both, Value::Null]);
        assert!(table.contains("| compiling a chain of 10 operations | 2.00 ms | unknown |"), "{table}");
        let page = placed(&format!("a\n{BEGIN}\nold\n{END}\nb"), "new\n").unwrap();
        assert_eq!(page, format!("a\n{BEGIN}\n\nnew\n\n{END}\nb"));
        assert!(placed("nothing", "").is_err());
    }

    #[test]
    fn numbers_have_three_digits() {
        let values = [0.0, 3.3e-5, 0.123, 1.5, 9.996, 12.34, 99.96, 1234.0];
        assert_eq!(values.map(rounded), ["0", "0.000033", "0.123", "1.50", "10.0", "12.3", "100", "1234"]);
    }
}
