"""Heat that spreads in a cube."""

import jax


def run(np, a):
    def step(_, a):
        inner = a[1:-1, 1:-1, 1:-1]
        change = 0.125 * (a[2:, 1:-1, 1:-1] - 2 * inner + a[:-2, 1:-1, 1:-1])
        change += 0.125 * (a[1:-1, 2:, 1:-1] - 2 * inner + a[1:-1, :-2, 1:-1])
        change += 0.125 * (a[1:-1, 1:-1, 2:] - 2 * inner + a[1:-1, 1:-1, :-2])
        return a + np.pad(change, 1)

    return jax.lax.fori_loop(0, 40, step, a)
