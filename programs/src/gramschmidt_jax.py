"""Orthogonal columns, one after another."""

import jax


def run(np, a):
    n = a.shape[1]
    columns = np.arange(n)

    def step(k, state):
        a, q, r = state
        length = np.sqrt(a[:, k] @ a[:, k])
        unit = a[:, k] / length
        shares = np.where(columns > k, unit @ a, 0)
        return a - np.outer(unit, shares), q.at[:, k].set(unit), r.at[k].set(shares.at[k].set(length))

    _, q, r = jax.lax.fori_loop(0, n, step, (a, np.zeros_like(a), np.zeros((n, n))))
    return q, r
