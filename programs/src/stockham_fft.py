"""A Fourier transform of basic operations."""


def run(np, x):
    size, stride = len(x), 1
    while stride < size:
        half = size // stride // 2
        a, b = x.reshape(2, half, stride)
        turn = np.exp(-1j * np.pi / half * np.arange(half))[:, None]
        x = np.stack([a + b, (a - b) * turn], axis=1)
        stride *= 2
    return x.reshape(size)
