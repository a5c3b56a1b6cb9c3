//! What drawing random numbers compiles, and the generator of the process.

use anyhow::{Context, Result, bail, ensure};
use hloom as np;
use hloom::random::{Generator, default_rng};

/// Draws in rounds, and reads a number of each: `random-loop <which> <rounds>`.
pub(crate) fn rounds(args: &[String]) -> Result<()> {
    let [which, rounds] = args else { bail!("expected which draws, and how many rounds") };
    let rounds: usize = rounds.parse().context("rounds")?;
    np::ones(3).sum(..).item::<f64>()?;
    let before = np::stats();
    let mut rng = default_rng(1);
    let step = np::jit(|mut rng: Generator| {
        let sum = rng.random(5000).sum(..);
        (rng, sum)
    });
    let mut seen = Vec::new();
    for _ in 0..rounds {
        seen.push(match which.as_str() {
            "lazily" => rng.random(5000).sum(..).item::<f64>()?,
            "shared" => np::random::rand(5000).sum(..).item::<f64>()?,
            "compiled" => {
                let (next, sum) = step.call(&rng)?;
                rng = next;
                sum.item::<f64>()?
            }
            "returned" => {
                if seen.is_empty() {
                    (rng, _) = step.call(&rng)?;
                }
                rng.random(5000).sum(..).item::<f64>()?
            }
            "poisson" => rng.poisson(20.0, 5000).var(..).item::<f64>()?,
            other => bail!("no draws are called '{other}'"),
        });
    }
    let compiles = (np::stats() - before).compiles;
    seen.sort_by(f64::total_cmp);
    seen.dedup();
    ensure!(seen.len() == rounds, "numbers were drawn again");
    println!("compiles {compiles}");
    Ok(())
}

/// What the functions of the process draw after seeds: `random-seed`.
pub(crate) fn seed(_args: &[String]) -> Result<()> {
    let draw = || np::random::rand(3).to_vec::<f64>();
    let unseeded = draw()?;
    np::random::seed(7);
    let first = [draw()?, draw()?];
    np::random::seed(7);
    let second = [draw()?, draw()?];
    np::random::seed(8);
    let other = draw()?;
    println!("same {}", u8::from(first == second && first[0] != first[1]));
    println!("other {}", u8::from(other != first[0]));
    println!("unseeded {}", u8::from(unseeded != first[0] && unseeded != other));
    np::random::seed(-1);
    let refused = draw().err().context("a negative seed was taken")?;
    println!("refused {}", u8::from(refused.message() == "Seed must be between 0 and 2**32 - 1"));
    Ok(())
}
