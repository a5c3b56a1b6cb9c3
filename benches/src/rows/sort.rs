//! Sorting, searching and sets.

use hloom as np;
use hloom_bench::Suite;

rows! {
    compiled "np.sort(x)" => |o| o.x.sort(-1);
    compiled "np.sort(d)" => |o| o.d.sort(-1);
    compiled "np.sort(i)" => |o| o.i.sort(-1);
    compiled "np.sort(m, axis=1)" => |o| o.m.sort(1);
    compiled "np.sort(m, axis=0)" => |o| o.m.sort(0);
    compiled "np.argsort(x, stable=True)" => |o| o.x.argsort(-1);
    compiled "np.argsort(d, stable=True)" => |o| o.d.argsort(-1);
    compiled "np.partition(x, 10)[10]" => |o| o.x.partition(10, -1).get(10);
    compiled "np.searchsorted(np.sort(k), x)" => |o| np::searchsorted(o.k.sort(-1), &o.x, ..);
    compiled "np.searchsorted(np.sort(d), e)" => |o| np::searchsorted(o.d.sort(-1), &o.e, ..);
    compiled "np.digitize(x, np.sort(k))" => |o| np::digitize(&o.x, o.k.sort(-1), ..);
    read "np.unique(i)" => |o| np::unique(&o.i, ..);
    read "np.unique(x)" => |o| np::unique(&o.x, ..);
    compiled "np.isin(i, j[:20])" => |o| np::isin(&o.i, o.j.get(..20), ..);
    read "np.histogram(x, 100)[0]" => |o| np::histogram(&o.x, 100).0;
}

/// Sorting.
pub(super) fn suite() -> Suite {
    super::suite("sort", "sorting, searching and sets", ROWS, &super::SIZES)
}
