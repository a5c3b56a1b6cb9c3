"""A neural network of three layers."""


def run(np, x, w_1, b_1, w_2, b_2, w_3, b_3):
    x = np.maximum(x @ w_1 + b_1, 0)
    x = np.maximum(x @ w_2 + b_2, 0)
    x = x @ w_3 + b_3
    x = np.exp(x - x.max(axis=-1, keepdims=True))
    return x / x.sum(axis=-1, keepdims=True)
