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
    read "np.random.default_rng(1).random(x.size)" => |o| default_rng(1).random(o.x.size());
    read "np.random.default_rng(1).random(x.size, dtype=np.float32)" => |o| default_rng(1).random(size(o.x.size()).dtype(float32));
    read "np.random.default_rng(1).random(x.size).sum()" => |o| default_rng(1).random(o.x.size()).sum(..);
    read "np.random.default_rng(1).standard_normal(x.size)" => |o| default_rng(1).standard_normal(o.x.size());
    read "np.random.default_rng(1).integers(0, 1000, x.size)" => |o| default_rng(1).integers(0, 1000, o.x.size());
    read "np.random.default_rng(1).poisson(4, x.size)" => |o| default_rng(1).poisson(4, o.x.size());
    read "np.random.default_rng(1).poisson(100, x.size)" => |o| default_rng(1).poisson(100, o.x.size());
    read "np.random.default_rng(1).permutation(x.size)" => |o| default_rng(1).permutation(o.x.size(), ..);
}
