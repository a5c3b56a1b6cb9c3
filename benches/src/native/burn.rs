//! Computations by `burn` with its backend over `ndarray`: the crates `burn-tensor` and `burn-ndarray`, which the crate `burn`
//! makes visible under its own name.
//!
//! SIMD and threads are on, as in that backend's default. The version is the newest that the workspace's oldest Rust can
//! build; later ones have another backend for processors. Operations consume tensors, so that inputs are shared by `clone`,
//! which copies no elements. The results of `burn` for all elements have an axis, and are made numbers. As long as this
//! feature is on, cargo builds `ndarray` and `matrixmultiply` with threads, so that products by the peer `ndarray` use them.

use anyhow::{Result, anyhow, bail};
use burn_ndarray::{NdArray as Backend, NdArrayDevice};
use burn_tensor::module::conv1d;
use burn_tensor::ops::ConvOptions;
use burn_tensor::{BasicOps, Bool, DType, Float, FloatDType, Int, Tensor, TensorData};
use hloom::NdArray;

use super::run::{Input, Results, Row, table};

type Singles = Tensor<Backend<f32>, 1>;
type Doubles = Tensor<Backend<f64>, 1>;
type Integers = Tensor<Backend<f32>, 1, Int>;
type Truths = Tensor<Backend<f32>, 1, Bool>;
type Matrix = Tensor<Backend<f32>, 2>;
type DoubleMatrix = Tensor<Backend<f64>, 2>;

/// What `burn` computes.
pub(super) const ROWS: &[Row] = table! {
    // Element by element.
    "x + y" => |x: Singles, y: Singles| x.clone() + y.clone();
    "d * e" => |d: Doubles, e: Doubles| d.clone() * e.clone();
    "x / (y + 1)" => |x: Singles, y: Singles| x.clone() / (y.clone() + 1.0);
    "i + j" => |i: Integers, j: Integers| i.clone() + j.clone();
    // Nothing is negative, so that the quotient is the floor.
    "i // (j + 1)" => |i: Integers, j: Integers| i.clone() / (j.clone() + 1);
    "np.maximum(x, y)" => |x: Singles, y: Singles| x.clone().max_pair(y.clone());
    "np.where(b, x, y)" => |x: Singles, y: Singles, b: Truths| y.clone().mask_where(b.clone(), x.clone());
    "np.sqrt(d)" => |d: Doubles| d.clone().sqrt();
    "np.exp(x)" => |x: Singles| x.clone().exp();
    "np.exp(d)" => |d: Doubles| d.clone().exp();
    "np.log(d + 1)" => |d: Doubles| (d.clone() + 1.0).log();
    "np.sin(x)" => |x: Singles| x.clone().sin();
    "np.sin(d)" => |d: Doubles| d.clone().sin();
    "np.tanh(x)" => |x: Singles| x.clone().tanh();
    "np.power(d, e)" => |d: Doubles, e: Doubles| d.clone().powf(e.clone());
    "np.hypot(d, e)" => |d: Doubles, e: Doubles| (d.clone() * d.clone() + e.clone() * e.clone()).sqrt();
    "x.astype(np.float64)" => |x: Singles| x.clone().cast(FloatDType::F64);
    "np.floor(d * 100).astype(np.int64)" => |d: Doubles| (d.clone() * 100.0).floor().int();
    "np.isclose(x, y)" => |x: Singles, y: Singles| x.clone().is_close(y.clone(), Some(1e-5), Some(1e-8));
    "np.sqrt(x * x + y * y) * 0.5 + x" => |x: Singles, y: Singles| {
        (x.clone() * x.clone() + y.clone() * y.clone()).sqrt() * 0.5 + x.clone()
    };
    "np.exp(-d) / (1 + np.exp(-d)) ** 2" => |d: Doubles| {
        let e = (-d.clone()).exp();
        e.clone() / (e + 1.0).powi_scalar(2)
    };

    // Reductions.
    "np.sum(x)" => |x: Singles| x.clone().sum().into_scalar();
    "np.sum(d)" => |d: Doubles| d.clone().sum().into_scalar();
    "np.sum(i)" => |i: Integers| i.clone().sum().into_scalar();
    "np.sum(m, axis=0)" => |m: Matrix| m.clone().sum_dim(0).squeeze::<1>(0);
    "np.sum(m, axis=1)" => |m: Matrix| m.clone().sum_dim(1).squeeze::<1>(1);
    "np.mean(d)" => |d: Doubles| d.clone().mean().into_scalar();
    "np.var(m, axis=0)" => |m: Matrix| m.clone().var_bias(0).squeeze::<1>(0);
    "np.std(d)" => |d: Doubles| d.clone().var_bias(0).sqrt().into_scalar();
    "np.max(x)" => |x: Singles| x.clone().max().into_scalar();
    "np.max(m, axis=1)" => |m: Matrix| m.clone().max_dim(1).squeeze::<1>(1);
    "np.min(i)" => |i: Integers| i.clone().min().into_scalar();
    "np.prod(d + 0.6)" => |d: Doubles| (d.clone() + 0.6).prod().into_scalar();
    "np.all(b)" => |b: Truths| b.clone().all().into_scalar();
    "np.any(x > 2)" => |x: Singles| x.clone().greater_elem(2.0).any().into_scalar();
    "np.count_nonzero(b)" => |b: Truths| b.clone().int().sum().into_scalar();
    "np.argmax(x)" => |x: Singles| x.clone().argmax(0).into_scalar();
    "np.argmin(m, axis=1)" => |m: Matrix| m.clone().argmin(1).squeeze::<1>(1);
    "np.ptp(x)" => |x: Singles| (x.clone().max() - x.clone().min()).into_scalar();
    "np.nanmean(x)" => |x: Singles| {
        let is_nan = x.clone().is_nan();
        let sum = x.clone().mask_fill(is_nan.clone(), 0.0).sum();
        (sum / is_nan.bool_not().float().sum()).into_scalar()
    };
    "np.average(x, weights=y)" => |x: Singles, y: Singles| {
        ((x.clone() * y.clone()).sum() / y.clone().sum()).into_scalar()
    };
    "np.median(d)" => |d: Doubles| {
        let [n] = d.dims();
        d.clone().sort(0).narrow(0, (n - 1) / 2, 2 - n % 2).mean().into_scalar()
    };

    // Indexing and shapes.
    "x[1:-1].copy()" => |x: Singles| x.clone().narrow(0, 1, x.dims()[0] - 2);
    "x[::-1].copy()" => |x: Singles| x.clone().flip([0]);
    "x[j]" => |x: Singles, j: Integers| x.clone().select(0, j.clone());
    "x[b]" => |x: Singles, b: Truths| x.clone().select(0, b.clone().argwhere().squeeze::<1>(1));
    "np.nonzero(b)[0]" => |b: Truths| b.clone().argwhere().squeeze::<1>(1);
    "np.take(x, j)" => |x: Singles, j: Integers| x.clone().select(0, j.clone());
    "np.take(m, i[:100] % m.shape[1], axis=1)" => |i: Integers, m: Matrix| {
        m.clone().select(1, i.clone().narrow(0, 0, i.dims()[0].min(100)) % m.dims()[1] as i64)
    };
    "np.concatenate((x, y))" => |x: Singles, y: Singles| Tensor::cat(vec![x.clone(), y.clone()], 0);
    "np.stack((x, y), axis=1)" => |x: Singles, y: Singles| Tensor::stack::<2>(vec![x.clone(), y.clone()], 1);
    "np.repeat(x, 2)" => |x: Singles| Tensor::stack::<2>(vec![x.clone(), x.clone()], 1).flatten::<1>(0, 1);
    "np.tile(x, 2)" => |x: Singles| x.clone().repeat(&[2]);
    // Its `roll` of this version moves elements towards the start.
    "np.roll(x, 3)" => |x: Singles| x.clone().roll(&[-3], &[0]);
    "np.pad(m, 1)" => |m: Matrix| m.clone().pad((1, 1, 1, 1), 0.0);
    "np.tril(m)" => |m: Matrix| m.clone().tril(0);
    "np.diff(x)" => |x: Singles| {
        let n = x.dims()[0] - 1;
        x.clone().narrow(0, 1, n) - x.clone().narrow(0, 0, n)
    };
    "np.gradient(d)" => |d: Doubles| {
        let [n] = d.dims();
        let difference = |from, to, len| d.clone().narrow(0, to, len) - d.clone().narrow(0, from, len);
        Tensor::cat(vec![difference(0, 1, 1), difference(0, 2, n - 2) / 2.0, difference(n - 2, n - 1, 1)], 0)
    };

    // Products.
    "np.matmul(m, m)" => |m: Matrix| m.clone().matmul(m.clone());
    "np.matmul(a, a)" => |a: DoubleMatrix| a.clone().matmul(a.clone());
    "m @ m[0]" => |m: Matrix| m.clone().matmul(m.clone().narrow(0, 0, 1).transpose()).squeeze::<1>(1);
    "m.T @ m" => |m: Matrix| m.clone().transpose().matmul(m.clone());
    "np.dot(x, y)" => |x: Singles, y: Singles| (x.clone() * y.clone()).sum().into_scalar();
    "np.vecdot(m, m)" => |m: Matrix| (m.clone() * m.clone()).sum_dim(1).squeeze::<1>(1);
    "np.outer(x[:1000], y[:1000])" => |x: Singles, y: Singles| {
        let n = x.dims()[0].min(1_000);
        x.clone().narrow(0, 0, n).unsqueeze_dim::<2>(1) * y.clone().narrow(0, 0, n).unsqueeze_dim::<2>(0)
    };
    "np.einsum('ij,ij->', m, m)" => |m: Matrix| (m.clone() * m.clone()).sum().into_scalar();
    "np.einsum('ij,jk->ki', m, m)" => |m: Matrix| m.clone().transpose().matmul(m.clone().transpose());
    "np.convolve(x, k)" => |x: Singles, k: Singles| {
        let options = ConvOptions::new([1], [k.dims()[0] - 1], [1], 1);
        let kernel = k.clone().flip([0]).unsqueeze::<3>();
        conv1d(x.clone().unsqueeze::<3>(), kernel, None, options).flatten::<1>(0, 2)
    };

    // Sorting.
    "np.sort(x)" => |x: Singles| x.clone().sort(0);
    "np.sort(d)" => |d: Doubles| d.clone().sort(0);
    "np.sort(i)" => |i: Integers| i.clone().sort(0);
    "np.sort(m, axis=1)" => |m: Matrix| m.clone().sort(1);
    "np.sort(m, axis=0)" => |m: Matrix| m.clone().sort(0);
    "np.partition(x, 10)[10]" => |x: Singles| x.clone().sort(0).narrow(0, 10, 1).into_scalar();

    // What else NumPy has.
    "np.median(m, axis=1)" => |m: Matrix| {
        let [_, n] = m.dims();
        m.clone().sort(1).narrow(1, (n - 1) / 2, 2 - n % 2).mean_dim(1).squeeze::<1>(1)
    };
    "np.trapezoid(d)" => |d: Doubles| {
        let [n] = d.dims();
        (d.clone().sum() - (d.clone().narrow(0, 0, 1) + d.clone().narrow(0, n - 1, 1)) / 2.0).into_scalar()
    };
    "np.argsort(x)" => |x: Singles| x.clone().argsort(0);
    "np.argsort(d)" => |d: Doubles| d.clone().argsort(0);
    "np.flip(x)" => |x: Singles| x.clone().flip([0]);
};

fn data(array: &NdArray) -> Result<TensorData> {
    let ty = array.try_type()?;
    let shape = ty.shape.to_vec();
    Ok(match ty.dtype {
        hloom::DType::F32 => TensorData::new(array.to_vec::<f32>()?, shape),
        hloom::DType::F64 => TensorData::new(array.to_vec::<f64>()?, shape),
        hloom::DType::I64 => TensorData::new(array.to_vec::<i64>()?, shape),
        hloom::DType::Bool => TensorData::new(array.to_vec::<bool>()?, shape),
        dtype => bail!("no inputs of {dtype} are computed with"),
    })
}

macro_rules! inputs {
    ($($element:ty, $kind:ty;)*) => { $(
        impl<const D: usize> Input for Tensor<Backend<$element>, D, $kind> {
            fn from_array(array: &NdArray) -> Result<Self> {
                Ok(Tensor::from_data(data(array)?, &NdArrayDevice::Cpu))
            }
        }
    )* };
}

inputs! {
    f32, Float;
    f64, Float;
    f32, Int;
    f32, Bool;
}

impl<B: burn_tensor::backend::Backend, const D: usize, K: BasicOps<B>> Results for Tensor<B, D, K> {
    fn to_arrays(&self) -> Result<Vec<NdArray>> {
        let data = self.to_data();
        let vector = |error| anyhow!("{error:?}");
        let array: NdArray = match data.dtype {
            DType::F32 => data.to_vec::<f32>().map_err(vector)?.into(),
            DType::F64 => data.to_vec::<f64>().map_err(vector)?.into(),
            DType::I64 => data.to_vec::<i64>().map_err(vector)?.into(),
            DType::Bool => data.to_vec::<bool>().map_err(vector)?.into(),
            dtype => bail!("no results of {dtype:?} are compared"),
        };
        Ok(vec![array.reshape(&data.shape[..])])
    }
}
