//! Sums and what is like them, whole and along axes, and running ones.

use hloom as np;
use hloom::prelude::*;
use hloom_bench::Suite;

rows! {
    compiled "np.sum(x)" => |o| o.x.sum(..);
    compiled "np.sum(d)" => |o| o.d.sum(..);
    compiled "np.sum(i)" => |o| o.i.sum(..);
    compiled "np.sum(m, axis=0)" => |o| o.m.sum(0);
    compiled "np.sum(m, axis=1)" => |o| o.m.sum(1);
    compiled "np.mean(d)" => |o| o.d.mean(..);
    compiled "np.var(m, axis=0)" => |o| o.m.var(0);
    compiled "np.std(d)" => |o| o.d.std(..);
    compiled "np.max(x)" => |o| o.x.max(..);
    compiled "np.max(m, axis=1)" => |o| o.m.max(1);
    compiled "np.min(i)" => |o| o.i.min(..);
    compiled "np.prod(d + 0.6)" => |o| (o.d + 0.6).prod(..);
    compiled "np.all(b)" => |o| o.b.all(..);
    compiled "np.any(x > 2)" => |o| o.x.gt(2).any(..);
    compiled "np.count_nonzero(b)" => |o| o.b.count_nonzero(..);
    compiled "np.argmax(x)" => |o| o.x.argmax(..);
    compiled "np.argmin(m, axis=1)" => |o| o.m.argmin(1);
    compiled "np.ptp(x)" => |o| o.x.ptp(..);
    compiled "np.nanmean(x)" => |o| np::nanmean(&o.x, ..);
    compiled "np.average(x, weights=y)" => |o| np::average(&o.x, axis(..).weights(&o.y));
    compiled "np.cov(m[:50])" => |o| np::cov(o.m.get(..50), ..);
    compiled "np.cumsum(d)" => |o| o.d.cumsum(..);
    compiled "np.cumsum(i)" => |o| o.i.cumsum(..);
    compiled "np.cumprod(m, axis=0)" => |o| o.m.cumprod(0);
    compiled "np.maximum.accumulate(x)" => |o| np::accumulate(np::Binary::Maximum, &o.x, 0);
    compiled "np.median(d)" => |o| np::median(&o.d, ..);
    compiled "np.percentile(d, 90)" => |o| np::percentile(&o.d, 90, ..);
}

/// Reductions.
pub(super) fn suite() -> Suite {
    super::suite("reductions", "sums and what is like them, whole, along axes, and running", ROWS, &super::SIZES)
}
