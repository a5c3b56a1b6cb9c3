//! Conway's game of life on a torus.

use hloom as np;
use hloom::prelude::*;

use crate::inputs::noise;

/// The generations.
pub const N_STEPS: i64 = 50;

/// The board after [`N_STEPS`] generations of the [game of life](https://en.wikipedia.org/wiki/Conway%27s_Game_of_Life),
/// whose opposite borders are neighbours.
///
/// **Shapes**: `[n, m]` to `[n, m]`. **Dtypes**: uint8, 1 for a cell that lives.
pub fn life(board: &NdArray) -> (NdArray,) {
    let step = |_: NdArray, board: NdArray| {
        let rows = np::roll(&board, 1, 0) + &board + np::roll(&board, -1, 0);
        let around = np::roll(&rows, 1, 1) + &rows + np::roll(&rows, -1, 1) - &board;
        (around.eq(3) | (around.eq(2) & board.eq(1))).astype(uint8)
    };
    (np::fori_loop(0, N_STEPS, board, step),)
}

/// A board with a side of `n`, of whose cells three tenths live.
pub fn inputs(n: usize) -> [NdArray; 1] {
    [noise([n, n], 1).lt(0.3).astype(uint8)]
}

/// The sizes at which it is measured.
pub const SIZES: [usize; 3] = [300, 1_000, 2_000];

/// The bytes of inputs and results, and the operations.
pub fn work(n: usize) -> (f64, f64) {
    let cells = (n * n) as f64;
    (2.0 * cells, N_STEPS as f64 * 10.0 * cells)
}
