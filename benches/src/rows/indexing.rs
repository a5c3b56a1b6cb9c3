//! Reading and moving elements: slices, gathers, masks, joins.

use hloom as np;
use hloom::prelude::*;
use hloom_bench::Suite;

rows! {
    compiled "x[1:-1].copy()" => |o| o.x.get(s![1..-1]);
    compiled "x[::2].copy()" => |o| o.x.get(s![..;2]);
    compiled "x[::-1].copy()" => |o| o.x.get(s![..;-1]);
    compiled "m.T.copy()" => |o| o.m.transpose(..).copy();
    compiled "x[j]" => |o| o.x.get(&o.j);
    read "x[b]" => |o| o.x.get(&o.b);
    read "np.nonzero(b)[0]" => |o| np::nonzero(&o.b).map(|mut places| places.remove(0));
    compiled "np.take(x, j)" => |o| np::take(&o.x, &o.j, ..);
    compiled "np.take(m, i[:100] % m.shape[1], axis=1)" => |o| np::take(&o.m, o.i.get(..100) % o.m.shape()[1] as i64, 1);
    compiled "np.concatenate((x, y))" => |o| np::concatenate((&o.x, &o.y), 0);
    compiled "np.stack((x, y), axis=1)" => |o| np::stack((&o.x, &o.y), 1);
    compiled "np.repeat(x, 2)" => |o| o.x.repeat(2, ..);
    compiled "np.tile(x, 2)" => |o| np::tile(&o.x, 2);
    compiled "np.roll(x, 3)" => |o| np::roll(&o.x, 3, ..);
    compiled "np.pad(m, 1)" => |o| np::pad(&o.m, 1, ..);
    compiled "np.tril(m)" => |o| np::tril(&o.m, ..);
    compiled "np.diff(x)" => |o| np::diff(&o.x, -1);
    compiled "np.gradient(d)" => |o| np::gradient(&o.d, ..);
    read "np.bincount(i)" => |o| np::bincount(&o.i, ..);
    compiled "np.packbits(b)" => |o| np::packbits(&o.b, ..);
}

/// Indexing and shapes.
pub(super) fn suite() -> Suite {
    super::suite("indexing", "reading and moving elements", ROWS, &super::SIZES)
}
