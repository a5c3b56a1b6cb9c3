//! What functions take and return: containers, structs, enums, static fields.

use std::collections::BTreeMap;

use expect_test::expect;
use hloom as np;
use hloom::prelude::*;
use indexmap::IndexMap;

use super::{Traces, without_line};

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Activation {
    Identity,
    Tanh,
}

#[derive(Clone, Tree)]
struct Layer {
    weights: NdArray,
    bias: Option<NdArray>,
    scale: f64,
    #[tree(static)]
    activation: Activation,
}

#[derive(Clone, Tree)]
enum Step {
    Rest,
    Add(NdArray),
    Scale { by: NdArray, times: usize },
}

#[derive(Clone, Tree)]
struct Pair<A, B>(A, B);

#[derive(Clone, Tree)]
struct Unit;

fn layer(activation: Activation, bias: Option<NdArray>) -> Layer {
    Layer { weights: np::array([[1.0, 2.0], [3.0, 4.0]]), bias, scale: 0.5, activation }
}

fn apply(layer: &Layer, x: NdArray) -> NdArray {
    let y = x.matmul(&layer.weights) * layer.scale;
    let y = layer.bias.iter().fold(y, |y, bias| y + bias);
    match layer.activation {
        Activation::Identity => y,
        Activation::Tanh => y.tanh(),
    }
}

#[test]
fn structs_go_in_and_come_out() -> hloom::Result<()> {
    let traces = Traces::default();
    let noted = traces.clone();
    let train = np::jit(move |(mut layers, x): (Vec<Layer>, NdArray)| {
        noted.note();
        let y = layers.iter().fold(x, |x, layer| apply(layer, x));
        for layer in &mut layers {
            layer.weights -= 0.1 * y.mean(..);
        }
        (layers, y)
    });
    let layers = vec![layer(Activation::Tanh, None), layer(Activation::Identity, Some(np::ones(2)))];
    let x = np::array([[0.1, 0.2]]);
    let expected = layers.iter().fold(x.clone(), |x, layer| apply(layer, x)).to_vec::<f64>()?;
    let (trained, y) = train.call((&layers, &x))?;
    assert_eq!(y.to_vec::<f64>()?, expected);
    assert_eq!((trained.len(), trained[1].scale, &trained[0].activation), (2, 0.5, &Activation::Tanh));
    let moved = &layers[0].weights - 0.1 * &y.mean(..);
    assert_eq!(trained[0].weights.to_vec::<f64>()?, moved.to_vec::<f64>()?);
    train.call((&trained, &x))?;
    assert_eq!(traces.count(), 1);
    // A static field, a number, a missing array: each is another signature.
    let mut other = layers.clone();
    other[0].activation = Activation::Identity;
    train.call((&other, &x))?;
    other[0].scale = 2.0;
    train.call((&other, &x))?;
    other[0].bias = Some(np::zeros(2));
    train.call((other, x))?;
    assert_eq!(traces.count(), 4);
    Ok(())
}

#[test]
fn enums_are_traced_for_each_variant() -> hloom::Result<()> {
    let traces = Traces::default();
    let noted = traces.clone();
    let run = np::jit(move |(x, steps): (NdArray, Vec<Step>)| {
        noted.note();
        steps.iter().fold(x, |x, step| match step {
            Step::Rest => x,
            Step::Add(y) => x + y,
            Step::Scale { by, times } => (0..*times).fold(x, |x, _| x * by),
        })
    });
    let x = np::array([1.0, 2.0]);
    let steps = |by: f64, times| vec![Step::Add(np::ones(2)), Step::Scale { by: np::array(by), times }, Step::Rest];
    assert_eq!(run.call((&x, steps(2.0, 3)))?.to_vec::<f64>()?, [16.0, 24.0]);
    assert_eq!(run.call((&x, steps(3.0, 3)))?.to_vec::<f64>()?, [54.0, 81.0]);
    assert_eq!(traces.count(), 1);
    assert_eq!(run.call((&x, steps(2.0, 1)))?.to_vec::<f64>()?, [4.0, 6.0]);
    assert_eq!(run.call((&x, vec![Step::Rest, Step::Rest, Step::Rest]))?.to_vec::<f64>()?, [1.0, 2.0]);
    assert_eq!(traces.count(), 3);
    Ok(())
}

#[test]
fn generic_structs_and_structs_without_fields() -> hloom::Result<()> {
    let f = np::jit(|pair: Pair<NdArray, Pair<usize, Unit>>| Pair(pair.0 * pair.1.0, vec![Unit]));
    let Pair(x, units) = f.call(Pair(np::array([1, 2]), Pair(3, Unit)))?;
    assert_eq!((x.to_vec::<i32>()?, units.len()), (vec![3, 6], 1));
    Ok(())
}

#[test]
fn maps_are_told_apart_by_their_keys() -> hloom::Result<()> {
    let traces = Traces::default();
    let noted = traces.clone();
    let f = np::jit(move |xs: BTreeMap<String, NdArray>| {
        noted.note();
        xs.into_iter().map(|(name, x)| (name + "!", x + 1)).collect::<IndexMap<String, NdArray>>()
    });
    let map = |keys: &[&str]| keys.iter().map(|&key| (key.to_owned(), np::array(1.0))).collect::<BTreeMap<_, _>>();
    let results = f.call(map(&["b", "a"]))?;
    assert_eq!(results.keys().collect::<Vec<_>>(), ["a!", "b!"]);
    assert_eq!(results["b!"].item::<f64>()?, 2.0);
    f.call(map(&["a", "b"]))?;
    assert_eq!(traces.count(), 1);
    f.call(map(&["a", "c"]))?;
    f.call(map(&["a"]))?;
    assert_eq!(traces.count(), 3);
    let f = np::jit(|xs: IndexMap<usize, NdArray>| xs.into_values().fold(np::zeros(()), |sum, x| sum * 10 + x));
    let ordered: IndexMap<usize, NdArray> = [(7, np::array(1.0)), (3, np::array(2.0))].into();
    assert_eq!(f.call(&ordered)?.item::<f64>()?, 12.0);
    Ok(())
}

#[test]
fn containers_of_every_kind() -> hloom::Result<()> {
    type All = (Box<NdArray>, [NdArray; 2], Option<(NdArray,)>, (), (bool, char, String, DType, i128));
    let f = np::jit(|(a, [b, c], d, (), e): All| (a.sum(..) + b + c + d.map_or(np::zeros(()), |(d,)| d), e.2, e.4));
    let one = || np::array(1.0);
    let call = |d| f.call((Box::new(one()), [one(), one()], d, (), (true, 'x', "text".to_owned(), int8, 1i128 << 100)));
    let (sum, text, wide) = call(Some((one(),)))?;
    assert_eq!((sum.item::<f64>()?, text.as_str(), wide), (4.0, "text", 1i128 << 100));
    assert_eq!(call(None)?.0.item::<f64>()?, 3.0);
    Ok(())
}

#[test]
fn places_in_structs_are_named() -> hloom::Result<()> {
    let f = np::jit(|(layers, x): (Vec<Layer>, NdArray)| layers.iter().fold(x, |x, layer| apply(layer, x))).name("net");
    let layers = vec![layer(Activation::Tanh, None)];
    let x = np::array([[0.1, 0.2]]);
    f.call((&layers, &x))?;
    let denied = |layers: &[Layer]| {
        let layers: Vec<&Layer> = layers.iter().collect();
        without_line(&np::deny_recompile(|| f.call((layers, &x))).unwrap_err())
    };
    let mut other = layers.clone();
    other[0].activation = Activation::Identity;
    expect!["DeniedError: 'net' would be traced and compiled: argument [0][0].activation is Identity, was Tanh"]
        .assert_eq(&denied(&other));
    other[0] = layers[0].clone();
    other[0].weights = np::zeros([2, 2]).astype(float32);
    expect!["DeniedError: 'net' would be traced and compiled: argument [0][0].weights is f32[2,2], was f64[2,2]"]
        .assert_eq(&denied(&other));
    other[0] = layer(Activation::Tanh, Some(np::ones(2)));
    expect![
        "DeniedError: 'net' would be traced and compiled: argument [0][0].bias is given where argument [0][0].scale was"
    ]
    .assert_eq(&denied(&other));
    let donating = f.donate(0);
    let given = vec![layer(Activation::Tanh, None)];
    donating.call((&given, &x))?;
    expect![
        "DonatedError: the array was donated to 'net' as argument [0][0].weights and its memory is gone; use what the call returned, or do not donate it"
    ]
    .assert_eq(&without_line(&given[0].weights.tolist().unwrap_err()));
    Ok(())
}

#[test]
fn loops_carry_structs() -> hloom::Result<()> {
    let start = layer(Activation::Tanh, Some(np::zeros(2)));
    let end = np::fori_loop(0, 3, &start, |i, mut layer: Layer| {
        layer.weights += i;
        layer
    });
    assert_eq!(end.weights.tolist()?, [[4.0, 5.0], [6.0, 7.0]]);
    assert_eq!((end.scale, end.activation), (0.5, Activation::Tanh));
    Ok(())
}
