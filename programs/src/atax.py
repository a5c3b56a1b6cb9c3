"""A matrix and its transpose, times a vector."""


def run(np, a, x):
    return a.T @ (a @ x)
