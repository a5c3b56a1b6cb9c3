"""The two products of a step of the biconjugate gradient method."""


def run(np, a, p, r):
    return r @ a, a @ p
