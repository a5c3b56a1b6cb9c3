//! The shortest ways between all nodes of a graph.

use hloom as np;
use hloom::prelude::*;

use crate::inputs::noise;

/// The lengths of the shortest ways, by the
/// [algorithm of Floyd and Warshall](https://en.wikipedia.org/wiki/Floyd%E2%80%93Warshall_algorithm).
///
/// **Shapes**: the lengths of the edges, `[n, n]` to `[n, n]`.
pub fn floyd_warshall(path: &NdArray) -> (NdArray,) {
    let n = path.shape()[0] as i64;
    let through = |k: NdArray, path: NdArray| {
        let way = path.get(s![.., &k, newaxis]) + path.get(&k);
        np::minimum(path, way)
    };
    (np::fori_loop(0, n, path, through),)
}

/// `n` nodes, of whose pairs a tenth has an edge.
pub fn inputs(n: usize) -> [NdArray; 1] {
    let mut path = (noise([n, n], 1) * 100).astype(int64) + 1;
    path.set(noise([n, n], 2).gt(0.1), 999);
    path.fill_diagonal(0);
    [path]
}

/// The sizes at which it is measured.
pub const SIZES: [usize; 3] = [160, 320, 500];

/// The bytes of inputs and results, and the operations.
pub fn work(n: usize) -> (f64, f64) {
    let n = n as f64;
    (2.0 * 8.0 * n * n, 2.0 * n * n * n)
}
