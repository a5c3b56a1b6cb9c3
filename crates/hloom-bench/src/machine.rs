//! Where a run takes place: the machine, the commit, what in the environment changes how fast something is, and what makes
//! figures less sure. Knows nothing of benchmarks.

use std::collections::BTreeMap;
use std::fs::read_to_string;
use std::process::{Command, Stdio};
use std::time::SystemTime;

use crate::record::{FORMAT, Session};

/// Beginnings of the names of variables that change how fast something is.
const VARIABLES: [&str; 13] = [
    "HLOOM",
    "JAX_",
    "KMP_",
    "LD_PRELOAD",
    "MALLOC_",
    "MKL_",
    "NPY_",
    "NUMEXPR_",
    "OMP_",
    "OPENBLAS_",
    "RAYON_",
    "TF_",
    "XLA_",
];

/// The load for each core above which a machine does other things too.
const BUSY: f64 = 0.3;

/// The first line of a run, but for the sides.
pub(crate) fn session(command: Vec<String>) -> Session {
    let machine = machine();
    let warnings = warnings(&machine);
    Session {
        format: FORMAT,
        started: timestamp(SystemTime::now()),
        command,
        hloom: env!("CARGO_PKG_VERSION").into(),
        commit: commit(),
        environment: environment(),
        machine,
        warnings,
        ..Session::default()
    }
}

fn machine() -> BTreeMap<String, String> {
    let first_field = |file: &str, name: &str| {
        let content = read_to_string(file).ok()?;
        let line = content.lines().find(|line| line.split(':').next().is_some_and(|field| field.trim() == name))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    };
    let line = |file: &str| read_to_string(file).ok().map(|content| content.trim().to_owned());
    let cores = std::thread::available_parallelism().ok().map(|cores| cores.to_string());
    let load = line("/proc/loadavg").and_then(|load| load.split(' ').next().map(str::to_owned));
    let memory = first_field("/proc/meminfo", "MemTotal")
        .and_then(|kib| kib.strip_suffix("kB")?.trim().parse::<f64>().ok())
        .map(|kib| format!("{:.1} GiB", kib / f64::from(1 << 20)));
    let facts = [
        ("cpu", first_field("/proc/cpuinfo", "model name")),
        ("cores", cores),
        ("memory", memory),
        ("governor", line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")),
        ("kernel", line("/proc/sys/kernel/osrelease")),
        ("huge pages", line("/sys/kernel/mm/transparent_hugepage/enabled")),
        ("load", load),
    ];
    facts.into_iter().filter_map(|(name, fact)| Some((name.to_owned(), fact?))).collect()
}

fn warnings(machine: &BTreeMap<String, String>) -> Vec<String> {
    let mut warnings = Vec::new();
    let number = |name: &str| machine.get(name).and_then(|text| text.parse::<f64>().ok());
    if let (Some(load), Some(cores)) = (number("load"), number("cores"))
        && load > BUSY * cores
    {
        warnings.push(format!("the machine was busy when the run began: a load of {load} on {cores} cores"));
    }
    if let Some(governor) = machine.get("governor").filter(|governor| *governor != "performance") {
        warnings.push(format!("the processor's governor is '{governor}', which changes its frequency"));
    }
    warnings
}

fn environment() -> BTreeMap<String, String> {
    let text = |text: std::ffi::OsString| text.to_string_lossy().into_owned();
    let variables = std::env::vars_os().map(|(name, value)| (text(name), text(value)));
    variables.filter(|(name, _)| VARIABLES.iter().any(|prefix| name.starts_with(prefix))).collect()
}

fn commit() -> Option<String> {
    let git = |arguments: &[&str]| {
        let output = Command::new("git").args(arguments).stderr(Stdio::null()).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    let commit = git(&["rev-parse", "--short=12", "HEAD"])?;
    let is_changed = git(&["status", "--porcelain", "--untracked-files=no"]).is_none_or(|changes| !changes.is_empty());
    Some(if is_changed { commit + "-dirty" } else { commit })
}

/// A time in UTC, as `2026-01-31T12:00:00Z`, by the algorithm for
/// [days of the civil calendar](https://howardhinnant.github.io/date_algorithms.html#civil_from_days).
fn timestamp(time: SystemTime) -> String {
    let seconds = time.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", second / 3600, second / 60 % 60, second % 60)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn times_are_dates() {
        let at = |seconds| timestamp(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds));
        assert_eq!(at(0), "1970-01-01T00:00:00Z");
        assert_eq!(at(951_782_400), "2000-02-29T00:00:00Z");
        assert_eq!(at(1_767_225_599), "2025-12-31T23:59:59Z");
    }

    #[test]
    fn a_busy_machine_is_warned_of() {
        let machine = |load: &str, governor: &str| {
            warnings(&BTreeMap::from([
                ("load".into(), load.into()),
                ("cores".into(), "2".into()),
                ("governor".into(), governor.into()),
            ]))
        };
        assert_eq!(machine("0.1", "performance"), Vec::<String>::new());
        assert!(machine("1.5", "performance")[0].contains("1.5 on 2 cores"));
        assert!(machine("0.1", "powersave")[0].contains("powersave"));
    }
}
