"""A fluid that is driven through a channel, whose ends meet."""

import jax


def run(np, u, v, p):
    h = 2 / (len(u) - 1)
    dt = h * h
    walls = ((1, 1), (0, 0))

    def sides(f):
        return np.roll(f[1:-1], 1, axis=1), np.roll(f[1:-1], -1, axis=1)

    def slopes(f):
        left, right = sides(f)
        return (right - left) / (2 * h), (f[2:] - f[:-2]) / (2 * h)

    def step(_, state):
        u, v, p = state
        (u_x, u_y), (v_x, v_y) = slopes(u), slopes(v)
        source = h * h * ((u_x + v_y) / dt - u_x**2 - 2 * u_y * v_x - v_y**2)

        def relaxed(_, p):
            left, right = sides(p)
            return np.pad((right + left + p[2:] + p[:-2] - source) / 4, walls, mode="edge")

        def changed(f, slope):
            inner, below = f[1:-1], f[:-2]
            left, right = sides(f)
            carried = (u[1:-1] * (inner - left) + v[1:-1] * (inner - below)) / h
            spread = (right + left + f[2:] + below - 4 * inner) / (h * h)
            return np.pad(inner + dt * (0.1 * spread - carried - slope), walls)

        p = jax.lax.fori_loop(0, 25, relaxed, p)
        p_x, p_y = slopes(p)
        return changed(u, p_x - 1), changed(v, p_y), p

    return jax.lax.fori_loop(0, 10, step, (u, v, p))
