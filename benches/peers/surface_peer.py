"""What hloom's benchmark of NumPy's functions compares itself with: NumPy, and the same expression under jax.jit.

The first line of all is the JSON list of the versions of NumPy and jax, the latter null if there is none. Each line that
is read is a JSON object: `{"expression", "size", "count"}`. The answer is a JSON object with, for NumPy and for jax, the
times of `count` evaluations in nanoseconds, or null where the expression is none for it. `x`, `y` are float32, `d`, `e`
float64, `i`, `j` int64 (small numbers), `b` bool, `m` a matrix and `k` a short vector.
"""

import json
import sys
import time
import warnings

import numpy as np

try:
    import jax

    jax.config.update("jax_enable_x64", True)
    import jax.numpy as jnp
except ImportError:
    jax = None

warnings.simplefilter("ignore")


def spread(n, factor):
    """Numbers from 0 to 1 in no order: multiples of a prime beyond the golden ratio, modulo two to the 32."""
    return (np.arange(n, dtype=np.uint64) * factor % 2**32) / 2**32


def operands(n):
    d, e = spread(n, 2654435761), spread(n, 2246822519)
    side = int(n**0.5)
    return {
        "x": d.astype(np.float32),
        "y": e.astype(np.float32),
        "d": d,
        "e": e,
        "i": (d * 1000).astype(np.int64),
        "j": (e * n).astype(np.int64),
        "b": d > 0.5,
        "m": d[: side * side].astype(np.float32).reshape(side, side),
        "k": e[:31].astype(np.float32),
    }


def times(function, count):
    function()
    found = []
    for _ in range(count):
        start = time.perf_counter_ns()
        function()
        found.append(time.perf_counter_ns() - start)
    return found


def on_numpy(expression, arrays, count):
    function = eval(f"lambda np, {', '.join(arrays)}: {expression}")
    return times(lambda: function(np, *arrays.values()), count)


def on_jax(expression, arrays, count):
    if jax is None:
        return None
    used = {name: jnp.asarray(array) for name, array in arrays.items()}
    function = eval(f"lambda np, {', '.join(arrays)}: {expression}")
    compiled = jax.jit(lambda *arrays: function(jnp, *arrays))
    try:
        return times(lambda: jax.block_until_ready(compiled(*used.values())), count)
    except Exception:
        return None


def main():
    print(json.dumps([np.__version__, jax and jax.__version__]), flush=True)
    known = {}
    for line in sys.stdin:
        asked = json.loads(line)
        n = asked["size"]
        if n not in known:
            known = {n: operands(n)}
        arguments = (asked["expression"], known[n], asked["count"])
        try:
            numpy = on_numpy(*arguments)
        except Exception as error:
            print(f"{asked['expression']}: {error}", file=sys.stderr)
            numpy = None
        print(json.dumps({"numpy": numpy, "jax": on_jax(*arguments)}), flush=True)


main()
