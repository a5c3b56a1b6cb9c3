"""Heat that spreads in a cube."""


def run(np, a):
    a = np.array(a)
    for _ in range(40):
        inner = a[1:-1, 1:-1, 1:-1]
        change = 0.125 * (a[2:, 1:-1, 1:-1] - 2 * inner + a[:-2, 1:-1, 1:-1])
        change += 0.125 * (a[1:-1, 2:, 1:-1] - 2 * inner + a[1:-1, :-2, 1:-1])
        change += 0.125 * (a[1:-1, 1:-1, 2:] - 2 * inner + a[1:-1, 1:-1, :-2])
        a[1:-1, 1:-1, 1:-1] = inner + change
    return a
