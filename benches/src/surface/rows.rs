//! What is measured: NumPy's expression, and the same here.

use hloom as np;
use hloom::random::{default_rng, size};

use super::{Operands, Row};
use hloom::prelude::*;

rows! {
    compiled "np.sum(x)" => |o| o.x.sum(..);
    compiled "np.std(d)" => |o| o.d.std(..);
    compiled "np.var(m, axis=0)" => |o| o.m.var(0);
    compiled "np.argmax(x)" => |o| o.x.argmax(..);
    compiled "np.ptp(x)" => |o| o.x.ptp(..);
    compiled "np.count_nonzero(b)" => |o| o.b.count_nonzero(..);
    compiled "np.where(b, x, y)" => |o| np::where_(&o.b, &o.x, &o.y);
    compiled "np.concatenate((x, y))" => |o| np::concatenate((&o.x, &o.y), 0);
    compiled "np.nanmean(x)" => |o| np::nanmean(&o.x, ..);
    compiled "np.median(d)" => |o| np::median(&o.d, ..);
    compiled "np.median(m, axis=1)" => |o| np::median(&o.m, 1);
    compiled "np.percentile(d, 90)" => |o| np::percentile(&o.d, 90, ..);
    compiled "np.average(x, weights=y)" => |o| np::average(&o.x, axis(..).weights(&o.y));
    compiled "np.cov(m[:50])" => |o| np::cov(o.m.get(..50), ..);
    compiled "np.cumsum(d)" => |o| o.d.cumsum(..);
    compiled "np.cumsum(i)" => |o| o.i.cumsum(..);
    compiled "np.cumprod(m, axis=0)" => |o| o.m.cumprod(0);
    compiled "np.maximum.accumulate(x)" => |o| np::accumulate(np::Binary::Maximum, &o.x, 0);
    compiled "np.diff(x)" => |o| np::diff(&o.x, -1);
    compiled "np.gradient(d)" => |o| np::gradient(&o.d, ..);
    compiled "np.trapezoid(d)" => |o| np::trapezoid(&o.d, -1);
    compiled "np.sort(x)" => |o| o.x.sort(-1);
    compiled "np.sort(m, axis=1)" => |o| o.m.sort(1);
    compiled "np.argsort(x)" => |o| o.x.argsort(-1);
    compiled "np.argsort(d)" => |o| o.d.argsort(-1);
    compiled "np.partition(x, 10)" => |o| o.x.partition(10, -1);
    compiled "np.searchsorted(np.sort(k), x)" => |o| np::searchsorted(o.k.sort(-1), &o.x, ..);
    read "np.unique(i)" => |o| np::unique(&o.i, ..);
    read "np.unique(x)" => |o| np::unique(&o.x, ..);
    compiled "np.isin(i, j[:20])" => |o| np::isin(&o.i, o.j.get(..20), ..);
    read "np.bincount(i)" => |o| np::bincount(&o.i, ..);
    read "np.histogram(x, 100)[0]" => |o| np::histogram(&o.x, 100).0;
    compiled "np.digitize(x, np.sort(k))" => |o| np::digitize(&o.x, o.k.sort(-1), ..);
    read "np.nonzero(b)[0]" => |o| np::nonzero(&o.b).map(|mut places| places.remove(0));
    read "x[b]" => |o| o.x.get(&o.b);
    compiled "np.take(x, j)" => |o| np::take(&o.x, &o.j, ..);
    compiled "np.take(m, i[:100] % m.shape[1], axis=1)" => |o| np::take(&o.m, o.i.get(..100) % o.m.shape()[1] as i64, 1);
    compiled "np.repeat(x, 2)" => |o| o.x.repeat(2, ..);
    compiled "np.tile(x, 2)" => |o| np::tile(&o.x, 2);
    compiled "np.flip(x)" => |o| np::flip(&o.x, ..);
    compiled "np.roll(x, 3)" => |o| np::roll(&o.x, 3, ..);
    compiled "np.pad(m, 1)" => |o| np::pad(&o.m, 1, ..);
    compiled "np.tril(m)" => |o| np::tril(&o.m, ..);
    compiled "np.convolve(x, k)" => |o| np::convolve(&o.x, &o.k, ..);
    compiled "np.interp(d, np.sort(e[:100]), e[:100])" => |o| np::interp(&o.d, o.e.get(..100).sort(-1), o.e.get(..100), ..);
    compiled "np.einsum('ij,ij->', m, m)" => |o| np::einsum("ij,ij->", (&o.m, &o.m));
    compiled "np.vecdot(m, m)" => |o| np::vecdot(&o.m, &o.m, -1);
    compiled "np.matmul(m, m)" => |o| o.m.matmul(&o.m);
    compiled "np.polyval([1.0, 2.0, 3.0, 4.0], x)" => |o| np::polyval([1.0, 2.0, 3.0, 4.0], &o.x);
    compiled "np.isclose(x, y)" => |o| np::isclose(&o.x, &o.y, ..);
    compiled "np.packbits(b)" => |o| np::packbits(&o.b, ..);
    read "np.random.default_rng(1).random(x.size)" => |o| default_rng(1).random(o.x.size());
    read "np.random.default_rng(1).random(x.size, dtype=np.float32)" => |o| default_rng(1).random(size(o.x.size()).dtype(float32));
    read "np.random.default_rng(1).random(x.size).sum()" => |o| default_rng(1).random(o.x.size()).sum(..);
    read "np.random.default_rng(1).standard_normal(x.size)" => |o| default_rng(1).standard_normal(o.x.size());
    read "np.random.default_rng(1).integers(0, 1000, x.size)" => |o| default_rng(1).integers(0, 1000, o.x.size());
    read "np.random.default_rng(1).poisson(4, x.size)" => |o| default_rng(1).poisson(4, o.x.size());
    read "np.random.default_rng(1).poisson(100, x.size)" => |o| default_rng(1).poisson(100, o.x.size());
    read "np.random.default_rng(1).permutation(x.size)" => |o| default_rng(1).permutation(o.x.size(), ..);
}
