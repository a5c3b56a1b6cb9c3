//! Generators as values: their states in compiled functions and loops, what they spawn, and the one of the process.

use hloom as np;
use hloom::prelude::*;
use hloom::random::{Generator, default_rng};

use super::assert_bits;
use crate::child::Child;

#[test]
fn draws_never_repeat() {
    let mut rng = default_rng(1);
    let mut seen: Vec<u64> = Vec::new();
    for n in [1, 3, 1, 10, 4096, 5] {
        seen.extend(rng.random(n).to_vec::<f64>().unwrap().into_iter().map(f64::to_bits));
        seen.extend(rng.standard_normal(n).to_vec::<f64>().unwrap().into_iter().map(f64::to_bits));
    }
    let n = seen.len();
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), n);
}

#[test]
fn a_state_goes_through_compiled_functions() {
    let step = np::jit(|mut rng: Generator| {
        let x = rng.random(3);
        let y = rng.standard_normal((2, 2));
        (rng, x, y)
    });
    let (mut compiled, mut lazily) = (default_rng(4), default_rng(4));
    for _ in 0..3 {
        let (next, x, y) = step.call(&compiled).unwrap();
        compiled = next;
        assert_bits(&x, &lazily.random(3).to_vec::<f64>().unwrap());
        assert_bits(&y.ravel(), &lazily.standard_normal((2, 2)).ravel().to_vec::<f64>().unwrap());
    }
    assert_eq!(compiled.state().tolist().unwrap(), lazily.state().tolist().unwrap());
    // What came out of a compiled function draws on without one.
    assert_bits(&compiled.random(5000), &lazily.random(5000).to_vec::<f64>().unwrap());
    assert_eq!(compiled.state().tolist().unwrap(), lazily.state().tolist().unwrap());
}

#[test]
fn a_state_goes_through_loops() {
    let (rng, sums): (Generator, NdArray) =
        np::fori_loop(0, 5, (default_rng(2), np::zeros(5)), |i, (mut rng, mut sums): (Generator, NdArray)| {
            sums.set(&i, rng.random(1001).sum(..));
            (rng, sums)
        });
    let mut again = default_rng(2);
    let expected: Vec<f64> = (0..5).map(|_| again.random(1001).sum(..).item().unwrap()).collect();
    assert_eq!(sums.to_vec::<f64>().unwrap().len(), 5);
    for (found, expected) in sums.to_vec::<f64>().unwrap().into_iter().zip(expected) {
        assert!((found - expected).abs() < 1e-9, "{found} is not {expected}");
    }
    assert_eq!(rng.state().tolist().unwrap(), again.state().tolist().unwrap());
}

/// What 42 spawns, computed from the definition in Python.
#[test]
fn spawned_generators_have_streams_of_their_own() {
    let mut rng = default_rng(42);
    let untouched = default_rng(42).random(2).to_vec::<f64>().unwrap();
    let mut children = rng.spawn(2);
    children.extend(rng.spawn(2));
    assert_bits(&children[0].random(2), &[0.26331867234442985, 0.8559410818050027]);
    assert_bits(&children[3].random(2), &[0.3328006053482524, 0.4104181968084464]);
    assert_bits(&rng.random(2), &untouched);
    assert!(rng.spawn(0).is_empty());

    // The same in a program.
    let (parent, mut first, mut fourth) = np::jit(|mut rng: Generator| {
        let mut children = rng.spawn(3);
        let fourth = rng.spawn(1).remove(0);
        (rng, children.remove(0), fourth)
    })
    .call(default_rng(42))
    .unwrap();
    assert_bits(&first.random(2), &[0.26331867234442985, 0.8559410818050027]);
    assert_bits(&fourth.random(2), &[0.3328006053482524, 0.4104181968084464]);
    assert_eq!(parent.state().tolist().unwrap(), [42u64, 0, 0, 4]);

    // Many streams, many numbers, none of them twice.
    let mut seen: Vec<u64> = Vec::new();
    for mut child in default_rng(1).spawn(20) {
        for mut grandchild in child.spawn(2) {
            seen.extend(grandchild.random(100).to_vec::<f64>().unwrap().into_iter().map(f64::to_bits));
        }
        seen.extend(child.random(100).to_vec::<f64>().unwrap().into_iter().map(f64::to_bits));
    }
    let n = seen.len();
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), n);
}

#[test]
fn a_clone_draws_the_same() {
    let mut rng = default_rng(7);
    rng.random(3);
    let mut clone = rng.clone();
    assert_bits(&rng.random(3), &clone.random(3).to_vec::<f64>().unwrap());
    assert!(default_rng(..).random(3).ne(default_rng(..).random(3)).all(..).truth().unwrap());
}

/// The functions of the process draw from one generator, which other tests use too: a process of its own says more.
#[test]
fn the_process_has_a_generator() {
    let numbers = Child::new("random-seed").numbers();
    assert_eq!(numbers.get("same"), 1);
    assert_eq!(numbers.get("other"), 1);
    assert_eq!(numbers.get("unseeded"), 1);
    assert_eq!(numbers.get("refused"), 1);
}

#[test]
fn drawing_again_compiles_nothing() {
    for which in ["lazily", "shared", "compiled", "returned", "poisson"] {
        let compiles = |rounds: &str| Child::new("random-loop").arg(which).arg(rounds).numbers().get("compiles");
        let (few, many) = (compiles("5"), compiles("40"));
        assert_eq!(few, many, "{which}");
        assert!(many <= if which == "returned" { 4 } else { 1 }, "{which}: {many}");
    }
}
