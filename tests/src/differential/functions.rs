//! The functions that random programs call beside the rows of the tables: a row for each, with how exact it is.

use hloom::NdArray;
use hloom::prelude::*;
use hloom_ir::Binary;

use self::Accuracy::{Accumulated, Exact, Relative};

/// How far results of one operation may lie apart when it is computed in different ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accuracy {
    /// Not at all.
    Exact,
    /// Some units in the last place of each element.
    Relative,
    /// Some units in the last place of the sum of the magnitudes of what was added.
    Accumulated,
}

/// A function of one or two arrays.
#[derive(Clone, Copy)]
pub struct Function {
    /// NumPy's name, with what it is asked for.
    pub name: &'static str,
    /// How many arrays it takes.
    pub n_operands: usize,
    /// How far its results may lie apart. Those that only move, compare and round as they are written are exact.
    pub accuracy: Accuracy,
    /// Calls it.
    pub call: fn(&NdArray, &NdArray) -> NdArray,
}

impl std::fmt::Debug for Function {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl PartialEq for Function {
    fn eq(&self, other: &Function) -> bool {
        self.name == other.name
    }
}

macro_rules! functions {
    ($($name:literal $accuracy:ident |$a:pat_param $(, $b:ident)?| $call:expr;)*) => {
        /// All of them.
        pub const FUNCTIONS: &[Function] = &[$(functions!(@row $name $accuracy |$a $(, $b)?| $call)),*];
    };
    (@row $name:literal $accuracy:ident |$a:pat_param| $call:expr) => {
        Function { name: $name, n_operands: 1, accuracy: $accuracy, call: |$a, _| $call }
    };
    (@row $name:literal $accuracy:ident |$a:pat_param, $b:ident| $call:expr) => {
        Function { name: $name, n_operands: 2, accuracy: $accuracy, call: |$a, $b| $call }
    };
}

functions! {
    "ravel" Exact |a| a.ravel();
    "rot90" Exact |a| hloom::rot90(a, 1);
    "tril" Exact |a| hloom::tril(a, ..);
    "triu" Exact |a| hloom::triu(a, 1);
    "diagonal" Exact |a| a.diagonal(..);
    "moveaxis" Exact |a| hloom::moveaxis(a, 0, -1);
    "delete" Exact |a| hloom::delete(a, 0, 0);
    "insert" Exact |a| hloom::insert(a, 0, 1, 0);
    "append" Exact |a, b| hloom::append(a, b, ..);
    "take_along_axis" Exact |a, b| hloom::take_along_axis(a, b.argsort(-1), -1);
    "compress" Exact |a| hloom::compress([true, false, true], a, 0);
    "select" Exact |a, b| hloom::select([a.gt(b), a.lt(b)], [a, b], 0);
    "searchsorted" Exact |a, b| hloom::searchsorted(b.ravel().sort(-1), a, "right");
    "digitize" Exact |a| hloom::digitize(a, [-1.0, 0.0, 0.5, 2.0], ..);
    "isin" Exact |a, b| hloom::isin(a, b.ravel().get(s![..3]), ..);
    "partition" Exact |a| a.partition(0, -1);
    "lexsort" Exact |a, b| hloom::lexsort((a, b), -1);
    "ptp" Exact |a| hloom::ptp(a, -1);
    "count_nonzero" Exact |a| hloom::count_nonzero(a, 0);
    "nanmax" Exact |a| hloom::nanmax(a, -1);
    "nanmin" Exact |a| hloom::nanmin(a, 0);
    "nan_to_num" Exact |a| hloom::nan_to_num(a, ..);
    "diff" Exact |a| hloom::diff(a, -1);
    "ediff1d" Exact |a| hloom::ediff1d(a, ..);
    "gradient" Exact |a| hloom::gradient(a, 0).swap_remove(0);
    "heaviside of sign" Exact |a| hloom::heaviside(a, 0.5);
    "isclose" Exact |a, b| hloom::isclose(a, b, ..);
    "array_equal" Exact |a, b| hloom::array_equal(a, b, ..);
    "packbits" Exact |a| hloom::packbits(a, 0);
    "unpackbits" Exact |a| hloom::unpackbits(a, 0);
    "quantile lower" Exact |a| hloom::quantile(a, [0.25, 0.5], axis(-1).method("lower"));
    "interp" Exact |a| hloom::interp(a, [-2.0, -0.5, 1.0, 4.0], [1.0, 3.0, -1.0, 0.0], ..);
    "tensordot of nothing" Exact |a| hloom::tensordot(a, [1, 2], 0);
    "einsum of a product" Exact |a, b| hloom::einsum("i,i->i", (a, b));
    "einsum transposed" Exact |a| hloom::einsum("ij->ji", (a,));
    "cond" Exact |a, b| hloom::cond(a.ravel().get(0).ne(0), || a * b, || b - a * b);
    "fliplr" Exact |a| hloom::fliplr(a);
    "flipud" Exact |a| hloom::flipud(a);
    "swapaxes" Exact |a| a.swapaxes(0, -1);
    "squeeze" Exact |a| a.squeeze(..);
    "atleast_2d" Exact |a| hloom::atleast_2d(a);
    "hstack" Exact |a, b| hloom::hstack((a, b));
    "vstack" Exact |a, b| hloom::vstack((a, b));
    "dstack" Exact |a, b| hloom::dstack((a, b));
    "column_stack" Exact |a, b| hloom::column_stack((a, b));
    "array_split" Exact |a| hloom::array_split(a, 3, 0).swap_remove(1);
    "resize" Exact |a| hloom::resize(a, (3, 7));
    "rollaxis" Exact |a| hloom::rollaxis(a, -1);
    "unstack" Exact |a| hloom::unstack(a, 0).into_iter().next().unwrap_or_else(|| a.clone());
    "diag" Exact |a| hloom::diag(a.ravel().get(s![..60]), 1);
    "diff twice" Exact |a| hloom::diff(a, axis(0).n(2));
    "isposinf" Exact |a| hloom::isposinf(a);
    "isreal" Exact |a| hloom::isreal(a);
    "fix" Exact |a| hloom::fix(a);
    "modf" Exact |a| hloom::modf(a).1;
    "divmod" Exact |a, b| hloom::divmod(a, b).0;
    "take clipped" Exact |a| hloom::take(a, [0, 3, -2, 99], axis(0).mode(hloom::IndexMode::Clip));
    "choose" Exact |a, b| hloom::choose(a.gt(b).astype(int64), (a, b), ..);
    "put_along_axis" Exact |a, b| {
        let mut changed = a.clone();
        hloom::put_along_axis(&mut changed, a.argsort(-1).get(s![.., ..1]), b.ravel().get(0), -1);
        changed
    };
    "putmask" Exact |a, b| {
        let mut changed = a.clone();
        hloom::putmask(&mut changed, a.gt(b), b);
        changed
    };
    "copyto" Exact |a, b| {
        let mut changed = a.clone();
        hloom::copyto(&mut changed, b, b.lt(1));
        changed
    };
    "fill_diagonal" Exact |a| {
        let mut changed = a.clone();
        hloom::fill_diagonal(&mut changed, 7);
        changed
    };
    "apply_along_axis" Exact |a| hloom::apply_along_axis(|line: NdArray| line.max(..), 0, a);
    "unravel_index" Exact |a| hloom::unravel_index(a.argsort(-1), [a.shape().last().copied().unwrap_or(1), 3], ..).swap_remove(0);
    "histogram in a range" Exact |a| hloom::histogram(a, hloom::bins(5).range((-2, 2))).0;
    "searchsorted left" Exact |a, b| hloom::searchsorted(b.ravel().sort(-1), a, ..);
    "maximum.accumulate" Exact |a| hloom::accumulate(Binary::Fmax, a, -1);
    "random" Exact |a| hloom::random::default_rng(7).random(a.shape()) * 8 - a;
    "integers" Exact |a| hloom::random::default_rng(7).integers(-3, 9, a.shape()) + a;
    "interp periodic" Exact |a| hloom::interp(a, [0.5, 2.0, 5.0], [1.0, -1.0, 4.0], hloom::period(6));
    "nanmin of all" Exact |a| hloom::nanmin(a, ..);
    "nanquantile" Relative |a| hloom::nanquantile(a, [0.1, 0.7], axis(0).method("hazen"));
    "percentile" Relative |a| hloom::percentile(a, 75, axis(..).method("weibull"));
    "nancumsum" Exact |a| hloom::nancumsum(a, 0);
    "matvec" Accumulated |a, b| hloom::matvec(a, b);
    "vecmat" Accumulated |a, b| hloom::vecmat(a, b);
    "correlate" Accumulated |a, b| hloom::correlate(a, b.ravel().get(s![..9]), "full");
    "trapezoid" Accumulated |a| hloom::trapezoid(a, 0);
    "average" Accumulated |a| hloom::average(a, -1);
    // With what is subtracted in them added, so that the sum of the magnitudes is what they may be off by.
    "var" Accumulated |a| a.var(0) + a.abs().square().mean(0);
    "var of all" Accumulated |a| a.var(..) + a.abs().square().mean(..);
    "std" Accumulated |a| a.std(-1).square() + a.abs().square().mean(-1);
    "cov" Accumulated |a| hloom::cov(a, ..) + hloom::inner(a, a) / a.shape().last().copied().unwrap_or(1) as f64;
    // Of numbers that differ from their neighbours, and away from zero: a quotient by a small difference is off by anything.
    "corrcoef" Relative |a| {
        let steps = (hloom::arange(a.size()) % 7).reshape(a.shape());
        2.0 + hloom::corrcoef(0.5 * steps + hloom::sign(hloom::nan_to_num(hloom::real(a), ..)), ..)
    };
    "block" Exact |a, b| hloom::concatenate((hloom::atleast_1d(a), hloom::atleast_1d(b)), 0);
    "atleast_3d" Exact |a| hloom::atleast_3d(a);
    "argpartition" Exact |a| a.argpartition(-1, -1);
    "allclose" Exact |a, b| hloom::allclose(a, b, ..);
    "array_equiv" Exact |a, b| hloom::array_equiv(a, b);
    "apply_over_axes" Exact |a| hloom::apply_over_axes(|x, axis| x.max(axis), a, 0);
    "broadcast_arrays" Exact |a, b| hloom::broadcast_arrays((a, b)).swap_remove(0);
    "diagflat" Exact |a| hloom::diagflat(a.ravel().get(s![..40]), ..);
    "dsplit" Exact |a| hloom::dsplit(hloom::atleast_3d(a), 1).swap_remove(0);
    "full_like" Exact |a| hloom::full_like(a, 3) - a;
    "zeros_like" Exact |a| hloom::zeros_like(a) - a;
    "ones_like" Exact |a| hloom::ones_like(a) * a;
    "eye" Exact |a| hloom::eye((3, a.size() as i64)) * a.ravel();
    "tri" Exact |a| hloom::tri((3, a.size() as i64)) * a.ravel();
    "indices" Exact |a| hloom::indices((2, 3)).get(1) + a.ravel().get(0);
    "linspace" Exact |a| hloom::linspace(-1, 1, a.size() as i64) * a.ravel();
    "meshgrid" Exact |a, b| hloom::meshgrid((a.ravel().get(s![..70]), b.ravel().get(s![..7])), ..).swap_remove(0);
    "ix_" Exact |a| a.get((hloom::ix_(([0, 0],)).swap_remove(0), ..));
    "hamming" Relative |a| hloom::hamming(a.size() as i64) * a.ravel();
    "bartlett" Exact |a| hloom::bartlett(a.size() as i64) * a.ravel();
    "histogram2d" Exact |a, b| hloom::histogram2d(a.ravel(), b.ravel(), hloom::bins(3).range((-2, 2))).0;
    "piecewise" Exact |a| hloom::piecewise(a, (a.lt(0), a.gt(1)), (-1, 1));
    "polyadd" Exact |a, b| hloom::polyadd(a.ravel(), b.ravel());
    "polyder" Exact |a| hloom::polyder(a.ravel().get(s![..9]), 1);
    "polyint" Exact |a| hloom::polyint(a.ravel().get(s![..9]), ..);
    "put" Exact |a| {
        let mut changed = a.clone();
        hloom::put(&mut changed, [0, -1, 0], [5, 6, 7], ..);
        changed
    };
    "ravel_multi_index" Exact |a| hloom::ravel_multi_index((a.gt(0).astype(int64), a.lt(1).astype(int64)), (2, 2), ..);
    "sort_complex" Exact |a| hloom::sort_complex(a);
    "trim of a difference" Exact |a| hloom::diff(a, axis(-1).prepend(0).append(0));
    "unwrap" Exact |a| hloom::unwrap(a, axis(-1).period(4));
    "matrix_transpose" Exact |a| hloom::matrix_transpose(a);
    "split" Exact |a| hloom::split(a, [1, 3], 0).swap_remove(1);
    "cumulative_sum" Exact |a| hloom::cumulative_sum(a, axis(0).include_initial());
    "nancumprod" Exact |a| hloom::nancumprod(a.ravel().get(s![..30]), ..);
    "vecdot" Accumulated |a, b| hloom::vecdot(a, b, -1);
    "dot" Accumulated |a, b| hloom::dot(a, b);
    "cross" Relative |a, b| hloom::cross(a, b, ..);
    "nanmean" Accumulated |a| hloom::nanmean(a, 0);
    "median" Relative |a| hloom::median(a, -1);
    "nanmedian" Relative |a| hloom::nanmedian(a, 0);
    "quantile linear" Relative |a| hloom::quantile(a, 0.3, -1);
    "sinc" Relative |a| hloom::sinc(a);
    "i0" Relative |a| hloom::i0(a);
    "angle" Relative |a| hloom::angle(a, ..);
    "nansum" Accumulated |a| hloom::nansum(a, -1);
    "trace" Accumulated |a| hloom::trace(a, ..);
    "inner" Accumulated |a, b| hloom::inner(a, b);
    "vdot" Accumulated |a, b| hloom::vdot(a, b);
    "einsum of a sum" Accumulated |a, b| hloom::einsum("...i,...i->...", (a, b));
    "convolve" Accumulated |a, b| hloom::convolve(a, b.ravel().get(s![..5]), "same");
    "convolve by many" Accumulated |a, b| hloom::convolve(a, b.ravel().get(s![..40]), "valid");
    "outer" Exact |a, b| hloom::outer(a.ravel().get(s![..70]), b.ravel().get(s![..70]));
    "kron" Exact |a, b| hloom::kron(a.ravel().get(s![..70]), b.ravel().get(s![..7]));
    "vander" Exact |a| hloom::vander(a.ravel().get(s![..70]), 2);
    "polyval" Exact |a| hloom::polyval([2, -1, 3], a);
    "scan" Exact |a| hloom::scan(|last: NdArray, row: NdArray| (&last - &last * &row, row), a.get(0), a).0;
    "while_loop" Exact |a, b| hloom::while_loop((NdArray::from(0), a * 1), |(i, _): (NdArray, NdArray)| i.lt(3), |(i, x): (NdArray, NdArray)| (i + 1, &x - &x * b)).1;
}
