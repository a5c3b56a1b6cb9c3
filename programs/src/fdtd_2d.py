"""Electric and magnetic fields of a plane, step by step in time."""


def run(np, ex, ey, hz, pulse):
    ex, ey, hz = np.array(ex), np.array(ey), np.array(hz)
    for strength in pulse:
        ey[0] = strength
        ey[1:] -= 0.5 * (hz[1:] - hz[:-1])
        ex[:, 1:] -= 0.5 * (hz[:, 1:] - hz[:, :-1])
        hz[:-1, :-1] -= 0.7 * (ex[:-1, 1:] - ex[:-1, :-1] + ey[1:, :-1] - ey[:-1, :-1])
    return ex, ey, hz
