//! `hloom bench` at tiny sizes, with everything that it prints and writes. How peers go wrong is tested beside the harness.

use std::fs;
use std::path::PathBuf;

use hloom_bench::record::Outcome;
use hloom_bench::{peers, read};

use super::{check_failure, hloom, text};

/// A Python with NumPy, which is installed if need be.
fn python() -> PathBuf {
    peers::find_or_install("numpy").unwrap()
}

#[test]
fn suites_run_and_every_result_is_numpys() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let mut command = hloom(&["bench", "--suite", "products,jit,overhead", "--sizes", "16", "--row-time", "20ms"]);
    command.args(["--peers", "numpy", "--time-limit", "10m", "--filter", "m"]).arg("--python").arg(python());
    command.arg("--json").arg(file("run.json")).arg("--html").arg(file("run.html"));
    let output = command.output().unwrap();
    let shown = text(&output);
    assert!(output.status.success(), "{shown}");
    let run = read(&file("run.json")).unwrap();
    assert!(run.dropped.is_empty() && run.rows.len() >= 10, "{shown}");
    for row in &run.rows {
        for side in &row.sides {
            let name = format!("{} {}: {:?}", row.name, side.side, side.reason);
            // What measures itself has nothing to compare.
            let expected = if row.suite == "overhead" { Outcome::Unchecked } else { Outcome::Ok };
            assert_eq!(side.outcome, expected, "{name}");
            assert!(side.rounds.iter().flatten().all(|sample| *sample > 0.0) && !side.rounds.is_empty(), "{name}");
        }
    }
    assert!(shown.contains("np.matmul(m, m)") && shown.contains("noise:"), "{shown}");
    assert!(fs::read_to_string(file("run.html")).unwrap().contains("np.matmul(m, m)"));

    let mut show = hloom(&["bench", "show"]);
    show.arg(file("run.json")).arg("--markdown").arg(file("run.md"));
    assert!(show.output().unwrap().status.success());
    let page = fs::read_to_string(file("run.md")).unwrap();
    assert!(page.contains("| `np.matmul(m, m)` | 16 |") && page.contains("| numpy | **"), "{page}");
}

#[test]
fn suites_and_peers_are_listed() {
    let listed = text(&hloom(&["bench", "list"]).output().unwrap());
    for expected in ["programs:", "scaling:", "np.sum(x)", "nbody", "jax-reuse", "ndarray"] {
        assert!(listed.contains(expected), "{expected}: {listed}");
    }
    check_failure(&mut hloom(&["bench", "--suite", "program"]), "did you mean 'programs'?");
    check_failure(&mut hloom(&["bench", "why", "np.summ(x)"]), "did you mean 'np.sum(x)'?");
}
