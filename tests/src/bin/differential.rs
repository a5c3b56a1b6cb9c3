//! Checks any number of random programs: `cargo run --release -p hloom-tests --bin differential -- --count 1000`.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser;
use hloom_ir::DType;
use hloom_tests::differential::check::check;
use hloom_tests::differential::draw;
use hloom_tests::differential::program::Program;

/// How many random programs are drawn where nothing is said.
const RANDOM_PROGRAMS: u64 = 1000;

/// Computes random programs step by step, lazily, compiled, in a branch and in a loop, and compares.
#[derive(Debug, Parser)]
struct Options {
    /// The first seed, or the place of the first pair.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// How many programs; every pair where this is left out.
    #[arg(long)]
    count: Option<u64>,
    /// How many programs are compiled together.
    #[arg(long, default_value_t = 8)]
    together: usize,
    /// Every pair of element-wise operations on arrays of a dtype, instead of random programs.
    #[arg(long, value_name = "DTYPE")]
    pairs: Option<DType>,
    /// Only the pairs with an operation of this name, as programs are printed: `Power`.
    #[arg(long, value_name = "NAME", requires = "pairs")]
    with: Option<String>,
    /// Prints each program before it is computed.
    #[arg(long)]
    show: bool,
    /// Ends after so many seconds, with the seed it came to.
    #[arg(long, default_value_t = u64::MAX)]
    seconds: u64,
}

fn main() -> ExitCode {
    let options = Options::parse();
    let (start, limit) = (Instant::now(), Duration::from_secs(options.seconds));
    let programs: Box<dyn Iterator<Item = Program>> = match options.pairs {
        Some(dtype) => {
            let first = usize::try_from(options.seed).unwrap_or(usize::MAX);
            let count = options.count.map_or(usize::MAX, |n| usize::try_from(n).unwrap_or(usize::MAX));
            let is_asked = move |program: &Program| match &options.with {
                Some(name) => program.to_string().contains(&format!("({name})")),
                None => true,
            };
            Box::new(draw::pairs(dtype).filter(is_asked).filter(draw::is_legal).skip(first).take(count))
        }
        None => {
            let count = options.count.unwrap_or(RANDOM_PROGRAMS);
            Box::new((options.seed..options.seed.saturating_add(count)).map(draw::program))
        }
    };
    let mut programs = programs.peekable();
    let (mut n_checked, mut n_different, mut seed) = (0, 0, options.seed);
    while programs.peek().is_some() && start.elapsed() < limit {
        let together: Vec<Program> = programs.by_ref().take(options.together.max(1)).collect();
        if options.show {
            together.iter().for_each(|program| println!("{program}"));
        }
        for difference in check(&together) {
            println!("{difference}");
            n_different += 1;
        }
        n_checked += together.len();
        seed += together.len() as u64;
        eprintln!("{n_checked} programs, {n_different} differences, {:.0} s", start.elapsed().as_secs_f64());
    }
    println!("{n_checked} programs from seed {} to before {seed}: {n_different} differences", options.seed);
    if n_different == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
