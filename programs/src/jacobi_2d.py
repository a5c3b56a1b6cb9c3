"""Points of a plane that approach the mean of their neighbours."""


def run(np, a):
    a = np.array(a)
    for _ in range(50):
        a[1:-1, 1:-1] = 0.2 * (a[1:-1, 1:-1] + a[1:-1, :-2] + a[1:-1, 2:] + a[2:, 1:-1] + a[:-2, 1:-1])
    return a
