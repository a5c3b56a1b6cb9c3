"""What hloom's benchmark of compiled functions compares itself with: the same functions under jax.jit.

Reads a line `NAME N` and answers with a line: the JSON list of N times in nanoseconds. `check NAME` is answered with
the numbers of the result, for the other side to compare. The first line of all tells the version.
"""

import json
import sys
import time
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

N_POINTS, N_DIMS, N_CENTRES, N_ROUNDS = 100_000, 16, 16, 20
GRID, N_STEPS = 1000, 500
CHAIN = 200


def spread(n):
    """Numbers from 0 to 1 in no order: multiples of a prime beyond the golden ratio, modulo two to the 32."""
    return ((np.arange(n, dtype=np.uint64) * 2654435761 % 2**32) / 2**32).astype(np.float32)


def chain(x):
    for idx in range(CHAIN):
        x = x * 0.5 if idx % 2 == 0 else x + 1.0
    return x


@jax.jit
def add(x, y):
    return x + y


@jax.jit
def add_all(xs):
    total = xs[0]
    for x in xs[1:]:
        total = total + x
    return total


@partial(jax.jit, static_argnums=2)
def kmeans(x, centres, n_rounds):
    def step(_, centres):
        products = (2 * x) @ centres.T
        label = jnp.argmin((centres * centres).sum(1) - products, 1)
        sums = jax.ops.segment_sum(x, label, N_CENTRES)
        counts = jax.ops.segment_sum(jnp.ones(N_POINTS, x.dtype), label, N_CENTRES)[:, None]
        return jnp.where(counts > 0, sums / jnp.maximum(counts, 1), centres)

    return jax.lax.fori_loop(0, n_rounds, step, centres)


@partial(jax.jit, static_argnums=1)
def heat(u, n_steps):
    """Of the forms that read well, the one that runs fastest: `u.at[1:-1, 1:-1].add(...)` takes four times as long."""

    def step(_, u):
        around = u[2:, 1:-1] + u[:-2, 1:-1] + u[1:-1, 2:] + u[1:-1, :-2]
        return u + jnp.pad(0.2 * (around - 4 * u[1:-1, 1:-1]), 1)

    return jax.lax.fori_loop(0, n_steps, step, u)


x4 = jnp.asarray(np.array([1, 2, 3, 4], np.float32))
x100 = [jnp.asarray(np.full(4, idx, np.float32)) for idx in range(100)]
points = jnp.asarray(spread(N_POINTS * N_DIMS).reshape(N_POINTS, N_DIMS))
plate = np.zeros((GRID, GRID), np.float32)
plate[GRID // 4 : GRID // 2, GRID // 4 : GRID // 2] = 1
plate = jnp.asarray(plate)

CALLS = {
    "call_tiny": lambda: add(x4, x4),
    "call_100": lambda: add_all(x100),
    "kmeans_step": lambda: kmeans(points, points[:N_CENTRES], N_ROUNDS),
    "heat_step": lambda: heat(plate, N_STEPS),
    # A new function each time: neither its trace nor its program is there.
    "trace_lower_op": lambda: jax.jit(lambda x: chain(x)).lower(x4),
    "first_call_200": lambda: jax.jit(lambda x: chain(x))(x4),
}


def measure(name):
    start = time.perf_counter_ns()
    result = CALLS[name]()
    if name != "trace_lower_op":
        result.block_until_ready()
    return time.perf_counter_ns() - start


def main():
    print(json.dumps({"version": jax.__version__}), flush=True)
    for line in sys.stdin:
        name, argument = line.split()
        if name == "check":
            answer = np.asarray(CALLS[argument](), np.float64).ravel().tolist()
        else:
            answer = [measure(name) for _ in range(int(argument))]
        print(json.dumps(answer), flush=True)


main()
