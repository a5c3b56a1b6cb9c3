"""A block of a residual network: three convolutions, and the input added to their result."""

import jax


def run(np, x, w_1, w_2, w_3):
    def normed(x):
        return (x - np.mean(x, axis=(0, 1, 2))) / np.sqrt(np.var(x, axis=(0, 1, 2)) + 1e-5)

    y = np.maximum(normed(x @ w_1), 0)
    y = jax.lax.conv_general_dilated(y, w_2, (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC"))
    y = np.maximum(normed(y), 0)
    return np.maximum(normed(y @ w_3) + x, 0)
