"""A number that is made of a matrix's diagonal, added to the matrix."""


def run(np, a):
    return a + np.sum(np.tanh(np.diagonal(a)))
