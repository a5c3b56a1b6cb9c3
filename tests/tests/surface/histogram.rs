//! Counts: what the corpus does not ask, which is many elements, edges that rounding misses, traces, and rules.

use expect_test::expect;
use hloom::prelude::*;
use hloom::{ErrorKind, NdArray, bins, minlength};

use super::check;

/// Random numbers, of which many lie on the edges of a histogram with bins of a tenth.
fn tenths(n: usize) -> Vec<f64> {
    let mut rng = fastrand::Rng::with_seed(4);
    (0..n).map(|at| if at % 3 == 0 { f64::from(rng.i32(-40..40)) * 0.1 } else { rng.f64() * 8.0 - 4.0 }).collect()
}

/// Counts between edges on the host.
fn counts_between(elements: &[f64], edges: &[f64]) -> Vec<i64> {
    let mut counts = vec![0; edges.len() - 1];
    for &element in elements {
        let place = edges.partition_point(|&edge| edge <= element);
        match place {
            0 => {}
            place if place < edges.len() => counts[place - 1] += 1,
            _ if element == edges[edges.len() - 1] => counts[edges.len() - 2] += 1,
            _ => {}
        }
    }
    counts
}

#[test]
fn counts_follow_the_edges_whatever_is_rounded() {
    let host = tenths(20_000);
    let x = NdArray::from(host.clone());
    for count in [1, 3, 7, 80, 1000] {
        for how in [bins(count), bins(count).range((-2.5, 1.75)), bins(count).range((-4, 4))] {
            let (counts, edges) = hloom::histogram(&x, how.clone());
            let edges = edges.to_vec::<f64>().unwrap();
            assert_eq!(counts.to_vec::<i64>().unwrap(), counts_between(&host, &edges));
            let compiled = hloom::jit(move |x: NdArray| hloom::histogram(x, how.clone()));
            let (traced, traced_edges) = compiled.call(x.clone()).unwrap();
            assert!(traced.eq(&counts).all(..).truth().unwrap());
            assert_eq!(traced_edges.to_vec::<f64>().unwrap(), edges);
        }
    }
    let edges = [-3.0, -0.5, -0.5, 0.1, 0.2, 2.0];
    let (counts, _) = hloom::histogram(&x, edges);
    assert_eq!(counts.to_vec::<i64>().unwrap(), counts_between(&host, &edges));
    let single = x.astype(float32);
    let (counts, edges) = hloom::histogram(&single, 80);
    assert_eq!(edges.dtype(), float32);
    let wide = |x: &NdArray| x.astype(float64).to_vec::<f64>().unwrap();
    assert_eq!(counts.to_vec::<i64>().unwrap(), counts_between(&wide(&single), &wide(&edges)));
}

#[test]
fn edges_between_elements_hold_nan_and_infinities_apart() {
    let x = [f64::NAN, f64::INFINITY, 1.0, f64::NEG_INFINITY, 2.0, -0.0];
    check(&hloom::histogram(x, [0.0, 1.0, 2.0]).0, expect!["array([1, 2])"]);
    check(&hloom::histogram(x, bins(2).range((0, 2))).0, expect!["array([1, 2])"]);
    check(&hloom::histogram(x, [f64::NEG_INFINITY, 0.0, f64::INFINITY]).0, expect!["array([1, 4])"]);
    check(&hloom::histogram([1, 2, 3], [1]).0, expect!["array([], dtype=int64)"]);
}

#[test]
fn weights_keep_their_dtype() {
    let x = hloom::arange(10_000) % 4;
    let count = |weights: NdArray| hloom::histogram(&x, bins(2).weights(weights)).0;
    check(&count(hloom::ones(10_000).astype(int8)), expect!["array([-120, -120], dtype=int8)"]);
    check(&count(hloom::full(10_000, 0.25).astype(float32)), expect!["array([1250., 1250.], dtype=float32)"]);
    check(&count(x.eq(3)), expect!["array([False,  True])"]);
    check(&count(hloom::ones(10_000).astype(complex64)), expect!["array([5000.+0.j, 5000.+0.j], dtype=complex64)"]);
}

#[test]
fn densities_integrate_to_one() {
    let x = NdArray::from(tenths(5000));
    let (density, edges) = hloom::histogram(&x, bins([-4.0, -1.0, 0.0, 0.5, 4.0]).density());
    let extents = edges.get(s![1..]) - edges.get(s![..-1]);
    let integral = (density * extents).sum(..).item::<f64>().unwrap();
    assert!((integral - 1.0).abs() < 1e-14);
    check(&hloom::histogram([5.0], bins(2).range((0, 1)).density()).0, expect!["array([nan, nan])"]);
}

#[test]
fn rules_find_numbers_of_bins() {
    let x = NdArray::from(tenths(10_000)).power(3);
    let n_bins = |rule: &str| hloom::histogram_bin_edges(&x, rule).size() - 1;
    let rules = ["auto", "fd", "doane", "scott", "stone", "rice", "sturges", "sqrt"];
    check(
        &NdArray::from(rules.map(|rule| n_bins(rule) as i64).to_vec()),
        expect!["array([ 86,  86,  16,  33,  99,  44,  15, 100])"],
    );
    check(&hloom::histogram_bin_edges([7, 7, 7], "fd"), expect!["array([6.5, 7.5])"]);
    check(&hloom::histogram_bin_edges(Vec::<f64>::new(), "auto"), expect!["array([0., 1.])"]);
}

#[test]
fn points_are_counted_in_cells() {
    let (x, y) = (NdArray::from(tenths(9000)), NdArray::from(tenths(9000)).get(s![..;-1]));
    let (cells, along_x, along_y) = hloom::histogram2d(&x, &y, (40, [-4.0, 0.0, 1.0, 5.0]));
    assert!(cells.sum(1).eq(hloom::histogram(&x, &along_x).0).all(..).truth().unwrap());
    assert!(cells.sum(0).eq(hloom::histogram(&y, &along_y).0).all(..).truth().unwrap());
    let compiled = hloom::jit(|(x, y): (NdArray, NdArray)| hloom::histogram2d(x, y, (40, [-4.0, 0.0, 1.0, 5.0])));
    let (traced, ..) = compiled.call((x.clone(), y.clone())).unwrap();
    assert!(traced.eq(&cells).all(..).truth().unwrap());
    let sample = hloom::stack((&x, &y, &x + &y), 1);
    let (counts, edges) = hloom::histogramdd(&sample, bins(5).density());
    assert_eq!((counts.shape().to_vec(), edges.len()), (vec![5, 5, 5], 3));
    let (all, _) = hloom::histogramdd(&sample, bins(5).weights(hloom::full(9000, 2.0)));
    assert_eq!(all.sum(..).item::<f64>().unwrap(), 18_000.0);
    let kind = |result: (NdArray, Vec<NdArray>)| result.0.check().unwrap_err().kind();
    assert_eq!(kind(hloom::histogramdd(&sample, (1, 2))), ErrorKind::Value);
    assert_eq!(kind(hloom::histogramdd(&sample, "auto")), ErrorKind::Type);
    assert_eq!(kind(hloom::histogramdd(&sample, bins(3).range((0, 1)))), ErrorKind::Value);
}

#[test]
fn numbers_are_counted() {
    let x = hloom::arange(30_000) % 7;
    check(&hloom::bincount(&x, ..), expect!["array([4286, 4286, 4286, 4286, 4286, 4285, 4285])"]);
    check(&hloom::bincount(x.astype(bool_), minlength(3)), expect!["array([ 4286, 25714,     0])"]);
    check(&hloom::bincount([0, 1, 1], hloom::array([0.5, 1.0, f64::NAN])), expect!["array([0.5, nan])"]);
    check(&hloom::bincount(Vec::<i32>::new(), minlength(2)), expect!["array([0, 0])"]);
    let kind = |array: NdArray| array.check().unwrap_err().kind();
    assert_eq!(kind(hloom::bincount([-1, 1], ..)), ErrorKind::Value);
    assert_eq!(kind(hloom::bincount([1.0], ..)), ErrorKind::Type);
    assert_eq!(kind(hloom::bincount([[1]], ..)), ErrorKind::Value);
    assert_eq!(kind(hloom::bincount([1], minlength(-1))), ErrorKind::Value);
    assert_eq!(kind(hloom::bincount([1, 2], hloom::array([1.0]))), ErrorKind::Value);
    assert!(hloom::jit(|x: NdArray| hloom::bincount(x, ..)).call(hloom::array([1])).is_err());
}

#[test]
fn errors_of_bins_are_numpys() {
    let x = hloom::array([1.0, 2.0]);
    let message = |how: hloom::Histogram| hloom::histogram(&x, how).0;
    check(&message(bins(0)), expect!["ValueError: `bins` must be positive, when an integer, in histogram(f64[2])"]);
    check(
        &message(bins([2, 1])),
        expect!["ValueError: `bins` must increase monotonically, when an array, in histogram(f64[2])"],
    );
    check(&message(bins([[1, 2]])), expect!["ValueError: `bins` must be 1d, when an array, in histogram(f64[2])"]);
    check(
        &message(bins("foo")),
        expect!["ValueError: 'foo' is not a valid estimator for `bins`, in histogram(f64[2])"],
    );
    check(
        &message(bins("auto").weights([1, 2])),
        expect![
            "TypeError: Automated estimation of the number of bins is not supported for weighted data, in histogram(f64[2])"
        ],
    );
    check(
        &message(bins(2).weights([1])),
        expect!["ValueError: weights should have the same shape as a., in histogram(f64[2])"],
    );
    check(
        &message(bins(2).range((2, 1))),
        expect!["ValueError: max must be larger than min in range parameter., in histogram(f64[2])"],
    );
    check(
        &message(bins(2).range((f64::NAN, 1.0))),
        expect!["ValueError: supplied range of [nan, 1.0] is not finite, in histogram(f64[2])"],
    );
    check(
        &message(bins((2, 3))),
        expect!["TypeError: `bins` must be an integer, a string, or an array, in histogram(f64[2])"],
    );
    check(
        &hloom::histogram([f64::NAN, 1.0], ..).1,
        expect!["ValueError: autodetected range of [nan, nan] is not finite, in histogram(f64[2])"],
    );
    check(
        &hloom::histogram([1e20, 1e20 + 1e4], ..).0,
        expect!["ValueError: Too many bins for data range. Cannot create 10 finite-sized bins., in histogram(f64[2])"],
    );
}
