//! The table of the book for people who know NumPy: each row is run and prints what NumPy printed. `cargo xtask docs` makes the
//! page of the lines that begin with `topic!` and `row!`.

use anyhow::Result;
use hloom as np;
use hloom::prelude::*;

/// Begins a table; what it is about stands in the page.
macro_rules! topic {
    ($topic:literal) => {};
}

/// What NumPy is asked, the same here, what both print, and a note.
macro_rules! row {
    ($numpy:literal, $code:expr, $printed:literal, $note:literal) => {
        assert_eq!($code.to_string(), $printed, "{}", $numpy)
    };
}

#[test]
#[rustfmt::skip]
fn making_arrays() -> Result<()> {
    let x = np::arange(12.0).reshape((3, 4));
    let v = np::array([3.0, 1.0, 2.0]);
    let _ = (&x, &v);
    topic!("Making arrays");
    row!("np.array([[1, 2], [3, 4]])", np::array([[1i64, 2], [3, 4]]), "[[1 2]\n [3 4]]", "a literal without a width is `i32` to Rust");
    row!("np.arange(5)", np::arange(5), "[0 1 2 3 4]", "");
    row!("np.arange(2, 8)", np::arange(2..8), "[2 3 4 5 6 7]", "");
    row!("np.arange(0, 1, 0.25)", np::arange((0, 1, 0.25)), "[0.   0.25 0.5  0.75]", "");
    row!("np.linspace(0, 1, 5)", np::linspace(0, 1, 5), "[0.   0.25 0.5  0.75 1.  ]", "");
    row!("np.zeros((2, 3))", np::zeros((2, 3)), "[[0. 0. 0.]\n [0. 0. 0.]]", "");
    row!("np.ones(3, dtype=np.float32)", np::ones(3).astype(float32), "[1. 1. 1.]", "`astype` is the way to a dtype");
    row!("np.full((2, 2), 7)", np::full((2, 2), 7), "[[7 7]\n [7 7]]", "");
    row!("np.eye(3)", np::eye(3), "[[1. 0. 0.]\n [0. 1. 0.]\n [0. 0. 1.]]", "");
    row!("np.eye(2, 3, k=1)", np::eye((2, 3, 1)), "[[0. 1. 0.]\n [0. 0. 1.]]", "");
    row!("np.diag([1, 2])", np::diag([1i64, 2], 0), "[[1 0]\n [0 2]]", "");
    row!("np.tri(3)", np::tri(3), "[[1. 0. 0.]\n [1. 1. 0.]\n [1. 1. 1.]]", "");
    row!("np.logspace(0, 2, 3)", np::logspace(0, 2, 3), "[  1.  10. 100.]", "");
    row!("np.zeros_like(v)", np::zeros_like(&v), "[0. 0. 0.]", "");
    row!("np.fromiter((n * n for n in range(4)), dtype=np.int64)", np::fromiter((0..4i64).map(|n| n * n)), "[0 1 4 9]", "");
    Ok(())
}

#[test]
#[rustfmt::skip]
fn asking() -> Result<()> {
    let x = np::arange(12.0).reshape((3, 4));
    let v = np::array([3.0, 1.0, 2.0]);
    let _ = (&x, &v);
    topic!("Asking");
    row!("x.shape", format!("{}", x.shape()), "(3, 4)", "");
    row!("x.dtype", x.dtype(), "float64", "");
    row!("x.ndim", x.ndim(), "2", "");
    row!("x.size", x.size(), "12", "");
    row!("len(x)", x.len()?, "3", "");
    row!("v.tolist()", v.tolist()?, "[3.0, 1.0, 2.0]", "");
    Ok(())
}

#[test]
#[rustfmt::skip]
fn indexing() -> Result<()> {
    let x = np::arange(12.0).reshape((3, 4));
    let v = np::array([3.0, 1.0, 2.0]);
    let _ = (&x, &v);
    topic!("Indexing");
    row!("x[1, 2]", x.get((1, 2)), "6.0", "");
    row!("x[-1]", x.get(-1), "[ 8.  9. 10. 11.]", "");
    row!("x[0, 1:3]", x.get((0, 1..3)), "[1. 2.]", "");
    row!("x[:, ::-1]", x.get(s![.., ..;-1]), "[[ 3.  2.  1.  0.]\n [ 7.  6.  5.  4.]\n [11. 10.  9.  8.]]", "a step stands behind a semicolon");
    row!("x[..., 0]", x.get(s![..., 0]), "[0. 4. 8.]", "");
    row!("v[:, None]", v.get((.., None)), "[[3.]\n [1.]\n [2.]]", "");
    row!("x[[0, 2]]", x.get([0, 2]), "[[ 0.  1.  2.  3.]\n [ 8.  9. 10. 11.]]", "positions are a Rust array, a vector or an array");
    row!("v[v > 1]", v.get(v.gt(1)), "[3. 2.]", "");
    row!("np.take(v, [2, 0])", np::take(&v, [2, 0], ..), "[2. 3.]", "");
    row!("np.where(v > 1, v, 0)", np::where_(v.gt(1), &v, 0), "[3. 0. 2.]", "a Rust keyword gets an underscore");
    row!("np.nonzero(v > 1)[0]", np::flatnonzero(v.gt(1)), "[0 2]", "");
    Ok(())
}

#[test]
#[rustfmt::skip]
fn arithmetic() -> Result<()> {
    let x = np::arange(12.0).reshape((3, 4));
    let v = np::array([3.0, 1.0, 2.0]);
    let _ = (&x, &v);
    topic!("Arithmetic");
    row!("v + 1", &v + 1, "[4. 2. 3.]", "`&` keeps `v` usable; a clone costs a handle");
    row!("2 * v", 2.0 * &v, "[6. 2. 4.]", "on the left stand `f64`, `i64`, `bool` and complex numbers");
    row!("v ** 2", v.pow(2), "[9. 1. 4.]", "");
    row!("v // 2", v.floor_divide(2), "[1. 0. 1.]", "");
    row!("v % 2", &v % 2, "[1. 1. 0.]", "");
    row!("np.sqrt(v)", np::sqrt(&v), "[1.73205081 1.         1.41421356]", "or `v.sqrt()`");
    row!("v == 1", v.eq(1), "[False  True False]", "Rust's own `==` must return a `bool`");
    row!("(v > 1) & (v < 3)", v.gt(1) & v.lt(3), "[False False  True]", "");
    row!("~(v > 1)", !v.gt(1), "[False  True False]", "");
    row!("np.clip(v, 0, 2)", v.clip(0, 2), "[2. 1. 2.]", "`None` for a bound that is missing");
    row!("np.maximum(v, 2)", np::maximum(&v, 2), "[3. 2. 2.]", "");
    row!("np.isclose(v, 1.0)", np::isclose(&v, 1.0, ..), "[False  True False]", "");
    Ok(())
}

#[test]
#[rustfmt::skip]
fn reductions() -> Result<()> {
    let x = np::arange(12.0).reshape((3, 4));
    let v = np::array([3.0, 1.0, 2.0]);
    let _ = (&x, &v);
    topic!("Reductions");
    row!("x.sum()", x.sum(..), "66.0", "`..` is NumPy's `None`");
    row!("x.sum(axis=0)", x.sum(0), "[12. 15. 18. 21.]", "");
    row!("x.sum(axis=(0, 1))", x.sum((0, 1)), "66.0", "");
    row!("x.mean(axis=1, keepdims=True)", x.mean(axis(1).keepdims()), "[[1.5]\n [5.5]\n [9.5]]", "keyword arguments hang on `axis`");
    row!("x.std(ddof=1)", x.std(axis(..).ddof(1)), "3.605551275463989", "");
    row!("x.max(axis=0)", x.max(0), "[ 8.  9. 10. 11.]", "");
    row!("x.argmax(axis=1)", x.argmax(1), "[3 3 3]", "");
    row!("np.sum(x, where=x > 5)", x.sum(axis(..).where_(x.gt(5))), "51.0", "");
    row!("np.cumsum(v)", np::cumsum(&v, ..), "[3. 4. 6.]", "");
    row!("np.nanmean([1.0, np.nan])", np::nanmean([1.0, f64::NAN], ..), "1.0", "");
    row!("np.diff(v)", np::diff(&v, -1), "[-2.  1.]", "");
    row!("np.average(v, weights=[1, 1, 2])", np::average(&v, axis(..).weights([1, 1, 2])), "2.0", "");
    row!("np.median(x, axis=0)", np::median(&x, 0), "[4. 5. 6. 7.]", "");
    row!("np.quantile(v, [0.25, 0.5])", np::quantile(&v, [0.25, 0.5], ..), "[1.5 2. ]", "");
    row!("np.percentile(v, 90, method='nearest')", np::percentile(&v, 90, axis(..).method("nearest")), "3.0", "");
    row!("np.convolve(v, [1, 1], 'valid')", np::convolve(&v, [1, 1], "valid"), "[4. 3.]", "the last argument is the mode, or `..`");
    row!("np.interp([0.5, 1.5], [0, 1, 2], v)", np::interp([0.5, 1.5], [0, 1, 2], &v, ..), "[2.  1.5]", "");
    Ok(())
}

#[test]
#[rustfmt::skip]
fn shapes() -> Result<()> {
    let x = np::arange(12.0).reshape((3, 4));
    let v = np::array([3.0, 1.0, 2.0]);
    let _ = (&x, &v);
    topic!("Shapes");
    row!("x.reshape(4, 3)", x.reshape((4, 3)), "[[ 0.  1.  2.]\n [ 3.  4.  5.]\n [ 6.  7.  8.]\n [ 9. 10. 11.]]", "");
    row!("x.reshape(2, -1)", x.reshape((2, -1)), "[[ 0.  1.  2.  3.  4.  5.]\n [ 6.  7.  8.  9. 10. 11.]]", "");
    row!("x.ravel()", x.ravel(), "[ 0.  1.  2.  3.  4.  5.  6.  7.  8.  9. 10. 11.]", "");
    row!("x.T", x.t(), "[[ 0.  4.  8.]\n [ 1.  5.  9.]\n [ 2.  6. 10.]\n [ 3.  7. 11.]]", "");
    row!("np.moveaxis(np.zeros((2, 3, 4)), 0, -1).shape", format!("{}", np::moveaxis(np::zeros((2, 3, 4)), 0, -1).shape()), "(3, 4, 2)", "");
    row!("np.concatenate([v, v])", np::concatenate((&v, &v), 0), "[3. 1. 2. 3. 1. 2.]", "");
    row!("np.stack([v, v], axis=1)", np::stack((&v, &v), 1), "[[3. 3.]\n [1. 1.]\n [2. 2.]]", "");
    row!("np.vstack([v, v])", np::vstack((&v, &v)), "[[3. 1. 2.]\n [3. 1. 2.]]", "");
    row!("np.tile(v, 2)", np::tile(&v, 2), "[3. 1. 2. 3. 1. 2.]", "");
    row!("np.repeat(v, 2)", np::repeat(&v, 2, ..), "[3. 3. 1. 1. 2. 2.]", "");
    row!("np.roll(v, 1)", np::roll(&v, 1, ..), "[2. 3. 1.]", "");
    row!("np.flip(v)", np::flip(&v, ..), "[2. 1. 3.]", "");
    row!("np.pad(v, 1)", np::pad(&v, 1, ..), "[0. 3. 1. 2. 0.]", "");
    row!("np.squeeze(np.zeros((1, 3))).shape", format!("{}", np::zeros((1, 3)).squeeze(..).shape()), "(3,)", "");
    Ok(())
}

#[test]
#[rustfmt::skip]
fn sorting_and_sets() -> Result<()> {
    let x = np::arange(12.0).reshape((3, 4));
    let v = np::array([3.0, 1.0, 2.0]);
    let _ = (&x, &v);
    topic!("Sorting and sets");
    row!("np.sort(v)", np::sort(&v, -1), "[1. 2. 3.]", "");
    row!("np.argsort(v)", np::argsort(&v, -1), "[1 2 0]", "");
    row!("np.unique([3, 1, 3])", np::unique([3i64, 1, 3], ..), "[1 3]", "");
    row!("np.searchsorted([1, 2, 4], 3)", np::searchsorted([1, 2, 4], 3, ..), "2", "");
    row!("np.isin(v, [1, 2])", np::isin(&v, [1, 2], ..), "[False  True  True]", "");
    row!("np.histogram([1, 2, 1], bins=2)[0]", np::histogram([1, 2, 1], 2).0, "[2 1]", "");
    row!("np.bincount([0, 1, 1])", np::bincount([0i64, 1, 1], ..), "[1 2]", "");
    Ok(())
}

#[test]
#[rustfmt::skip]
fn products() -> Result<()> {
    let x = np::arange(12.0).reshape((3, 4));
    let v = np::array([3.0, 1.0, 2.0]);
    let _ = (&x, &v);
    topic!("Products");
    row!("x @ x.T", x.matmul(x.t()), "[[ 14.  38.  62.]\n [ 38. 126. 214.]\n [ 62. 214. 366.]]", "");
    row!("np.dot(v, v)", np::dot(&v, &v), "14.0", "");
    row!("np.outer(v, v)", np::outer(&v, &v), "[[9. 3. 6.]\n [3. 1. 2.]\n [6. 2. 4.]]", "");
    row!("np.einsum('ij,ij->i', x, x)", np::einsum("ij,ij->i", (&x, &x)), "[ 14. 126. 366.]", "");
    row!("np.tensordot(x, x, axes=([0, 1], [0, 1]))", np::tensordot(&x, &x, ([0, 1], [0, 1])), "506.0", "");
    row!("np.cross([1, 0, 0], [0, 1, 0])", np::cross([1i64, 0, 0], [0i64, 1, 0], ..), "[0 0 1]", "");
    Ok(())
}

#[test]
#[rustfmt::skip]
fn random_numbers() -> Result<()> {
    topic!("Random numbers");
    row!("np.random.default_rng(7).random((2, 3)).shape", format!("{}", np::random::default_rng(7).random((2, 3)).shape()), "(2, 3)", "a generator is `let mut rng`; [other numbers](random.md) than NumPy's");
    row!("np.random.default_rng(7).random(3, dtype=np.float32).dtype", np::random::default_rng(7).random(np::random::size(3).dtype(float32)).dtype(), "float32", "keyword arguments hang on `size`");
    row!("np.random.default_rng(7).integers(5, 6, size=2)", np::random::default_rng(7).integers(5, 6, 2), "[5 5]", "");
    row!("np.random.default_rng(7).normal(3, 0, size=2)", np::random::default_rng(7).normal(3, 0, 2), "[3. 3.]", "");
    row!("np.random.default_rng(7).uniform([1, 2], [1, 2])", np::random::default_rng(7).uniform([1, 2], [1, 2], ..), "[1. 2.]", "`..` is `size=None`");
    row!("np.sort(np.random.default_rng(7).permutation(4))", np::random::default_rng(7).permutation(4, ..).sort(-1), "[0 1 2 3]", "");
    row!("np.random.default_rng(7).choice(3, size=2, p=[0, 1, 0])", np::random::default_rng(7).choice(3, np::random::size(2).p([0, 1, 0])), "[1 1]", "");
    row!("np.random.rand(2, 3).shape", format!("{}", np::random::rand((2, 3)).shape()), "(2, 3)", "the generator of the process; `np::random::seed(7)`");
    Ok(())
}

#[test]
#[rustfmt::skip]
fn changing_elements() -> Result<()> {
    let x = np::arange(12.0).reshape((3, 4));
    let v = np::array([3.0, 1.0, 2.0]);
    let _ = (&x, &v);
    topic!("Changing elements");
    row!("y[0] = 9", { let mut y = v.clone(); y.set(0, 9); y }, "[9. 1. 2.]", "arrays are values: only what the handle `y` stands for changes");
    row!("np.add.at(y, [0, 0], 1)", { let mut y = v.clone(); y.add_at([0, 0], 1); y }, "[5. 1. 2.]", "duplicates count, in order");
    Ok(())
}
