"""A fluid in a box whose lid moves."""


def run(np, u, v, p):
    u, v, p = np.array(u), np.array(v), np.array(p)
    h = 2 / (len(u) - 1)
    dt = h * h

    def slopes(f):
        return (f[1:-1, 2:] - f[1:-1, :-2]) / (2 * h), (f[2:, 1:-1] - f[:-2, 1:-1]) / (2 * h)

    def changed(f, slope):
        inner, left, below = f[1:-1, 1:-1], f[1:-1, :-2], f[:-2, 1:-1]
        carried = (u[1:-1, 1:-1] * (inner - left) + v[1:-1, 1:-1] * (inner - below)) / h
        spread = (f[1:-1, 2:] + left + f[2:, 1:-1] + below - 4 * inner) / (h * h)
        return inner + dt * (0.1 * spread - carried - slope)

    for _ in range(10):
        (u_x, u_y), (v_x, v_y) = slopes(u), slopes(v)
        source = h * h * ((u_x + v_y) / dt - u_x**2 - 2 * u_y * v_x - v_y**2)
        for _ in range(25):
            p[1:-1, 1:-1] = (p[1:-1, 2:] + p[1:-1, :-2] + p[2:, 1:-1] + p[:-2, 1:-1] - source) / 4
            p[:, -1] = p[:, -2]
            p[0] = p[1]
            p[:, 0] = p[:, 1]
            p[-1] = 0
        p_x, p_y = slopes(p)
        u[1:-1, 1:-1], v[1:-1, 1:-1] = changed(u, p_x), changed(v, p_y)
        u[-1] = 1
    return u, v, p
