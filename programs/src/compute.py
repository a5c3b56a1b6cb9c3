"""Integers between bounds, scaled and added."""


def run(np, first, second, a, b, c):
    return np.clip(first, 2, 10) * a + second * b + c
