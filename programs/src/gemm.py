"""A product of matrices, scaled, and added to another matrix, scaled."""


def run(np, alpha, beta, a, b, c):
    return alpha * (a @ b) + beta * c
