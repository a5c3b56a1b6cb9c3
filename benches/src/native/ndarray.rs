//! Computations by the crate `ndarray`, the usual arrays of Rust.
//!
//! Everything runs on one thread, as `ndarray` does unless its feature `rayon` is on and `par_` forms are called. BLAS is
//! not linked: `dot` of matrices is the pure Rust of `matrixmultiply`. What `ndarray` has no function for is written with
//! `Zip`, `fold`, `map_axis` and iterators. Elements are sorted in a vector, in the order of `total_cmp`, and the greatest
//! are found by `max`: both differ from NumPy only for NaN, of which the inputs have none. A reversed or transposed copy is
//! brought into row-major order, as NumPy's is, where `to_owned` would keep the order of memory. Slices are taken axis by
//! axis, as the macro `s!` takes them, which itself may not stand where unsafe code is forbidden.
//!
//! `dot` of two float32 vectors adds to eight running sums, which loses digits that NumPy's pairwise sums keep: from some million
//! elements on, `np.dot(x, y)` is further from NumPy's result than the check allows. Means over all elements are added up in
//! float64.

use anyhow::{Context, Result};
use hloom::{Complex, Element, NdArray};
use ndarray::{
    Array, Array1, Array2, ArrayD, ArrayView, ArrayView1, ArrayViewMut, Axis, Dimension, RemoveAxis, Slice, Zip,
    concatenate, stack,
};

use super::run::{Input, Results, Row, table};

type Singles = Array1<f32>;
type Doubles = Array1<f64>;
type Integers = Array1<i64>;
type Truths = Array1<bool>;
type Complexes = Array1<Complex<f64>>;
type Matrix = Array2<f32>;
type DoubleMatrix = Array2<f64>;

/// What `ndarray` computes.
pub(super) const ROWS: &[Row] = table! {
    // Element by element.
    "x + y" => |x: Singles, y: Singles| x + y;
    "d * e" => |d: Doubles, e: Doubles| d * e;
    "x / (y + 1)" => |x: Singles, y: Singles| Zip::from(x).and(y).map_collect(|x, y| x / (y + 1.0));
    "i + j" => |i: Integers, j: Integers| i + j;
    // The divisor is positive, so that the Euclidean quotient is the floor.
    "i // (j + 1)" => |i: Integers, j: Integers| Zip::from(i).and(j).map_collect(|i, j| i.div_euclid(j + 1));
    "np.maximum(x, y)" => |x: Singles, y: Singles| Zip::from(x).and(y).map_collect(|x, &y| x.max(y));
    "np.where(b, x, y)" => |x: Singles, y: Singles, b: Truths| {
        Zip::from(b).and(x).and(y).map_collect(|&b, &x, &y| if b { x } else { y })
    };
    "np.sqrt(d)" => |d: Doubles| d.sqrt();
    "np.exp(x)" => |x: Singles| x.exp();
    "np.exp(d)" => |d: Doubles| d.exp();
    "np.log(d + 1)" => |d: Doubles| d.mapv(|d| (d + 1.0).ln());
    "np.sin(x)" => |x: Singles| x.sin();
    "np.sin(d)" => |d: Doubles| d.sin();
    "np.tanh(x)" => |x: Singles| x.mapv(f32::tanh);
    "np.arctan2(x, y)" => |x: Singles, y: Singles| Zip::from(x).and(y).map_collect(|x, &y| x.atan2(y));
    "np.power(d, e)" => |d: Doubles, e: Doubles| Zip::from(d).and(e).map_collect(|d, &e| d.powf(e));
    "np.hypot(d, e)" => |d: Doubles, e: Doubles| Zip::from(d).and(e).map_collect(|d, &e| d.hypot(e));
    "np.abs(c)" => |c: Complexes| c.mapv(|c| c.norm());
    "c * c" => |c: Complexes| c * c;
    "x.astype(np.float64)" => |x: Singles| x.mapv(f64::from);
    "np.floor(d * 100).astype(np.int64)" => |d: Doubles| d.mapv(|d| (d * 100.0).floor() as i64);
    "np.isclose(x, y)" => |x: Singles, y: Singles| {
        Zip::from(x).and(y).map_collect(|x, y| (x - y).abs() <= 1e-8 + 1e-5 * y.abs())
    };
    "np.sqrt(x * x + y * y) * 0.5 + x" => |x: Singles, y: Singles| {
        Zip::from(x).and(y).map_collect(|x, y| (x * x + y * y).sqrt() * 0.5 + x)
    };
    "np.exp(-d) / (1 + np.exp(-d)) ** 2" => |d: Doubles| d.mapv(|d| {
        let e = (-d).exp();
        e / (1.0 + e).powi(2)
    });
    // NumPy's coefficients make it float64.
    "np.polyval([1.0, 2.0, 3.0, 4.0], x)" => |x: Singles| x.mapv(|x| {
        let x = f64::from(x);
        ((x + 2.0) * x + 3.0) * x + 4.0
    });

    // Reductions.
    "np.sum(x)" => |x: Singles| x.sum();
    "np.sum(d)" => |d: Doubles| d.sum();
    "np.sum(i)" => |i: Integers| i.sum();
    "np.sum(m, axis=0)" => |m: Matrix| m.sum_axis(Axis(0));
    "np.sum(m, axis=1)" => |m: Matrix| m.sum_axis(Axis(1));
    "np.mean(d)" => |d: Doubles| d.mean();
    "np.var(m, axis=0)" => |m: Matrix| m.var_axis(Axis(0), 0.0);
    "np.std(d)" => |d: Doubles| d.std(0.0);
    "np.max(x)" => |x: Singles| greatest(x.view());
    "np.max(m, axis=1)" => |m: Matrix| m.map_axis(Axis(1), greatest);
    "np.min(i)" => |i: Integers| i.iter().copied().min();
    "np.prod(d + 0.6)" => |d: Doubles| d.fold(1.0, |product, d| product * (d + 0.6));
    "np.all(b)" => |b: Truths| b.iter().all(|&b| b);
    "np.any(x > 2)" => |x: Singles| x.iter().any(|&x| x > 2.0);
    "np.count_nonzero(b)" => |b: Truths| b.iter().filter(|&&b| b).count() as i64;
    "np.argmax(x)" => |x: Singles| first_that(x.view(), |x, greatest| x > greatest);
    "np.argmin(m, axis=1)" => |m: Matrix| m.map_axis(Axis(1), |row| first_that(row, |x, least| x < least));
    "np.ptp(x)" => |x: Singles| {
        let (least, greatest) =
            x.fold((f32::INFINITY, f32::NEG_INFINITY), |(least, greatest), x| (x.min(least), x.max(greatest)));
        greatest - least
    };
    "np.nanmean(x)" => |x: Singles| {
        let (sum, count) = x.fold((0.0, 0.0), |(sum, count), &x| {
            if x.is_nan() { (sum, count) } else { (sum + f64::from(x), count + 1.0) }
        });
        (sum / count) as f32
    };
    "np.average(x, weights=y)" => |x: Singles, y: Singles| {
        let (sum, weights) = Zip::from(x).and(y).fold((0.0, 0.0), |(sum, weights), &x, &y| {
            (sum + f64::from(x) * f64::from(y), weights + f64::from(y))
        });
        (sum / weights) as f32
    };
    // NumPy computes covariances in float64.
    "np.cov(m[:50])" => |m: Matrix| {
        let rows = m.slice_axis(Axis(0), Slice::from(..m.nrows().min(50))).mapv(f64::from);
        let deviations = &rows - &rows.sum_axis(Axis(1)).insert_axis(Axis(1)) / rows.ncols() as f64;
        deviations.dot(&deviations.t()) / (rows.ncols() - 1) as f64
    };
    "np.cumsum(d)" => |d: Doubles| accumulated(d.clone(), |before, d| *d += before);
    "np.cumsum(i)" => |i: Integers| accumulated(i.clone(), |before, i| *i += before);
    "np.cumprod(m, axis=0)" => |m: Matrix| accumulated(m.clone(), |before, m| *m *= before);
    "np.maximum.accumulate(x)" => |x: Singles| accumulated(x.clone(), |before, x| *x = x.max(*before));
    "np.median(d)" => |d: Doubles| quantile(d.to_vec(), 0.5);
    "np.percentile(d, 90)" => |d: Doubles| quantile(d.to_vec(), 0.9);

    // Indexing and shapes.
    "x[1:-1].copy()" => |x: Singles| trimmed(x, [(1, 1)]).to_owned();
    "x[::2].copy()" => |x: Singles| x.slice_axis(Axis(0), Slice::new(0, None, 2)).as_standard_layout().into_owned();
    "x[::-1].copy()" => |x: Singles| x.slice_axis(Axis(0), Slice::new(0, None, -1)).as_standard_layout().into_owned();
    "m.T.copy()" => |m: Matrix| m.t().as_standard_layout().into_owned();
    "x[j]" => |x: Singles, j: Integers| j.mapv(|j| x[j as usize]);
    "x[b]" => |x: Singles, b: Truths| {
        Singles::from_iter(x.iter().zip(b).filter(|&(_, &b)| b).map(|(&x, _)| x))
    };
    "np.nonzero(b)[0]" => |b: Truths| {
        Integers::from_iter(b.iter().enumerate().filter(|&(_, &b)| b).map(|(idx, _)| idx as i64))
    };
    "np.take(x, j)" => |x: Singles, j: Integers| j.mapv(|j| x[j as usize]);
    "np.take(m, i[:100] % m.shape[1], axis=1)" => |i: Integers, m: Matrix| {
        let columns: Vec<usize> = i.iter().take(100).map(|&i| i as usize % m.ncols()).collect();
        m.select(Axis(1), &columns)
    };
    "np.concatenate((x, y))" => |x: Singles, y: Singles| concatenate(Axis(0), &[x.view(), y.view()]);
    "np.stack((x, y), axis=1)" => |x: Singles, y: Singles| stack(Axis(1), &[x.view(), y.view()]);
    "np.repeat(x, 2)" => |x: Singles| Singles::from_iter(x.iter().flat_map(|&x| [x, x]));
    "np.tile(x, 2)" => |x: Singles| concatenate(Axis(0), &[x.view(), x.view()]);
    "np.roll(x, 3)" => |x: Singles| {
        let (first, last) = x.view().split_at(Axis(0), x.len() - 3);
        concatenate(Axis(0), &[last, first])
    };
    "np.pad(m, 1)" => |m: Matrix| {
        let mut padded = Matrix::zeros((m.nrows() + 2, m.ncols() + 2));
        trimmed_mut(&mut padded, [(1, 1), (1, 1)]).assign(m);
        padded
    };
    "np.tril(m)" => |m: Matrix| m.tril(0);
    "np.diff(x)" => |x: Singles| &trimmed(x, [(1, 0)]) - &trimmed(x, [(0, 1)]);
    "np.gradient(d)" => |d: Doubles| {
        let last = d.len() - 1;
        let mut gradient = Doubles::zeros(d.len());
        gradient[0] = d[1] - d[0];
        Zip::from(trimmed_mut(&mut gradient, [(1, 1)]))
            .and(trimmed(d, [(2, 0)]))
            .and(trimmed(d, [(0, 2)]))
            .for_each(|gradient, after, before| *gradient = (after - before) / 2.0);
        gradient[last] = d[last] - d[last - 1];
        gradient
    };
    "np.bincount(i)" => |i: Integers| {
        let n_bins = i.iter().max().map_or(0, |&greatest| greatest as usize + 1);
        let mut counts = Integers::zeros(n_bins);
        i.for_each(|&i| counts[i as usize] += 1);
        counts
    };
    "np.packbits(b)" => |b: Truths| {
        let byte = |bits: ArrayView1<'_, bool>| bits.iter().rev().fold(0u8, |byte, &bit| byte >> 1 | u8::from(bit) << 7);
        Array1::from_iter(b.axis_chunks_iter(Axis(0), 8).map(byte))
    };

    // Products.
    "np.matmul(m, m)" => |m: Matrix| m.dot(m);
    "np.matmul(a, a)" => |a: DoubleMatrix| a.dot(a);
    "m @ m[0]" => |m: Matrix| m.dot(&m.row(0));
    "m.T @ m" => |m: Matrix| m.t().dot(m);
    "np.dot(x, y)" => |x: Singles, y: Singles| x.dot(y);
    "np.vecdot(m, m)" => |m: Matrix| Zip::from(m.rows()).map_collect(|row| row.dot(&row));
    "np.outer(x[:1000], y[:1000])" => |x: Singles, y: Singles| {
        let first = Slice::from(..x.len().min(1_000));
        &x.slice_axis(Axis(0), first).insert_axis(Axis(1)) * &y.slice_axis(Axis(0), first)
    };
    "np.einsum('ij,ij->', m, m)" => |m: Matrix| m.rows().into_iter().map(|row| row.dot(&row)).sum::<f32>();
    "np.einsum('ij,jk->ki', m, m)" => |m: Matrix| m.t().dot(&m.t());
    "np.convolve(x, k)" => |x: Singles, k: Singles| {
        let mut result = Singles::zeros(x.len() + k.len() - 1);
        for (start, &weight) in k.iter().enumerate() {
            result.slice_axis_mut(Axis(0), Slice::from(start..start + x.len())).scaled_add(weight, x);
        }
        result
    };

    // Sorting, searching and sets.
    "np.sort(x)" => |x: Singles| Singles::from(sorted(x));
    "np.sort(d)" => |d: Doubles| {
        let mut elements = d.to_vec();
        elements.sort_unstable_by(f64::total_cmp);
        Doubles::from(elements)
    };
    "np.sort(i)" => |i: Integers| {
        let mut elements = i.to_vec();
        elements.sort_unstable();
        Integers::from(elements)
    };
    "np.sort(m, axis=1)" => |m: Matrix| lanes_sorted(m, Axis(1));
    "np.sort(m, axis=0)" => |m: Matrix| lanes_sorted(m, Axis(0));
    "np.argsort(x, stable=True)" => |x: Singles| places_sorted(x.view(), f32::total_cmp);
    "np.argsort(d, stable=True)" => |d: Doubles| places_sorted(d.view(), f64::total_cmp);
    "np.partition(x, 10)[10]" => |x: Singles| *x.to_vec().select_nth_unstable_by(10, f32::total_cmp).1;
    "np.searchsorted(np.sort(k), x)" => |x: Singles, k: Singles| {
        let bounds = sorted(k);
        x.mapv(|x| bounds.partition_point(|&bound| bound < x) as i64)
    };
    "np.searchsorted(np.sort(d), e)" => |d: Doubles, e: Doubles| {
        let mut bounds = d.to_vec();
        bounds.sort_unstable_by(f64::total_cmp);
        e.mapv(|e| bounds.partition_point(|&bound| bound < e) as i64)
    };
    "np.digitize(x, np.sort(k))" => |x: Singles, k: Singles| {
        let bounds = sorted(k);
        x.mapv(|x| bounds.partition_point(|&bound| bound <= x) as i64)
    };
    "np.unique(i)" => |i: Integers| {
        let mut elements = i.to_vec();
        elements.sort_unstable();
        elements.dedup();
        Integers::from(elements)
    };
    "np.unique(x)" => |x: Singles| {
        let mut elements = sorted(x);
        elements.dedup();
        Singles::from(elements)
    };
    "np.isin(i, j[:20])" => |i: Integers, j: Integers| {
        let wanted: Vec<i64> = j.iter().take(20).copied().collect();
        i.mapv(|i| wanted.contains(&i))
    };
    "np.histogram(x, 100)[0]" => |x: Singles| histogram(x, 100);

    // What else NumPy has.
    "np.median(m, axis=1)" => |m: Matrix| m.map_axis(Axis(1), |row| {
        let mut elements = row.to_vec();
        let middle = elements.len() / 2;
        let (below, &mut median, _) = elements.select_nth_unstable_by(middle, f32::total_cmp);
        if row.len() % 2 == 1 { median } else { (greatest(ArrayView1::from(&*below)) + median) / 2.0 }
    });
    "np.trapezoid(d)" => |d: Doubles| d.sum() - (d[0] + d[d.len() - 1]) / 2.0;
    "np.argsort(x)" => |x: Singles| places_sorted(x.view(), f32::total_cmp);
    "np.argsort(d)" => |d: Doubles| places_sorted(d.view(), f64::total_cmp);
    "np.flip(x)" => |x: Singles| x.slice_axis(Axis(0), Slice::new(0, None, -1)).as_standard_layout().into_owned();
    "np.interp(d, np.sort(e[:100]), e[:100])" => |d: Doubles, e: Doubles| {
        let heights: Vec<f64> = e.iter().take(100).copied().collect();
        let mut places = heights.clone();
        places.sort_unstable_by(f64::total_cmp);
        d.mapv(|d| match places.partition_point(|&place| place <= d) {
            0 => heights[0],
            after if after == places.len() => heights[after - 1],
            after => {
                let slope = (heights[after] - heights[after - 1]) / (places[after] - places[after - 1]);
                slope * (d - places[after - 1]) + heights[after - 1]
            }
        })
    };
};

/// The array without so many elements at the start and at the end of each axis.
pub(super) fn trimmed<T, D: Dimension, const N: usize>(
    array: &Array<T, D>,
    ends: [(isize, isize); N],
) -> ArrayView<'_, T, D> {
    array.slice_each_axis(|axis| trim(ends[axis.axis.index()]))
}

/// The same, to write to.
pub(super) fn trimmed_mut<T, D: Dimension, const N: usize>(
    array: &mut Array<T, D>,
    ends: [(isize, isize); N],
) -> ArrayViewMut<'_, T, D> {
    array.slice_each_axis_mut(|axis| trim(ends[axis.axis.index()]))
}

fn trim((at_start, at_end): (isize, isize)) -> Slice {
    Slice::new(at_start, (at_end > 0).then_some(-at_end), 1)
}

/// The greatest element.
fn greatest(x: ArrayView1<'_, f32>) -> f32 {
    x.fold(f32::NEG_INFINITY, |greatest, &x| x.max(greatest))
}

/// The place of the first element that is before all others.
fn first_that(x: ArrayView1<'_, f32>, is_before: impl Fn(f32, f32) -> bool) -> i64 {
    let mut first = (0, x[0]);
    for (idx, &x) in x.iter().enumerate() {
        if is_before(x, first.1) {
            first = (idx, x);
        }
    }
    first.0 as i64
}

/// The array, in which each element along the first axis has taken in the one before.
fn accumulated<T, D: RemoveAxis>(mut array: Array<T, D>, take_in: impl FnMut(&T, &mut T)) -> Array<T, D> {
    array.accumulate_axis_inplace(Axis(0), take_in);
    array
}

/// The number below which a share of the elements lies, between two elements where it falls there.
fn quantile(mut elements: Vec<f64>, share: f64) -> f64 {
    let place = share * (elements.len() - 1) as f64;
    let (_, &mut below, above) = elements.select_nth_unstable_by(place as usize, f64::total_cmp);
    let next = above.iter().copied().fold(f64::INFINITY, f64::min);
    if place.fract() == 0.0 { below } else { below + (next - below) * place.fract() }
}

fn sorted(x: &Singles) -> Vec<f32> {
    let mut elements = x.to_vec();
    elements.sort_unstable_by(f32::total_cmp);
    elements
}

fn lanes_sorted(m: &Matrix, axis: Axis) -> Matrix {
    let mut result = m.clone();
    for mut lane in result.lanes_mut(axis) {
        if let Some(lane) = lane.as_slice_mut() {
            lane.sort_unstable_by(f32::total_cmp);
        } else {
            let mut elements = lane.to_vec();
            elements.sort_unstable_by(f32::total_cmp);
            lane.assign(&ArrayView1::from(&elements));
        }
    }
    result
}

/// The places of the elements in increasing order, those of equal ones as they were.
fn places_sorted<T>(x: ArrayView1<'_, T>, order: impl Fn(&T, &T) -> std::cmp::Ordering) -> Integers {
    let mut places: Vec<i64> = (0..x.len() as i64).collect();
    places.sort_by(|&one, &other| order(&x[one as usize], &x[other as usize]));
    Integers::from(places)
}

/// How many elements lie in each of some bins of equal width. The bounds of bins decide, as in NumPy, not the quotient.
fn histogram(x: &Singles, n_bins: usize) -> Integers {
    let (least, greatest) =
        x.fold((f32::INFINITY, f32::NEG_INFINITY), |(least, greatest), &x| (least.min(x), greatest.max(x)));
    let bounds = Singles::linspace(least, greatest, n_bins + 1);
    let scale = n_bins as f32 / (greatest - least);
    let mut counts = Integers::zeros(n_bins);
    for &x in x {
        let bin = (((x - least) * scale) as usize).min(n_bins - 1);
        let bin = if x < bounds[bin] {
            bin - 1
        } else if bin + 1 < n_bins && x >= bounds[bin + 1] {
            bin + 1
        } else {
            bin
        };
        counts[bin] += 1;
    }
    counts
}

impl<T: Element, D: Dimension> Input for Array<T, D> {
    fn from_array(array: &NdArray) -> Result<Array<T, D>> {
        let array = ArrayD::<T>::try_from(array)?;
        array.into_dimensionality().context("an input has another number of axes")
    }
}

impl<T: Element, D: Dimension> Results for Array<T, D> {
    fn to_arrays(&self) -> Result<Vec<NdArray>> {
        Ok(vec![self.clone().into()])
    }
}

/// A sum or an extreme of all elements, which there is none of where there are no elements.
impl<R: Results> Results for Option<R> {
    fn check(&self) -> Result<()> {
        self.as_ref().context("an array without elements")?.check()
    }

    fn to_arrays(&self) -> Result<Vec<NdArray>> {
        self.as_ref().context("an array without elements")?.to_arrays()
    }
}
