"""Attention of a neural network: values, weighted by how well keys suit queries."""


def run(np, query, key, value):
    scores = query @ np.swapaxes(key, -1, -2) / 8
    weights = np.exp(scores - np.max(scores, axis=-1, keepdims=True))
    return weights / np.sum(weights, axis=-1, keepdims=True) @ value
