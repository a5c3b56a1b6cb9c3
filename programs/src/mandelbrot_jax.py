"""Which numbers leave the plane's middle when they are squared again and again."""

import jax


def run(np, real, imaginary):
    c = real + 1j * imaginary[:, None]

    def step(idx, state):
        z, left_after = state
        inside = np.abs(z) < 2
        return np.where(inside, z * z + c, z), np.where(inside, idx, left_after)

    z, left_after = jax.lax.fori_loop(0, 60, step, (np.zeros_like(c), np.zeros(c.shape, dtype=np.int64)))
    left_after = np.where(left_after == 59, 0, left_after)
    return left_after, np.where(left_after > 0, z, 0)
