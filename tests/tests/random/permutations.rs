//! Orders and choices.

use hloom::prelude::*;
use hloom::random::{Generator, default_rng, size};

use super::{drawn, refused, squares};

#[test]
fn a_permutation_has_every_element_once() {
    for n in [0, 1, 2, 4096, 70_001] {
        let x = default_rng(1).permutation(n, ..);
        assert_eq!((x.dtype(), x.size()), (int64, n as usize));
        assert_eq!(x.sort(-1).tolist().unwrap(), hloom::arange(n).tolist().unwrap());
    }
    assert_eq!(default_rng(1).permutation(-3, ..).size(), 0);
    let x = drawn(3, |rng| rng.permutation(10_000, ..)).to_vec::<i64>().unwrap();
    // Next to nothing stays, and neighbours part.
    assert!(x.iter().enumerate().filter(|&(idx, &x)| idx as i64 == x).count() < 8);
    assert!(x.windows(2).filter(|pair| pair[0] + 1 == pair[1]).count() < 8);
    assert_ne!(
        default_rng(4).permutation(100, ..).tolist().unwrap(),
        default_rng(5).permutation(100, ..).tolist().unwrap()
    );
}

#[test]
fn all_orders_are_equally_probable() {
    let (_, orders): (Generator, NdArray) = hloom::scan(
        |mut rng: Generator, _: NdArray| {
            let order = rng.permutation(4, ..);
            (rng, order)
        },
        default_rng(6),
        hloom::arange(12_000),
    );
    let code = (orders * hloom::array([64i64, 16, 4, 1])).sum(1);
    let (codes, counts) = hloom::unique_counts(code, ..);
    assert_eq!(codes.size(), 24);
    let found = squares(&counts.to_vec::<i64>().unwrap(), &[500.0; 24]);
    assert!(found < 3.3, "{found}");
}

#[test]
fn arrays_are_put_in_order_along_an_axis() {
    let x = hloom::arange(15_000).reshape((3, 5000));
    let rows = default_rng(1).permutation(&x, 0);
    assert_eq!(rows.sort(0).tolist().unwrap(), x.tolist().unwrap());
    let mut y = x.clone();
    default_rng(2).shuffle(&mut y, -1);
    assert_eq!(y.shape(), [3, 5000]);
    assert_eq!(y.sort(1).tolist().unwrap(), x.tolist().unwrap());
    // All rows in the same order.
    assert_eq!((y.get(1) - y.get(0)).tolist().unwrap(), vec![5000i64; 5000]);
    let order = default_rng(2).permutation(5000, ..);
    assert_eq!(y.get(0).tolist().unwrap(), order.tolist().unwrap());
    let floats = hloom::array([f64::NAN, 1.0, -0.0]);
    let kept = default_rng(1).permutation(&floats, ..);
    assert_eq!(kept.isnan().sum(..).item::<i64>().unwrap(), 1);
}

#[test]
fn choices_with_replacement_are_as_probable_as_said() {
    let mut rng = default_rng(1);
    let x = rng.choice(5, 50_000);
    let counts = hloom::bincount(&x, hloom::minlength(5)).to_vec::<i64>().unwrap();
    assert!(squares(&counts, &[10_000.0; 5]) < 3.3, "{counts:?}");
    let p = [0.1f64, 0.0, 0.4, 0.2, 0.3];
    let x = rng.choice(hloom::array([10i64, 11, 12, 13, 14]), size((50, 1000)).p(p));
    assert_eq!(x.shape(), [50, 1000]);
    let counts = hloom::bincount((x - 10).ravel(), hloom::minlength(5)).to_vec::<i64>().unwrap();
    assert_eq!(counts[1], 0);
    let possible = [0, 2, 3, 4];
    let (counts, expected) = (possible.map(|idx| counts[idx]), possible.map(|idx| p[idx] * 50_000.0));
    assert!(squares(&counts, &expected) < 3.3, "{counts:?}");
}

#[test]
fn choices_without_replacement_have_nothing_twice() {
    let mut rng = default_rng(2);
    for n in [1, 100, 5000] {
        let x = rng.choice(5000, size(n).replace(false));
        assert_eq!(hloom::unique(&x, ..).size(), n as usize);
        assert!(x.ge(0).all(..).truth().unwrap() && x.lt(5000).all(..).truth().unwrap());
    }
    // The first of two, of three with probabilities 0.5, 0.3 and 0.2: as probable as said. The second follows from what is left.
    let (_, pairs): (Generator, NdArray) = hloom::scan(
        |mut rng: Generator, _: NdArray| {
            let pair = rng.choice(3, size(2).replace(false).p([0.5, 0.3, 0.2]));
            (rng, pair)
        },
        default_rng(3),
        hloom::arange(10_000),
    );
    let counts =
        hloom::bincount(pairs.get((.., 0)) * 3 + pairs.get((.., 1)), hloom::minlength(9)).to_vec::<i64>().unwrap();
    let p = [0.5, 0.3, 0.2];
    let pairs = [(0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1)];
    let expected = pairs.map(|(a, b)| 1e4 * p[a] * p[b] / (1.0 - p[a]));
    assert!(squares(&pairs.map(|(a, b)| counts[a * 3 + b]), &expected) < 3.3, "{counts:?}");
    // What is impossible comes last, and so never.
    let x = rng.choice(6, size((1, 3)).replace(false).p([0.0, 0.5, 0.0, 0.25, 0.25, 0.0]));
    assert_eq!(x.sort(-1).tolist().unwrap(), [[1, 3, 4]]);
}

#[test]
fn choices_go_along_an_axis() {
    let mut rng = default_rng(1);
    let x = hloom::arange(6).reshape((2, 3));
    let columns = rng.choice(&x, size(4).axis(1));
    assert_eq!(columns.shape(), [2, 4]);
    assert_eq!((columns.get(1) - columns.get(0)).tolist().unwrap(), [3, 3, 3, 3]);
    assert_eq!(rng.choice(&x, (5, 2)).shape(), [5, 2, 3]);
    assert_eq!(rng.choice(&x, ..).shape(), [3]);
    assert_eq!(rng.choice(hloom::array(5i64), ..).shape(), []);
    assert_eq!(rng.choice(hloom::zeros(0), 0).dtype(), float64);
    assert_eq!(rng.choice(0, 0).dtype(), int64);
    assert_eq!(rng.choice(3, size(3).replace(false).shuffle(false)).sum(..).item::<i64>().unwrap(), 3);
    let inside = drawn(1, |rng| rng.choice(10, size(5).replace(false)));
    assert_eq!(hloom::unique(inside, ..).size(), 5);
    drawn(1, |rng| rng.choice(10, size(5000).p([0.1; 10])));
}

#[test]
fn refusals_are_those_of_numpy() {
    let mut rng = default_rng(1);
    refused(rng.permutation(2.5, ..), "AxisError: axis 0 is out of bounds for array of dimension 0");
    refused(rng.permutation(hloom::array(3), ..), "AxisError: axis 0 is out of bounds for array of dimension 0");
    refused(rng.permutation(hloom::arange(4), 1), "AxisError: axis 1 is out of bounds for array of dimension 1");
    refused(
        rng.permutation(4, axis(0).keepdims()),
        "TypeError: permutation() got an unexpected keyword argument 'keepdims'",
    );
    let mut x = hloom::array(3);
    rng.shuffle(&mut x, ..);
    refused(x, "TypeError: len() of unsized object");
    refused(rng.choice(0, 3), "ValueError: a must be a positive integer unless no samples are taken");
    refused(rng.choice(-1, ..), "ValueError: a must be a positive integer unless no samples are taken");
    refused(rng.choice(hloom::zeros(0), ..), "ValueError: a cannot be empty unless no samples are taken");
    refused(rng.choice(2.5, ..), "ValueError: a must be a sequence or an integer, not <class 'float'>");
    refused(
        rng.choice(5, size((2, 3)).replace(false)),
        "ValueError: Cannot take a larger sample than population when replace is False",
    );
    refused(rng.choice(3, size(2).p([0.1, 0.2, 0.3])), "ValueError: Probabilities do not sum to 1. See Notes section");
    refused(rng.choice(3, size(2).p([0.5, 0.5, 1e-7])), "ValueError: Probabilities do not sum to 1. See Notes section");
    assert!(rng.choice(3, size(2).p([0.5, 0.5, 1e-9])).check().is_ok());
    assert!(rng.choice(3, size(2).p([0.5f32, 0.5, 1e-5])).check().is_ok());
    refused(rng.choice(3, size(2).p([0.1, 0.9])), "ValueError: a and p must have same size");
    refused(rng.choice(3, size(2).p([[0.1, 0.9]])), "ValueError: p must be 1-dimensional");
    refused(rng.choice(3, size(2).p([-0.1, 0.9, 0.2])), "ValueError: Probabilities are not non-negative");
    refused(rng.choice(3, size(2).p([f64::NAN, 0.9, 0.2])), "ValueError: Probabilities contain NaN");
    refused(
        rng.choice(3, size(3).p([0.0, 0.5, 0.5]).replace(false)),
        "ValueError: Fewer non-zero entries in p than size",
    );
    refused(
        rng.choice(3, size(4).p([0.0, 0.5, 0.5]).replace(false)),
        "ValueError: Cannot take a larger sample than population",
    );
    refused(rng.choice([1, 2], -1), "ValueError: negative dimensions are not allowed");
    refused(rng.choice(hloom::arange(3), size(2).axis(1)), "IndexError: tuple index out of range");
    refused(rng.choice(3, size(2).dtype(int8)), "TypeError: choice() got an unexpected keyword argument 'dtype'");
}
