//! An invented run with everything that a page has to show: several suites and sizes, each verdict, each outcome, names
//! that are long or look like markup. The figures are drawn at random from a seed, and mean nothing.

use std::collections::BTreeMap;

use fastrand::Rng;

use hloom_bench::record::{Dropped, End, FORMAT, Measured, Outcome, Roofline, Row, Run, Session, Side};
use hloom_bench::{Budget, Limit, Unit};

/// A name that would be run if it were not escaped.
pub(crate) const MARKUP: &str = "<script>document.title='run'</script>";

/// The peers, each with what a call costs and what an element costs it, both in nanoseconds.
const PEERS: [(&str, f64, f64); 6] = [
    ("numpy", 900.0, 0.9),
    ("jax", 9_000.0, 0.55),
    ("jax.jit", 4_200.0, 0.34),
    ("ndarray", 60.0, 0.8),
    ("candle-core", 350.0, 1.4),
    (MARKUP, 2_000.0, 0.35),
];

/// The run.
pub(crate) fn run() -> Run {
    let mut maker = Maker { rng: Rng::with_seed(11), noise: 0.012 };
    let mut rows = Vec::new();
    maker.overhead(&mut rows);
    maker.elementwise(&mut rows);
    maker.programs(&mut rows);
    maker.scaling(&mut rows);
    let dropped = |name: &str, size: &str, reason: &str| Dropped {
        suite: "programs".into(),
        name: name.into(),
        size: size.into(),
        reason: reason.into(),
    };
    Run {
        session: session(),
        rows,
        dropped: vec![
            dropped("cavity_flow", "L", "the time limit of 20 min was reached"),
            dropped("resnet", "L", "its inputs need 31.4 GiB, and 24 GiB are allowed"),
        ],
        end: Some(End { seconds: 1_163.4, interrupted: false }),
    }
}

fn texts(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|&(key, value)| (key.to_owned(), value.to_owned())).collect()
}

fn session() -> Session {
    let side = |name: &str, version: &str, details: &[(&str, &str)]| Side {
        name: name.into(),
        version: Some(version.into()),
        details: texts(details),
        missing: None,
    };
    let missing =
        |name: &str, reason: &str| Side { name: name.into(), missing: Some(reason.into()), ..Side::default() };
    Session {
        format: FORMAT,
        started: "2026-01-31T12:04:31Z".into(),
        command: "hloom bench --suite programs,overhead,elementwise,scaling --peers numpy,jax,ndarray --time-limit 20m --html report.html --filter"
            .split(' ')
            .map(str::to_owned)
            .chain(["not resnet & <co>".to_owned()])
            .collect(),
        hloom: "0.1.0".into(),
        commit: Some("aadffb7e0c1f0c5a7d3d7f0a3f1b2c4d5e6f7a8b-dirty".into()),
        machine: texts(&[
            ("cpu", "AMD EPYC 9B45 128-Core Processor"),
            ("cores", "2 of 2 online, 1 thread a core"),
            ("memory", "24 GiB"),
            ("governor", "performance"),
            ("kernel", "Linux 6.12.9"),
            ("load", "0.31 0.40 0.38"),
        ]),
        environment: texts(&[
            ("OMP_NUM_THREADS", "2"),
            ("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=true --xla_force_host_platform_device_count=1"),
        ]),
        sides: vec![
            side("hloom", "0.1.0", &[("plugin", "pjrt_c_api_cpu_plugin 0.9.1"), ("threads", "2")]),
            side("lazy", "0.1.0", &[]),
            side("again", "0.1.0", &[]),
            side("floor", "0.1.0", &[]),
            side("numpy", "2.4.6", &[("blas", "OpenBLAS 0.3.30, kernel SkylakeX, 2 threads"), ("simd", "AVX512_SPR")]),
            side("jax", "0.9.0", &[("backend", "cpu"), ("x64", "on")]),
            side("jax.jit", "0.9.0", &[("backend", "cpu"), ("x64", "on")]),
            side("ndarray", "0.16.1", &[("features", "std")]),
            side("candle-core", "0.9.1", &[]),
            side(MARKUP, "1 & 2", &[("<b>bold</b>", "\"quoted\" & 'so on'")]),
            missing("torch", "there is no module named torch in /usr/bin/python3; `hloom bench peers --install` installs it"),
            missing("mlx", "mlx has no build for this machine"),
        ],
        roofline: Some(Roofline { bytes_per_second: 31.4e9, flops_f32: 212.0e9, flops_f64: 105.5e9 }),
        warnings: vec![
            "the load was 1.4 at the start: something else is running".into(),
            format!("a warning with {MARKUP}"),
        ],
    }
}

/// Makes rows, with samples that wobble.
struct Maker {
    rng: Rng,
    noise: f64,
}

impl Maker {
    fn measured(&mut self, side: &str, time: f64) -> Measured {
        let per_side = (self.rng.f64() - 0.5) * 0.01;
        let rounds = (0..15).map(|_| {
            let round = (self.rng.f64() + self.rng.f64() - 1.0) * self.noise + per_side;
            let samples = (0..4).map(|_| {
                let slow = if self.rng.u8(..) < 5 { 0.3 } else { 0.0 };
                time * (1.0 + round + slow + self.rng.f64() * self.noise * 0.6)
            });
            samples.collect()
        });
        let rounds = rounds.collect();
        let compiles = ["hloom", "lazy", "jax", "jax.jit", MARKUP].contains(&side);
        Measured {
            side: side.into(),
            cold_ns: Some(if compiles { 420e6 } else { 95e6 } * (0.9 + 0.2 * self.rng.f64())),
            compile_ns: compiles.then(|| 31e6 * (0.5 + self.rng.f64())),
            first_ns: Some(time + if compiles { 33e6 } else { 2e3 }),
            peak_bytes: Some(61e6 + 1_000.0 * time.sqrt()),
            inner: ((1e5 / time) as usize).max(1),
            rounds,
            ..Measured::default()
        }
    }

    /// A row with hloom's own sides and all peers. Hloom takes `call` and `element` nanoseconds.
    fn row(&mut self, suite: &str, name: &str, size: &str, n: usize, call: f64, element: f64) -> Row {
        let time = call + element * n as f64;
        let mut sides = vec![
            self.measured("hloom", time),
            self.measured("lazy", time + 1_900.0),
            self.measured("again", time),
            self.measured("floor", time * 0.985 - call * 0.12),
        ];
        for (peer, peer_call, peer_element) in PEERS {
            let (call, element) = (self.rng.f64() * 0.6 + 0.7, self.rng.f64() * 1.1 + 0.45);
            sides.push(self.measured(peer, peer_call * call + peer_element * element * n as f64));
        }
        let bytes = 16.0 * n as f64;
        Row {
            suite: suite.into(),
            name: name.into(),
            about: format!("{name} of n numbers, each of them made from a seed"),
            size: size.into(),
            n,
            inputs: vec![format!("float64[{n}]")],
            unit: Unit::Ns,
            bytes: Some(bytes),
            flops: Some(2.0 * n as f64),
            bound_ns: Some(bytes / 31.4),
            budget: None,
            rounds: 15,
            sides,
        }
    }

    fn overhead(&mut self, rows: &mut Vec<Row>) {
        let budget = |limit, rule: &str| Some(Budget { limit, peer: Some("jax.jit".into()), rule: rule.into() });
        let mut call = self.row("overhead", "call a compiled function", "tiny", 8, 2_650.0, 0.2);
        call.budget = budget(Limit::OverFloor(500.0), "a call costs no more than half a microsecond over the floor");
        let mut read = self.row("overhead", "tiny tolist()", "tiny", 8, 7_100.0, 0.2);
        read.budget = budget(Limit::Absolute(6_000.0), "ten microseconds in all, of which six are ours");
        let mut chain =
            self.row("overhead", "chain of ten operations, one after the other", "1000", 1000, 3_000.0, 0.3);
        chain.budget = budget(Limit::TimesPeer(1.2), "what jax.jit takes, and a fifth more");
        let mut memory = self.row("overhead", "memory of one recorded operation", "tiny", 1, 300.0, 0.0);
        memory.unit = Unit::Bytes;
        (memory.bytes, memory.flops, memory.bound_ns) = (None, None, None);
        memory.budget = budget(Limit::TimesFloor(1.5), "half as much again as the floor");
        memory.sides.retain(|side| ["hloom", "again", "jax"].contains(&side.side.as_str()));
        rows.extend([call, read, chain, memory]);
    }

    fn elementwise(&mut self, rows: &mut Vec<Row>) {
        for (name, element) in [("add", 0.3), ("exp", 0.42), ("sin(x) + cos(x) * 2", 0.6), ("where", 0.5)] {
            for (size, n) in [("1e3", 1_000), ("1e5", 100_000), ("1e7", 10_000_000)] {
                let row = self.row("elementwise", name, size, n, 2_700.0, element);
                rows.push(row);
            }
        }
        let last = rows.len() - 1;
        lose(&mut rows[last], "candle-core", Outcome::Unsupported, "candle-core has no `where` for float64");
        lose(&mut rows[last - 1], "candle-core", Outcome::Unsupported, "candle-core has no `where` for float64");
        lose(&mut rows[last - 2], "candle-core", Outcome::Unsupported, "candle-core has no `where` for float64");
    }

    fn programs(&mut self, rows: &mut Vec<Row>) {
        let names = [
            "go_fast",
            "mandelbrot",
            "nbody",
            "jacobi_2d",
            "heat_3d",
            "hdiff",
            "softmax",
            "conv2d_bias",
            "correlation",
            "gramschmidt",
            "floyd_warshall",
            "azimint_hist",
            "a program whose name goes on for longer than anyone expected it to",
        ];
        for (idx, name) in names.into_iter().enumerate() {
            let element = [0.1, 0.3, 0.5, 0.8, 2.2, 6.0][idx % 6];
            for (size, n) in [("S", 4_000), ("M", 90_000), ("L", 2_500_000)] {
                self.noise = if idx == 5 { 0.25 } else { 0.012 };
                let row = self.row("programs", name, size, n, 3_100.0, element);
                rows.push(row);
            }
        }
        self.noise = 0.012;
        // As fast as hloom, so that the difference is within the noise or nearly so.
        for row in rows.iter_mut().filter(|row| row.suite == "programs" && row.size == "M") {
            let own = row.sides[0].rounds.clone();
            let level =
                |round: Vec<f64>| round.into_iter().map(|sample| sample * (0.997 + 0.006 * self.rng.f64())).collect();
            row.sides[6].rounds = own.into_iter().map(level).collect();
        }
        let wrong = "result 0: 3 of 300 values differ, by up to 2.1e-3 of the greatest magnitude";
        lose(program(rows, "nbody", "M"), "jax", Outcome::Wrong, wrong);
        lose(program(rows, "heat_3d", "L"), MARKUP, Outcome::Failed, &format!("exit code 139 after {MARKUP}"));
        lose(program(rows, "conv2d_bias", "L"), "ndarray", Outcome::Failed, "no answer within 60 s");
        let shape = "result 0: shape (1000, 1000), expected (1000, 1001)";
        lose(program(rows, "correlation", "L"), "hloom", Outcome::Wrong, shape);
        lose(program(rows, "correlation", "L"), "lazy", Outcome::Failed, "process ended: signal 9");
        for size in ["S", "M", "L"] {
            let no_minimum = "ndarray has no minimum along an axis of a view";
            lose(program(rows, "floyd_warshall", size), "ndarray", Outcome::Unsupported, no_minimum);
            // Shapes depend on values: it cannot be compiled.
            let row = program(rows, "azimint_hist", size);
            lose(row, "candle-core", Outcome::Unsupported, "candle-core has no histogram");
            row.sides.retain(|side| !["hloom", "floor"].contains(&side.side.as_str()));
        }
        let unchecked = program(rows, "softmax", "S");
        unchecked.sides.retain(|side| side.side != "numpy");
        unchecked.sides.iter_mut().for_each(|side| side.outcome = Outcome::Unchecked);
        // Too few rounds to decide anything.
        let few = program(rows, "gramschmidt", "L");
        few.sides.iter_mut().for_each(|side| side.rounds.truncate(3));
    }

    fn scaling(&mut self, rows: &mut Vec<Row>) {
        for exponent in 0..=8 {
            let n = 10_usize.pow(exponent);
            for (name, element) in [("x + 1", 0.28), ("sum", 0.12)] {
                let row = self.row("scaling", name, &format!("1e{exponent}"), n, 2_650.0, element);
                rows.push(row);
            }
        }
        rows.push(Row { name: MARKUP.into(), ..self.row("scaling", "", "one", 10, 2_650.0, 0.3) });
    }
}

fn program<'r>(rows: &'r mut [Row], name: &str, size: &str) -> &'r mut Row {
    let found = rows.iter_mut().find(|row| row.suite == "programs" && row.name == name && row.size == size);
    found.expect("the row is one of those that were made")
}

fn lose(row: &mut Row, side: &str, outcome: Outcome, reason: &str) {
    for measured in row.sides.iter_mut().filter(|measured| measured.side == side) {
        *measured = Measured { side: side.into(), outcome, reason: Some(reason.into()), ..Measured::default() };
    }
}
