"""A matrix that is applied to each vector of a cube."""


def run(np, a, c):
    return a @ c
