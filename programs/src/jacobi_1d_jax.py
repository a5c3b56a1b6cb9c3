"""Points of a line that approach the mean of their neighbours."""

import jax


def run(np, a):
    def step(_, a):
        return a.at[1:-1].set((a[:-2] + a[1:-1] + a[2:]) / 3)

    return jax.lax.fori_loop(0, 200, step, a)
