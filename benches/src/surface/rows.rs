//! What is measured: NumPy's expression, and the same here.

use hloom as np;

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
}
