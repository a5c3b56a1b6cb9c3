"""A fluid that is driven through a channel, whose ends meet."""


def run(np, u, v, p):
    u, v, p = np.array(u), np.array(v), np.array(p)
    h = 2 / (len(u) - 1)
    dt = h * h

    def sides(f):
        return np.roll(f[1:-1], 1, axis=1), np.roll(f[1:-1], -1, axis=1)

    def slopes(f):
        left, right = sides(f)
        return (right - left) / (2 * h), (f[2:] - f[:-2]) / (2 * h)

    def changed(f, slope):
        inner, below = f[1:-1], f[:-2]
        left, right = sides(f)
        carried = (u[1:-1] * (inner - left) + v[1:-1] * (inner - below)) / h
        spread = (right + left + f[2:] + below - 4 * inner) / (h * h)
        return inner + dt * (0.1 * spread - carried - slope)

    for _ in range(10):
        (u_x, u_y), (v_x, v_y) = slopes(u), slopes(v)
        source = h * h * ((u_x + v_y) / dt - u_x**2 - 2 * u_y * v_x - v_y**2)
        for _ in range(25):
            left, right = sides(p)
            p[1:-1] = (right + left + p[2:] + p[:-2] - source) / 4
            p[0], p[-1] = p[1], p[-2]
        p_x, p_y = slopes(p)
        u[1:-1], v[1:-1] = changed(u, p_x - 1), changed(v, p_y)
    return u, v, p
