//! What is left of NumPy's surface: statistics, interpolation, random numbers.

use hloom as np;
use hloom::prelude::*;
use hloom::random::{default_rng, size};
use hloom_bench::Suite;

use super::RANDOM;

rows! {
    compiled "np.median(m, axis=1)" => |o| np::median(&o.m, 1);
    compiled "np.median(x.reshape(-1, 5), axis=1)" => |o| np::median(o.x.reshape((-1, 5)), 1);
    compiled "np.percentile(x.reshape(-1, 5), np.arange(101), axis=1)[:, 0]" => |o| {
        np::percentile(o.x.reshape((-1, 5)), np::arange(101), 1).get(s![.., 0])
    };
    compiled "np.trapezoid(d)" => |o| np::trapezoid(&o.d, -1);
    compiled "np.argsort(x)" => |o| o.x.argsort(-1);
    compiled "np.argsort(d)" => |o| o.d.argsort(-1);
    compiled "np.flip(x)" => |o| np::flip(&o.x, ..);
    compiled "np.interp(d, np.sort(e[:100]), e[:100])" => |o| np::interp(&o.d, o.e.get(..100).sort(-1), o.e.get(..100), ..);
    read "np.random.default_rng(1).random(x.size)" within RANDOM => |o| default_rng(1).random(o.x.size());
    read "np.random.default_rng(1).random(x.size, dtype=np.float32)" within RANDOM => |o| default_rng(1).random(size(o.x.size()).dtype(float32));
    read "np.random.default_rng(1).random(x.size).sum()" within RANDOM => |o| default_rng(1).random(o.x.size()).sum(..);
    read "np.random.default_rng(1).standard_normal(x.size)" within RANDOM => |o| default_rng(1).standard_normal(o.x.size());
    read "np.random.default_rng(1).integers(0, 1000, x.size)" within RANDOM => |o| default_rng(1).integers(0, 1000, o.x.size());
    read "np.random.default_rng(1).poisson(4, x.size)" within RANDOM => |o| default_rng(1).poisson(4, o.x.size());
    read "np.random.default_rng(1).poisson(100, x.size)" within RANDOM => |o| default_rng(1).poisson(100, o.x.size());
    read "np.random.default_rng(1).permutation(x.size)" within RANDOM => |o| default_rng(1).permutation(o.x.size(), ..);
}

/// The rest of the surface.
pub(super) fn suite() -> Suite {
    super::suite("surface", "what else NumPy has: statistics, interpolation, random numbers", ROWS, &super::SIZES)
}
