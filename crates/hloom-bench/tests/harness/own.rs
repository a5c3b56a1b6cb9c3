//! Runs `examples/own.rs`, whose peers go wrong in several ways, and looks at what it prints and writes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use hloom_bench::analysis::Analysis;
use hloom_bench::record::{Measured, Outcome, Row, Run};
use hloom_bench::{peers, read};

/// The program, which cargo builds beside the tests.
fn program() -> Command {
    let test = std::env::current_exe().unwrap();
    let folder = test.ancestors().nth(2).unwrap();
    Command::new(folder.join("examples").join("own"))
}

/// A Python with NumPy, which is installed if need be.
fn python() -> PathBuf {
    peers::find_or_install("numpy").unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr].concat()).into_owned()
}

fn measure(arguments: &[&str], json: &Path) -> (Output, Run) {
    let mut command = program();
    command.args(["--python".as_ref(), python().as_os_str(), "--json".as_ref(), json.as_os_str()]).args(arguments);
    let output = command.output().unwrap();
    let run = read(json).unwrap_or_else(|error| panic!("{error:#}\n{}", text(&output)));
    (output, run)
}

fn side<'a>(row: &'a Row, name: &str) -> &'a Measured {
    row.sides.iter().find(|side| side.side == name).unwrap()
}

#[test]
fn a_peer_that_goes_wrong_costs_its_column_only() {
    let folder = tempfile::tempdir().unwrap();
    let (json, html) = (folder.path().join("run.json"), folder.path().join("run.html"));
    let (output, run) = measure(
        &["--filter", "mean", "--sizes", "S", "--row-time", "200ms", "--html", html.to_str().unwrap()]
            .iter()
            .copied()
            .chain(["--peers", "numpy,ndarray,candle,burn"])
            .collect::<Vec<_>>(),
        &json,
    );
    let shown = text(&output);
    assert!(output.status.success(), "{shown}");
    let [row] = run.rows.as_slice() else { panic!("{shown}") };
    for name in ["hloom", "lazy", "again", "floor", "numpy", "ndarray"] {
        let side = side(row, name);
        assert_eq!(side.outcome, Outcome::Ok, "{name}: {:?}\n{shown}", side.reason);
        assert_eq!(side.rounds.len(), row.rounds, "{name}");
        assert!(side.rounds.iter().flatten().all(|&sample| sample > 0.0), "{name}");
        assert!(side.cold_ns > side.first_ns && side.first_ns > Some(0.0), "{name}: {side:?}");
        assert!(side.peak_bytes > Some(1e6), "{name}");
    }
    assert!(side(row, "hloom").compile_ns > Some(1e5));
    let wrong = side(row, "candle");
    assert_eq!(wrong.outcome, Outcome::Wrong);
    assert!(wrong.reason.as_ref().unwrap().contains("expected 0.33"), "{wrong:?}");
    assert!(wrong.rounds.is_empty());
    let crashed = side(row, "burn");
    assert_eq!(crashed.outcome, Outcome::Failed);
    assert!(crashed.reason.as_ref().unwrap().contains("signal: 6"), "{crashed:?}");
    assert!(row.rounds >= 5 && row.bytes == Some(8.0 * 5_001.0), "{row:?}");

    let analysis = Analysis::of(&run);
    assert!(analysis.noise.is_some_and(|noise| noise > 1.0));
    assert!(analysis.rows[0].comparison("ndarray").is_some() && analysis.rows[0].comparison("candle").is_none());
    assert!(shown.contains("WRONG") && shown.contains("noise: two measurements"), "{shown}");
    let page = fs::read_to_string(&html).unwrap();
    assert!(page.contains("mean_of_squares") && page.contains("expected 0.33"));

    let again = program().args(["show", json.to_str().unwrap()]).output().unwrap();
    assert!(again.status.success() && text(&again).contains("mean_of_squares"), "{}", text(&again));
    let same = program().args(["compare", json.to_str().unwrap(), json.to_str().unwrap()]).output().unwrap();
    assert!(same.status.success() && text(&same).contains("1.00 ["), "{}", text(&same));
    slower(&json, folder.path());
}

/// A run whose times are doubled is a regression.
fn slower(json: &Path, folder: &Path) {
    let mut doubled = String::new();
    for line in fs::read_to_string(json).unwrap().lines() {
        let mut line: serde_json::Value = serde_json::from_str(line).unwrap();
        for side in line["sides"].as_array_mut().into_iter().flatten() {
            for sample in
                side["rounds"].as_array_mut().into_iter().flatten().flat_map(|round| round.as_array_mut().unwrap())
            {
                *sample = serde_json::json!(sample.as_f64().unwrap() * 20.0);
            }
        }
        doubled += &(line.to_string() + "\n");
    }
    let file = folder.join("doubled.json");
    fs::write(&file, doubled).unwrap();
    let compare = |fail: &[&str], a: &Path, b: &Path| {
        let output = program().arg("compare").args([a, b]).args(fail).output().unwrap();
        (output.status.code(), text(&output))
    };
    let (code, shown) = compare(&["--fail-on", "slower"], json, &file);
    assert!(code == Some(1) && shown.contains("slower"), "{shown}");
    assert_eq!(compare(&[], json, &file).0, Some(0));
    assert_eq!(compare(&["--fail-on", "slower"], &file, json).0, Some(0));
}

#[test]
fn what_never_ends_is_ended() {
    let folder = tempfile::tempdir().unwrap();
    let json = folder.path().join("run.json");
    let start = Instant::now();
    let limit = ["--time-limit", "25s", "--peers", "ndarray", "--row-time", "100ms"];
    let (output, run) = measure(&[&["--filter", "hangs"][..], &limit].concat(), &json);
    let shown = text(&output);
    assert!(start.elapsed() < Duration::from_secs(60), "{shown}");
    assert!(output.status.success(), "{shown}");
    assert!(run.end.is_some());
    match (run.rows.as_slice(), run.dropped.as_slice()) {
        ([row], []) => {
            assert!(side(row, "ndarray").reason.as_ref().unwrap().contains("took more than"), "{shown}");
            assert_eq!(side(row, "hloom").outcome, Outcome::Ok);
        }
        // A slow machine has no time left for the others.
        ([], [dropped]) => assert_eq!(dropped.reason, "the time was up"),
        _ => panic!("{shown}"),
    }
}

#[test]
fn an_interrupt_keeps_what_was_measured() {
    let folder = tempfile::tempdir().unwrap();
    let json = folder.path().join("run.json");
    let mut command = program();
    // The second row has a peer that never ends, and so much time to do so that only the interrupt ends it.
    command.args(["--peers", "ndarray", "--row-time", "100s"]).arg("--json").arg(&json);
    command.arg("--python").arg(python()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    let start = Instant::now();
    let n_lines = || fs::read_to_string(&json).map_or(0, |text| text.lines().count());
    while n_lines() < 2 && start.elapsed() < Duration::from_secs(200) {
        std::thread::sleep(Duration::from_millis(100));
    }
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    let shown = text(&output);
    assert_eq!(output.status.code(), Some(130), "{shown}");
    let run = read(&json).unwrap();
    assert!(run.end.as_ref().is_some_and(|end| end.interrupted), "{shown}");
    let rows: Vec<&str> = run.rows.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(rows, ["mean_of_squares"], "{shown}");
    let dropped: Vec<(&str, &str)> = run.dropped.iter().map(|row| (row.name.as_str(), row.reason.as_str())).collect();
    let reason = "the run was interrupted";
    assert_eq!(dropped, [("hangs", reason), ("mean_of_squares", reason)], "{shown}");
    assert!(shown.contains("interrupted"), "{shown}");
}

#[test]
fn what_is_asked_for_wrongly_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let broken = folder.path().join("broken.json");
    fs::write(&broken, "{\"kind\":\"session\",\"format\":99}\n").unwrap();
    let broken = broken.to_str().unwrap();
    let cases: [(&[&str], &str); 12] = [
        (&["--suite", "onw"], "there is no suite 'onw', did you mean 'own'? known: own"),
        (&["--sizes", "XXL"], "there is no size 'XXL'"),
        (&["--sizes", "0"], "a size is at least 1"),
        (&["--peers", "nunpy"], "did you mean 'numpy'?"),
        (&["--filter", "nothing of the kind"], "no benchmark is left"),
        (&["--time-limit", "soon"], "--time-limit"),
        (&["--row-time", "0s"], "--row-time"),
        (&["--threads", "0"], "--threads"),
        (&["--python", "/nonexistent/python"], "/nonexistent/python"),
        (&["--json", "/nonexistent/run.json"], "cannot write /nonexistent/run.json"),
        (&["--html", "/nonexistent/run.html"], "cannot write /nonexistent/run.html"),
        (&["--baseline", broken], "version 99 of the format"),
    ];
    for (arguments, expected) in cases {
        let output = program().args(arguments).output().unwrap();
        let shown = text(&output);
        assert!(!output.status.success() && shown.contains(expected), "{arguments:?}: {shown}");
        assert!(!shown.contains("panicked"), "{arguments:?}: {shown}");
    }
    let compared = program().args(["compare", broken, "/nonexistent"]).output().unwrap();
    assert!(!compared.status.success() && text(&compared).contains("version 99"));
}

#[test]
fn a_full_disk_is_said() {
    let output = program()
        .args(["--filter", "mean", "--sizes", "S", "--peers", "numpy", "--row-time", "50ms", "--json", "/dev/full"])
        .arg("--python")
        .arg(python())
        .output()
        .unwrap();
    let shown = text(&output);
    assert_eq!(output.status.code(), Some(1), "{shown}");
    assert!(shown.contains("cannot write /dev/full"), "{shown}");
}

#[test]
fn what_was_compiled_is_shown() {
    let output =
        program().args(["why", "mean_of_squares", "--size", "S"]).arg("--python").arg(python()).output().unwrap();
    let shown = text(&output);
    assert!(output.status.success(), "{shown}");
    for expected in
        ["with n = 5000", "hloom: operations", "HLO before optimization", "HLO after optimization", "fusions"]
    {
        assert!(shown.contains(expected), "{expected}: {shown}");
    }
    let listed = program().arg("list").output().unwrap();
    assert!(text(&listed).contains("mean_of_squares") && text(&listed).contains("S (5000)"));
}

#[test]
fn a_file_of_the_first_version_is_read() {
    let run = read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/harness/format-1.json")).unwrap();
    assert_eq!(run.session.format, 1);
    let [row] = run.rows.as_slice() else { panic!("one row was kept") };
    assert_eq!((row.name.as_str(), row.n, row.rounds), ("mean_of_squares", 5_000, 7));
    let analysis = Analysis::of(&run);
    assert!(analysis.rows[0].comparison("numpy").is_some());
    assert!(run.end.is_some());
}
