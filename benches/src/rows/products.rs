//! Products of matrices and vectors.

use hloom as np;
use hloom_bench::Suite;

rows! {
    compiled "np.matmul(m, m)" => |o| o.m.matmul(&o.m);
    compiled "np.matmul(a, a)" => |o| o.a.matmul(&o.a);
    compiled "m @ m[0]" => |o| o.m.matmul(o.m.get(0));
    compiled "m.T @ m" => |o| o.m.transpose(..).matmul(&o.m);
    compiled "np.dot(x, y)" => |o| np::dot(&o.x, &o.y);
    compiled "np.vecdot(m, m)" => |o| np::vecdot(&o.m, &o.m, -1);
    compiled "np.outer(x[:1000], y[:1000])" => |o| np::outer(o.x.get(..1000), o.y.get(..1000));
    compiled "np.einsum('ij,ij->', m, m)" => |o| np::einsum("ij,ij->", (&o.m, &o.m));
    compiled "np.einsum('ij,jk->ki', m, m)" => |o| np::einsum("ij,jk->ki", (&o.m, &o.m));
    compiled "np.convolve(x, k)" => |o| np::convolve(&o.x, &o.k, ..);
}

/// The sizes: matrices of 31, 316, 1000 and 2000 rows.
const SIZES: [(&str, usize); 4] = [("S", 1_000), ("M", 100_000), ("L", 1_000_000), ("XL", 4_000_000)];

/// Products.
pub(super) fn suite() -> Suite {
    super::suite("products", "products of matrices and vectors", ROWS, &SIZES)
}
