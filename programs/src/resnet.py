"""A block of a residual network: three convolutions, and the input added to their result."""


def run(np, x, w_1, w_2, w_3):
    def normed(x):
        return (x - np.mean(x, axis=(0, 1, 2))) / np.sqrt(np.var(x, axis=(0, 1, 2)) + 1e-5)

    y = np.maximum(normed(x @ w_1), 0)
    padded = np.pad(y, ((0, 0), (1, 1), (1, 1), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(1, 2))
    y = np.maximum(normed(np.tensordot(windows, w_2, axes=((4, 5, 3), (0, 1, 2)))), 0)
    return np.maximum(normed(y @ w_3) + x, 0)
