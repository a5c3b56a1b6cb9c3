//! Operations on one element after another, from the cheapest to those of many steps, and chains of them.

use hloom as np;
use hloom::prelude::*;
use hloom_bench::Suite;

rows! {
    compiled "x + y" => |o| o.x + o.y;
    compiled "d * e" => |o| o.d * o.e;
    compiled "x / (y + 1)" => |o| o.x / (o.y + 1);
    compiled "i + j" => |o| o.i + o.j;
    compiled "i // (j + 1)" => |o| np::floor_divide(&o.i, &o.j + 1);
    compiled "np.maximum(x, y)" => |o| np::maximum(&o.x, &o.y);
    compiled "np.where(b, x, y)" => |o| np::where_(&o.b, &o.x, &o.y);
    compiled "np.sqrt(d)" => |o| o.d.sqrt();
    compiled "np.exp(x)" => |o| o.x.exp();
    compiled "np.exp(d)" => |o| o.d.exp();
    compiled "np.log(d + 1)" => |o| (o.d + 1).log();
    compiled "np.sin(x)" => |o| o.x.sin();
    compiled "np.sin(d)" => |o| o.d.sin();
    compiled "np.tanh(x)" => |o| o.x.tanh();
    compiled "np.arctan2(x, y)" => |o| np::arctan2(&o.x, &o.y);
    compiled "np.power(d, e)" => |o| o.d.power(&o.e);
    compiled "np.hypot(d, e)" => |o| np::hypot(&o.d, &o.e);
    compiled "np.abs(c)" => |o| o.c.abs();
    compiled "c * c" => |o| &o.c * &o.c;
    compiled "x.astype(np.float64)" => |o| o.x.astype(float64);
    compiled "np.floor(d * 100).astype(np.int64)" => |o| (o.d * 100).floor().astype(int64);
    compiled "np.isclose(x, y)" => |o| np::isclose(&o.x, &o.y, ..);
    compiled "np.sqrt(x * x + y * y) * 0.5 + x" => |o| (&o.x * &o.x + &o.y * &o.y).sqrt() * 0.5 + &o.x;
    compiled "np.exp(-d) / (1 + np.exp(-d)) ** 2" => |o| (-&o.d).exp() / (1 + (-&o.d).exp()).power(2);
    compiled "np.polyval([1.0, 2.0, 3.0, 4.0], x)" => |o| np::polyval([1.0, 2.0, 3.0, 4.0], &o.x);
}

/// Element by element.
pub(super) fn suite() -> Suite {
    super::suite("elementwise", "operations on one element after another", ROWS, &super::SIZES)
}

/// The rows that are measured from one element to a hundred million.
const SCALED: [&str; 3] = ["x + y", "np.exp(d)", "np.sqrt(x * x + y * y) * 0.5 + x"];

/// How time grows with the number of elements.
pub(super) fn scaling() -> Suite {
    let sizes = [
        ("1", 1),
        ("1e1", 10),
        ("1e2", 100),
        ("1e3", 1_000),
        ("1e4", 10_000),
        ("1e5", 100_000),
        ("1e6", 1_000_000),
        ("1e7", 10_000_000),
        ("1e8", 100_000_000),
    ];
    let rows = ROWS.iter().filter(|row| SCALED.contains(&row.expression)).map(|row| row.benchmark(&sizes));
    Suite::new("scaling", "how time grows with the number of elements; `--threads` bounds the cores", rows)
}
