"""A fluid in a box whose lid moves."""

import jax


def run(np, u, v, p):
    h = 2 / (len(u) - 1)
    dt = h * h

    def slopes(f):
        return (f[1:-1, 2:] - f[1:-1, :-2]) / (2 * h), (f[2:, 1:-1] - f[:-2, 1:-1]) / (2 * h)

    def step(_, state):
        u, v, p = state
        (u_x, u_y), (v_x, v_y) = slopes(u), slopes(v)
        source = h * h * ((u_x + v_y) / dt - u_x**2 - 2 * u_y * v_x - v_y**2)

        def relaxed(_, p):
            inner = (p[1:-1, 2:] + p[1:-1, :-2] + p[2:, 1:-1] + p[:-2, 1:-1] - source) / 4
            return np.pad(inner, 1, mode="edge").at[-1].set(0)

        def changed(f, slope):
            inner, left, below = f[1:-1, 1:-1], f[1:-1, :-2], f[:-2, 1:-1]
            carried = (u[1:-1, 1:-1] * (inner - left) + v[1:-1, 1:-1] * (inner - below)) / h
            spread = (f[1:-1, 2:] + left + f[2:, 1:-1] + below - 4 * inner) / (h * h)
            return np.pad(inner + dt * (0.1 * spread - carried - slope), 1)

        p = jax.lax.fori_loop(0, 25, relaxed, p)
        p_x, p_y = slopes(p)
        return changed(u, p_x).at[-1].set(1), changed(v, p_y), p

    return jax.lax.fori_loop(0, 10, step, (u, v, p))
