"""Which numbers leave the plane's middle when they are squared again and again."""


def run(np, real, imaginary):
    c = real + 1j * imaginary[:, None]
    z, left_after = np.zeros_like(c), np.zeros(c.shape, dtype=np.int64)
    for step in range(60):
        inside = np.abs(z) < 2
        left_after[inside] = step
        z[inside] = z[inside] ** 2 + c[inside]
    left_after[left_after == 59] = 0
    return left_after, np.where(left_after > 0, z, 0)
