"""A matrix and its transpose, each times a vector."""


def run(np, a, x_1, x_2, y_1, y_2):
    return x_1 + a @ y_1, x_2 + a.T @ y_2
