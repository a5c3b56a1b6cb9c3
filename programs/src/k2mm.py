"""Two products of matrices, one after the other."""


def run(np, alpha, beta, a, b, c, d):
    return alpha * (a @ b) @ c + beta * d
