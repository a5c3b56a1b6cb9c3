"""Three products of matrices."""


def run(np, a, b, c, d):
    return (a @ b) @ (c @ d)
