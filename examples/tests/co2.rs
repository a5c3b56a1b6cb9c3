//! The co2 example: its answer, what its loop costs, and what it says about a file it cannot read.

use std::path::Path;
use std::process::Command;

use hloom_examples::co2::{self, TERMS};

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/co2.csv");

/// The least-squares coefficients, as `python examples/data/co2.py lstsq examples/data/co2.csv` printed
/// them with NumPy 2.4.6, in the order and units of `TERMS`.
const LEAST_SQUARES: [f64; 9] = [
    337.72829966908137,
    1.3364203918616484,
    0.011804865399961435,
    -1.0417512440813992,
    2.564156887862408,
    0.6277686553272871,
    -0.3863552353243399,
    0.04023531557887174,
    -0.09997323502387805,
];
const RMS: f64 = 0.7512311875055981;

/// The programs that a fit compiles, at most: the start with the first rounds of the loop, some rounds
/// of the loop, and what is left at the end, however many steps there are.
const MAX_PROGRAMS: u64 = 3;
/// The operations that wait to be computed, at most.
const MAX_PENDING: u64 = 512;

fn assert_close(actual: f64, expected: f64, tolerance: f64, name: &str) {
    let error = (actual / expected - 1.0).abs();
    assert!(error < tolerance, "{name}: expected {expected}, got {actual}, a relative error of {error:.1e}");
}

#[test]
fn gradient_descent_finds_the_least_squares_answer() -> anyhow::Result<()> {
    let record = co2::load(Path::new(DATA))?;
    assert_eq!(record.ppm.len()?, 521);
    let fit = co2::fit(&record, 1000);
    let coefficients = fit.coefficients.to_vec::<f64>()?;
    assert_eq!(coefficients.len(), LEAST_SQUARES.len());
    for ((actual, expected), (name, _)) in coefficients.iter().zip(LEAST_SQUARES).zip(TERMS) {
        assert_close(*actual, expected, 1e-9, name);
    }
    assert_close(fit.rms().item()?, RMS, 1e-9, "rms");

    // The rise at mid-record is the coefficient of the line, and grows by the acceleration every year.
    let rise = fit.rise(&(&fit.middle + [0.0, 10.0])).to_vec::<f64>()?;
    assert_close(rise[0], LEAST_SQUARES[1], 1e-9, "rise at mid-record");
    assert_close(rise[1], LEAST_SQUARES[1] + 20.0 * LEAST_SQUARES[2], 1e-9, "rise ten years later");
    Ok(())
}

#[test]
fn too_few_steps_do_not_find_it() -> anyhow::Result<()> {
    let record = co2::load(Path::new(DATA))?;
    let fit = co2::fit(&record, 20);
    assert!(fit.rms().item::<f64>()? > 1.1 * RMS);
    Ok(())
}

#[test]
fn programs_and_pending_operations_do_not_grow_with_the_steps() -> anyhow::Result<()> {
    let costs = [500, 1000, 3000].map(cost_of_steps);
    for cost in costs {
        let (programs, pending) = cost?;
        assert!((1..=MAX_PROGRAMS).contains(&programs), "{programs} programs");
        assert!((1..=MAX_PENDING).contains(&pending), "{pending} pending operations");
    }
    Ok(())
}

const STEPS_VARIABLE: &str = "HLOOM_EXAMPLES_CO2_STEPS";

/// The programs that a fit compiles and the operations that wait at most, counted in a process of
/// its own: the counters are those of a process, and its tests run at the same time.
fn cost_of_steps(n_steps: usize) -> anyhow::Result<(u64, u64)> {
    let output = Command::new(std::env::current_exe()?)
        .args(["--exact", "counted_in_a_child_process", "--nocapture"])
        .env(STEPS_VARIABLE, n_steps.to_string())
        .output()?;
    anyhow::ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let stdout = String::from_utf8(output.stdout)?;
    let counts = stdout.lines().find_map(|line| line.split_once("counted: ")?.1.split_once(' '));
    let (programs, pending) = counts.ok_or_else(|| anyhow::anyhow!("no counts in {stdout}"))?;
    Ok((programs.parse()?, pending.parse()?))
}

/// Counts for [`cost_of_steps`] if the variable is set; else checks only that it is not needed here.
#[test]
fn counted_in_a_child_process() -> anyhow::Result<()> {
    let Ok(n_steps) = std::env::var(STEPS_VARIABLE) else { return Ok(()) };
    let record = co2::load(Path::new(DATA))?;
    let before = hloom::stats();
    let fit = co2::fit(&record, n_steps.parse()?);
    assert_close(fit.coefficients.get(1).item()?, LEAST_SQUARES[1], 1e-9, "rise");
    let after = hloom::stats();
    // A program that an earlier process left in the disk cache counts like one compiled here.
    let programs = after.compiles + after.disk_hits - before.compiles - before.disk_hits;
    println!("counted: {programs} {}", after.pending_peak);
    Ok(())
}

fn error_of(text: &str) -> String {
    match co2::parse(text) {
        Ok(_) => String::from("no error"),
        Err(error) => format!("{error:#}"),
    }
}

#[test]
fn a_bad_line_is_named_with_its_number() {
    let cases = [
        ("1958-03,316.1\n", "line 1: `1958-03,316.1`: expected the heading `month,ppm`"),
        ("month,ppm\n1958-03 316.1\n", "line 2: `1958-03 316.1`: expected `month,ppm`"),
        ("month,ppm\n1958-03,316.1\n195804,317.2\n", "line 3: `195804,317.2`: expected the month as yyyy-mm"),
        ("month,ppm\n1958-13,316.1\n", "line 2: `1958-13,316.1`: expected a month from 1 to 12, got 13"),
        ("month,ppm\n\n1958-03,316.1\n", "line 2: ``: expected `month,ppm`"),
        ("month,ppm\n1958-03,NaN\n", "line 2: `1958-03,NaN`: expected a finite number of ppm, got NaN"),
        (
            "month,ppm\n1958-03,316.1\n1958-04,31x.2\n",
            "line 3: `1958-04,31x.2`: expected a number of ppm after the comma: invalid float literal",
        ),
        ("month,ppm\n1958-03,316.1\n1958-04,\n", "expected at least 9 months, got 1"),
        ("", "expected at least 9 months, got 0"),
    ];
    for (text, expected) in cases {
        assert_eq!(error_of(text), expected);
    }
}

#[test]
fn a_month_without_a_value_is_left_out() -> anyhow::Result<()> {
    let mut text = String::from("month,ppm\n");
    for month in 1..=12 {
        let value = if month == 6 { String::new() } else { format!("{}", 300 + month) };
        text += &format!("1958-{month:02},{value}\n");
    }
    let record = co2::parse(&text)?;
    assert_eq!(record.year.len()?, 11);
    assert_eq!(record.ppm.get(hloom::s![4..6]).tolist()?, [305.0, 307.0]);
    assert_eq!(record.year.get(0).item::<f64>()?, 1958.0 + 0.5 / 12.0);
    Ok(())
}

#[test]
fn a_missing_file_is_named() {
    let error = co2::load(Path::new("no/such/file.csv")).map(|_| ()).unwrap_err();
    assert_eq!(error.to_string(), "cannot read no/such/file.csv");
}
