"""Points of a line that approach the mean of their neighbours."""


def run(np, a):
    a = np.array(a)
    for _ in range(200):
        a[1:-1] = (a[:-2] + a[1:-1] + a[2:]) / 3
    return a
