//! Random programs: computed lazily as one, or as a compiled function, they give what they give operation by
//! operation.
//!
//! Operations share operands, and some intermediate arrays are still held when the result is read. In a compiled
//! function some operations are in a branch or a loop.

use std::sync::Arc;

use hloom::prelude::*;
use hloom::{Element, Shape, axis};
use proptest::prelude::*;

use super::cases;
use super::dice::{Dice, dice};
use super::tolerance::tolerance;

const N_OPERATIONS: usize = 10;

/// The arrays of a program so far, once recorded and once computed after each operation.
struct Pool {
    n_inputs: usize,
    lazy: Vec<NdArray>,
    stepwise: Vec<NdArray>,
    steps: Vec<String>,
    replay: Vec<Replay>,
}

/// An operation as part of a compiled function.
struct Replay {
    step: Apply,
    operands: (usize, usize),
    place: Place,
    /// What it makes.
    shape: Shape,
    dtype: DType,
}

/// Where an operation is.
#[derive(Clone, Copy, Debug)]
enum Place {
    Plain,
    /// In both branches of a choice.
    Branch,
    /// In a loop of one round.
    Loop,
    /// In the third of the rows of a scan, of which each sees the same.
    Row,
}

impl Replay {
    fn apply(&self, pool: &[NdArray]) -> NdArray {
        let (a, b) = (&pool[self.operands.0], &pool[self.operands.1]);
        let step = || (self.step)(a, b);
        match self.place {
            Place::Plain => step(),
            Place::Branch => hloom::cond(a.sum(..).gt(0), step, step),
            Place::Loop => {
                let before = hloom::zeros(&self.shape).astype(self.dtype);
                hloom::fori_loop(2, 3, before, |_, before: NdArray| before + step())
            }
            Place::Row => hloom::map(|_: NdArray| step(), hloom::zeros(3)).get(2),
        }
    }
}

/// The array again, with its value and without its history.
fn computed(array: &NdArray) -> hloom::Result<NdArray> {
    Ok(NdArray::from_tensor(&array.data()?))
}

/// An operation on the arrays that it is given.
type Apply = Box<dyn Fn(&NdArray, &NdArray) -> NdArray + Send + Sync>;

/// An operation and what it is called in messages.
type Step = (String, Apply);

/// Operations on integers, all of which wrap.
fn integer_step(dice: &mut Dice, a: &NdArray, b: &NdArray) -> Step {
    let number = dice.between(-9, 9);
    let named = |name: String, step: Apply| (name, step);
    if dice.once_in(3) {
        return structural_step(dice, a, b);
    }
    match dice.below(16) {
        0 => named(format!("+ {number}"), Box::new(move |a, _| a + number)),
        1 => named("add".to_owned(), Box::new(|a, b| a + b)),
        2 => named("subtract".to_owned(), Box::new(|a, b| a - b)),
        3 => named("multiply".to_owned(), Box::new(|a, b| a * b)),
        4 => named(format!("{number} -"), Box::new(move |a, _| number - a)),
        5 => named("floordiv".to_owned(), Box::new(|a, b| a.floordiv(b))),
        6 => named("remainder".to_owned(), Box::new(|a, b| a % b)),
        7 => named("maximum".to_owned(), Box::new(|a, b| a.maximum(b))),
        8 => named("minimum".to_owned(), Box::new(|a, b| a.minimum(b))),
        9 => named("xor".to_owned(), Box::new(|a, b| a ^ b)),
        10 => named(format!("& {number}"), Box::new(move |a, _| a & number)),
        11 => named("abs".to_owned(), Box::new(|a, _| a.abs())),
        12 => named("where".to_owned(), Box::new(|a, b| hloom::where_(a.lt(b), a, b * 2))),
        13 => named("less".to_owned(), Box::new(|a, b| a.lt(b).astype(int64) - 1)),
        14 => named(format!("clip {number}"), Box::new(move |a, _| a.clip(number, number + 20))),
        _ => named(
            "set".to_owned(),
            Box::new(move |a, _| {
                let mut changed = a.clone();
                changed.set(a.gt(number), number);
                changed
            }),
        ),
    }
}

/// Operations on floats that keep values within -1 and 1, and differences no greater than they were.
fn float_step(dice: &mut Dice, a: &NdArray, b: &NdArray) -> Step {
    let named = |name: &str, step: Apply| (name.to_owned(), step);
    if dice.once_in(3) {
        return structural_step(dice, a, b);
    }
    match dice.below(12) {
        0 => named("mean of two", Box::new(|a, b| (a + b) / 2)),
        1 => named("half the difference", Box::new(|a, b| (a - b) * 0.5)),
        2 => named("half the product", Box::new(|a, b| a * b / 2)),
        3 => named("negative", Box::new(|a, _| -a)),
        4 => named("abs", Box::new(|a, _| a.abs())),
        5 => named("sin", Box::new(|a, _| a.sin())),
        6 => named("tanh", Box::new(|a, _| a.tanh())),
        7 => named("maximum", Box::new(|a, b| a.maximum(b))),
        8 => named("half the square", Box::new(|a, _| a.pow(2) * 0.5)),
        9 => named("exp", Box::new(|a, _| (a - 1).exp())),
        10 => named("mean", Box::new(|a, _| a.mean(axis(..).keepdims()))),
        _ => named("clip", Box::new(|a, _| a.clip(-0.5, 0.75))),
    }
}

/// Operations that move elements or contract axes; sums are divided by the number of their terms, so
/// that they serve floats too; a product by twice as many, because both its factors differ.
fn structural_step(dice: &mut Dice, a: &NdArray, b: &NdArray) -> Step {
    let shape = a.shape();
    let is_float = a.dtype() != int64;
    let scaled = move |sum: NdArray, n_terms: usize| if is_float { sum / n_terms.max(1) } else { sum };
    let last = shape.ndim().saturating_sub(1);
    let n_last = shape.last().copied().unwrap_or(1);
    match dice.below(9) {
        0 => ("t".to_owned(), Box::new(|a: &NdArray, _: &NdArray| a.t())),
        1 => ("ravel".to_owned(), Box::new(|a: &NdArray, _: &NdArray| a.ravel())),
        2 if shape.ndim() > 0 => {
            let keep = dice.once_in(2);
            let name = format!("sum over {last}, {keep}");
            (
                name,
                Box::new(move |a: &NdArray, _: &NdArray| {
                    let axes = if keep { axis(last).keepdims() } else { axis(last) };
                    scaled(a.sum(axes), n_last)
                }),
            )
        }
        3 if shape.ndim() > 0 && n_last > 0 => {
            let position = dice.between(-(n_last as i64), n_last as i64 - 1);
            (format!("[..., {position}]"), Box::new(move |a: &NdArray, _: &NdArray| a.get(s![..., position])))
        }
        4 if shape.ndim() > 0 => ("[::-1]".to_owned(), Box::new(|a: &NdArray, _: &NdArray| a.get(s![..;-1]))),
        5 if shape.ndim() > 0 => ("[1:]".to_owned(), Box::new(|a: &NdArray, _: &NdArray| a.get(s![1..]))),
        6 if shape.ndim() == 2 => {
            ("gram".to_owned(), Box::new(move |a: &NdArray, _: &NdArray| scaled(a.matmul(a.t()), 2 * n_last)))
        }
        7 if shape.ndim() > 0 && b.ndim() == shape.ndim() && b.shape()[1..] == shape[1..] => {
            ("concatenate".to_owned(), Box::new(|a: &NdArray, b: &NdArray| hloom::concatenate([a, b], 0)))
        }
        _ => ("expand_dims".to_owned(), Box::new(|a: &NdArray, _: &NdArray| a.expand_dims(0))),
    }
}

type Steps = fn(&mut Dice, &NdArray, &NdArray) -> Step;

impl Pool {
    fn new(inputs: Vec<NdArray>) -> Pool {
        Pool { n_inputs: inputs.len(), stepwise: inputs.clone(), lazy: inputs, steps: Vec::new(), replay: Vec::new() }
    }

    /// Adds an operation on arrays of the pool, unless their shapes do not fit or it grows too large.
    fn extend(&mut self, dice: &mut Dice, steps: Steps) -> hloom::Result<()> {
        let (a, b) = (self.recent(dice), self.recent(dice));
        let (name, step) = steps(dice, &self.lazy[a], &self.lazy[b]);
        let lazy = step(&self.lazy[a], &self.lazy[b]);
        let Ok(shape) = lazy.try_shape() else { return Ok(()) };
        if shape.size() > 64 || shape.ndim() > 4 {
            return Ok(());
        }
        let stepwise = computed(&step(&self.stepwise[a], &self.stepwise[b]))?;
        let place = match dice.below(8) {
            0 => Place::Branch,
            1 => Place::Loop,
            2 => Place::Row,
            _ => Place::Plain,
        };
        self.steps.push(format!("%{} = {name}(%{a}, %{b}) {place:?}", self.lazy.len()));
        self.replay.push(Replay { step, operands: (a, b), place, shape, dtype: lazy.dtype() });
        self.lazy.push(lazy);
        self.stepwise.push(stepwise);
        Ok(())
    }

    /// One of the latest arrays, so that programs become deep and share what they compute.
    fn recent(&self, dice: &mut Dice) -> usize {
        self.lazy.len() - 1 - dice.below(self.lazy.len().min(4))
    }

    /// Compares a value with that computed operation by operation.
    fn compare<T: Element>(
        &self,
        idx: usize,
        found: &NdArray,
        how: &str,
        close: impl Fn(T, T) -> bool,
    ) -> Result<(), TestCaseError> {
        let fail = |error: hloom::Error| TestCaseError::fail(error.to_string());
        let expected = self.stepwise[idx].to_vec::<T>().map_err(fail)?;
        let shape = found.shape();
        let found = found.to_vec::<T>().map_err(fail)?;
        prop_assert_eq!(shape, self.stepwise[idx].shape());
        let equal = found.len() == expected.len() && found.iter().zip(&expected).all(|(&a, &b)| close(a, b));
        let (n_steps, steps) = (self.steps.len(), self.steps.join("\n"));
        prop_assert!(equal, "%{idx} of {n_steps} {how}: {found:?}, stepwise {expected:?}\n{steps}");
        Ok(())
    }

    /// Computes everything in one compiled function, and compares.
    fn check_compiled<T: Element>(&mut self, close: impl Fn(T, T) -> bool) -> Result<(), TestCaseError> {
        let replay = Arc::new(std::mem::take(&mut self.replay));
        let compiled = hloom::jit(move |inputs: Vec<NdArray>| {
            let mut pool = inputs;
            for step in &*replay {
                pool.push(step.apply(&pool));
            }
            pool
        });
        let results = compiled.call(self.stepwise[..self.n_inputs].to_vec());
        let results = results.map_err(|error| TestCaseError::fail(error.to_string()))?;
        for (idx, array) in results.iter().enumerate() {
            self.compare(idx, array, "compiled", &close)?;
        }
        Ok(())
    }

    /// Drops some intermediate arrays, reads the others in a random order, and compares.
    fn check<T: Element>(mut self, dice: &mut Dice, close: impl Fn(T, T) -> bool) -> Result<(), TestCaseError> {
        self.check_compiled(&close)?;
        let mut kept: Vec<(usize, NdArray)> = std::mem::take(&mut self.lazy).into_iter().enumerate().collect();
        let result = kept.len() - 1;
        kept.retain(|(idx, _)| *idx == result || dice.once_in(3));
        while !kept.is_empty() {
            // The result comes first most of the time: what it needs and is still held may come with it.
            let next = if dice.once_in(4) { dice.below(kept.len()) } else { kept.len() - 1 };
            let (idx, array) = kept.remove(next);
            self.compare(idx, &array, "lazily", &close)?;
        }
        Ok(())
    }
}

/// A program of one element type on inputs made from small numbers.
fn run<T: Element>(
    mut dice: Dice,
    input: impl Fn(i64) -> NdArray,
    steps: Steps,
    close: impl Fn(T, T) -> bool,
) -> Result<(), TestCaseError> {
    let inputs = [vec![2usize, 3], vec![3], vec![2, 1]].map(|shape| {
        let parts: Vec<NdArray> = (0..shape.iter().product()).map(|_| input(dice.between(-16, 16))).collect();
        computed(&hloom::stack(&parts, 0).reshape(shape))
    });
    let inputs: hloom::Result<Vec<NdArray>> = inputs.into_iter().collect();
    let fail = |error: hloom::Error| TestCaseError::fail(error.to_string());
    let mut pool = Pool::new(inputs.map_err(fail)?);
    for _ in 0..N_OPERATIONS {
        pool.extend(&mut dice, steps).map_err(fail)?;
    }
    pool.check(&mut dice, close)
}

proptest! {
    #![proptest_config(cases(24))]

    #[test]
    fn integer_programs_agree_exactly(dice in dice(96)) {
        run::<i64>(dice, NdArray::from, integer_step, |a, b| a == b)?;
    }

    #[test]
    fn float64_programs_agree(dice in dice(96)) {
        let tolerance = tolerance(float64, N_OPERATIONS);
        let input = |value| NdArray::from(value as f64 / 16.0);
        run::<f64>(dice, input, float_step, |a, b| a.is_nan() && b.is_nan() || (a - b).abs() <= tolerance)?;
    }

    #[test]
    fn float32_programs_agree(dice in dice(96)) {
        let tolerance = tolerance(float32, N_OPERATIONS) as f32;
        let input = |value| NdArray::from(value as f32 / 16.0);
        run::<f32>(dice, input, float_step, |a, b| a.is_nan() && b.is_nan() || (a - b).abs() <= tolerance)?;
    }
}
