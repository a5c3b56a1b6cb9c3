//! Computations by the crate `candle-core` on its CPU device.
//!
//! Products of matrices run on all cores that the process may use, everything else on one. Truth values are `u8` in
//! `candle`, so that a function is missing whose results are truth values; so is one that needs steps of slices, complex
//! numbers or more memory than the arrays have, as its running sums do.

use anyhow::{Result, bail};
use candle_core::{DType, Device, Tensor};
use hloom::NdArray;

use super::run::{Input, Results, Row, table};

/// What `candle` computes.
pub(super) const ROWS: &[Row] = table! {
    // Element by element.
    "x + y" => |x: Tensor, y: Tensor| x + y;
    "d * e" => |d: Tensor, e: Tensor| d * e;
    "x / (y + 1)" => |x: Tensor, y: Tensor| x / (y + 1.0)?;
    "i + j" => |i: Tensor, j: Tensor| i + j;
    // Nothing is negative, so that the quotient is the floor.
    "i // (j + 1)" => |i: Tensor, j: Tensor| i / (j + 1.0)?;
    "np.maximum(x, y)" => |x: Tensor, y: Tensor| x.maximum(y);
    "np.where(b, x, y)" => |x: Tensor, y: Tensor, b: Tensor| b.where_cond(x, y);
    "np.sqrt(d)" => |d: Tensor| d.sqrt();
    "np.exp(x)" => |x: Tensor| x.exp();
    "np.exp(d)" => |d: Tensor| d.exp();
    "np.log(d + 1)" => |d: Tensor| (d + 1.0)?.log();
    "np.sin(x)" => |x: Tensor| x.sin();
    "np.sin(d)" => |d: Tensor| d.sin();
    "np.tanh(x)" => |x: Tensor| x.tanh();
    "np.hypot(d, e)" => |d: Tensor, e: Tensor| (d.sqr()? + e.sqr()?)?.sqrt();
    "x.astype(np.float64)" => |x: Tensor| x.to_dtype(DType::F64);
    "np.floor(d * 100).astype(np.int64)" => |d: Tensor| (d * 100.0)?.floor()?.to_dtype(DType::I64);
    "np.sqrt(x * x + y * y) * 0.5 + x" => |x: Tensor, y: Tensor| ((x.sqr()? + y.sqr()?)?.sqrt()? * 0.5)? + x;
    "np.exp(-d) / (1 + np.exp(-d)) ** 2" => |d: Tensor| {
        let e = d.neg()?.exp()?;
        &e / (&e + 1.0)?.sqr()?
    };
    // NumPy's coefficients make it float64.
    "np.polyval([1.0, 2.0, 3.0, 4.0], x)" => |x: Tensor| {
        let x = x.to_dtype(DType::F64)?;
        ((((&x + 2.0)? * &x)? + 3.0)? * &x)? + 4.0
    };

    // Reductions.
    "np.sum(x)" => |x: Tensor| x.sum_all();
    "np.sum(d)" => |d: Tensor| d.sum_all();
    "np.sum(i)" => |i: Tensor| i.sum_all();
    "np.sum(m, axis=0)" => |m: Tensor| m.sum(0);
    "np.sum(m, axis=1)" => |m: Tensor| m.sum(1);
    "np.mean(d)" => |d: Tensor| d.mean_all();
    // Its own `var` divides by one less than the number of elements.
    "np.var(m, axis=0)" => |m: Tensor| m.broadcast_sub(&m.mean_keepdim(0)?)?.sqr()?.mean(0);
    "np.std(d)" => |d: Tensor| d.broadcast_sub(&d.mean_all()?)?.sqr()?.mean_all()?.sqrt();
    "np.max(x)" => |x: Tensor| x.max_all();
    "np.max(m, axis=1)" => |m: Tensor| m.max(1);
    "np.min(i)" => |i: Tensor| i.min_all();
    "np.count_nonzero(b)" => |b: Tensor| b.to_dtype(DType::I64)?.sum_all();
    "np.argmax(x)" => |x: Tensor| x.argmax(0)?.to_dtype(DType::I64);
    "np.argmin(m, axis=1)" => |m: Tensor| m.argmin(1)?.to_dtype(DType::I64);
    "np.ptp(x)" => |x: Tensor| x.max_all()? - x.min_all()?;
    "np.average(x, weights=y)" => |x: Tensor, y: Tensor| x.dot(y)? / y.sum_all()?;
    // NumPy computes covariances in float64.
    "np.cov(m[:50])" => |m: Tensor| {
        let rows = m.narrow(0, 0, m.dim(0)?.min(50))?.to_dtype(DType::F64)?;
        let deviations = rows.broadcast_sub(&rows.mean_keepdim(1)?)?;
        deviations.matmul(&deviations.t()?)? / (rows.dim(1)? - 1) as f64
    };
    "np.median(d)" => |d: Tensor| {
        let n = d.dim(0)?;
        d.sort_last_dim(true)?.0.narrow(0, (n - 1) / 2, 2 - n % 2)?.mean(0)
    };

    // Indexing and shapes.
    "x[1:-1].copy()" => |x: Tensor| x.narrow(0, 1, x.dim(0)? - 2)?.force_contiguous();
    "x[::-1].copy()" => |x: Tensor| x.flip(&[0]);
    "m.T.copy()" => |m: Tensor| m.t()?.contiguous();
    "x[j]" => |x: Tensor, j: Tensor| x.index_select(j, 0);
    "np.take(x, j)" => |x: Tensor, j: Tensor| x.index_select(j, 0);
    "np.concatenate((x, y))" => |x: Tensor, y: Tensor| Tensor::cat(&[x, y], 0);
    "np.stack((x, y), axis=1)" => |x: Tensor, y: Tensor| Tensor::stack(&[x, y], 1);
    "np.repeat(x, 2)" => |x: Tensor| Tensor::stack(&[x, x], 1)?.flatten_all();
    "np.tile(x, 2)" => |x: Tensor| x.repeat(2);
    "np.roll(x, 3)" => |x: Tensor| x.roll(3, 0);
    "np.pad(m, 1)" => |m: Tensor| m.pad_with_zeros(0, 1, 1)?.pad_with_zeros(1, 1, 1);
    "np.tril(m)" => |m: Tensor| m * Tensor::tril2(m.dim(0)?, m.dtype(), m.device())?;
    "np.diff(x)" => |x: Tensor| {
        let n = x.dim(0)? - 1;
        x.narrow(0, 1, n)? - x.narrow(0, 0, n)?
    };
    "np.gradient(d)" => |d: Tensor| {
        let n = d.dim(0)?;
        let difference = |from: usize, to: usize, len: usize| d.narrow(0, to, len)? - d.narrow(0, from, len)?;
        Tensor::cat(&[difference(0, 1, 1)?, (difference(0, 2, n - 2)? / 2.0)?, difference(n - 2, n - 1, 1)?], 0)
    };

    // Products.
    "np.matmul(m, m)" => |m: Tensor| m.matmul(m);
    "np.matmul(a, a)" => |a: Tensor| a.matmul(a);
    "m @ m[0]" => |m: Tensor| m.mv(&m.get(0)?);
    "m.T @ m" => |m: Tensor| m.t()?.matmul(m);
    "np.dot(x, y)" => |x: Tensor, y: Tensor| x.dot(y);
    "np.vecdot(m, m)" => |m: Tensor| m.sqr()?.sum(1);
    "np.outer(x[:1000], y[:1000])" => |x: Tensor, y: Tensor| {
        let n = x.dim(0)?.min(1_000);
        x.narrow(0, 0, n)?.unsqueeze(1)?.broadcast_mul(&y.narrow(0, 0, n)?)
    };
    "np.einsum('ij,ij->', m, m)" => |m: Tensor| m.sqr()?.sum_all();
    "np.einsum('ij,jk->ki', m, m)" => |m: Tensor| m.t()?.matmul(&m.t()?);
    "np.convolve(x, k)" => |x: Tensor, k: Tensor| {
        let kernel = k.flip(&[0])?.reshape((1, 1, ()))?;
        x.reshape((1, 1, ()))?.conv1d(&kernel, k.dim(0)? - 1, 1, 1, 1)?.flatten_all()
    };

    // Sorting.
    "np.sort(x)" => |x: Tensor| sorted(x);
    "np.sort(d)" => |d: Tensor| sorted(d);
    "np.sort(i)" => |i: Tensor| sorted(i);
    "np.sort(m, axis=1)" => |m: Tensor| sorted(m);
    "np.sort(m, axis=0)" => |m: Tensor| sorted(&m.t()?.contiguous()?)?.t()?.contiguous();
    "np.argsort(x, stable=True)" => |x: Tensor| x.arg_sort_last_dim(true)?.to_dtype(DType::I64);
    "np.argsort(d, stable=True)" => |d: Tensor| d.arg_sort_last_dim(true)?.to_dtype(DType::I64);
    "np.partition(x, 10)[10]" => |x: Tensor| sorted(x)?.get(10);

    // What else NumPy has.
    "np.median(m, axis=1)" => |m: Tensor| {
        let n = m.dim(1)?;
        sorted(m)?.narrow(1, (n - 1) / 2, 2 - n % 2)?.mean(1)
    };
    "np.trapezoid(d)" => |d: Tensor| d.sum_all()? - ((d.get(0)? + d.get(d.dim(0)? - 1)?)? / 2.0)?;
    "np.argsort(x)" => |x: Tensor| x.arg_sort_last_dim(true)?.to_dtype(DType::I64);
    "np.argsort(d)" => |d: Tensor| d.arg_sort_last_dim(true)?.to_dtype(DType::I64);
    "np.flip(x)" => |x: Tensor| x.flip(&[0]);
};

fn sorted(x: &Tensor) -> candle_core::Result<Tensor> {
    Ok(x.sort_last_dim(true)?.0)
}

impl Input for Tensor {
    fn from_array(array: &NdArray) -> Result<Tensor> {
        let ty = array.try_type()?;
        let (shape, device) = (&*ty.shape, &Device::Cpu);
        Ok(match ty.dtype {
            hloom::DType::F32 => Tensor::from_vec(array.to_vec::<f32>()?, shape, device)?,
            hloom::DType::F64 => Tensor::from_vec(array.to_vec::<f64>()?, shape, device)?,
            hloom::DType::I64 => Tensor::from_vec(array.to_vec::<i64>()?, shape, device)?,
            hloom::DType::Bool => Tensor::from_vec(array.astype(hloom::uint8).to_vec::<u8>()?, shape, device)?,
            dtype => bail!("no inputs of {dtype} are computed with"),
        })
    }
}

impl Results for Tensor {
    fn to_arrays(&self) -> Result<Vec<NdArray>> {
        let elements = self.flatten_all()?;
        let array: NdArray = match self.dtype() {
            DType::F32 => elements.to_vec1::<f32>()?.into(),
            DType::F64 => elements.to_vec1::<f64>()?.into(),
            DType::I64 => elements.to_vec1::<i64>()?.into(),
            dtype => bail!("no results of {dtype:?} are compared"),
        };
        Ok(vec![array.reshape(self.dims())])
    }
}
