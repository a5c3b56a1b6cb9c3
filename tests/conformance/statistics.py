"""Writes `statistics.jsonl`: questions about statistics, signals and derivatives with NumPy's answers.

    python statistics.py --count 1600 --seed 20262 --out statistics.jsonl

The lines have the format of the corpus. Every sixteenth question is about 4,096 elements or more, which repeat and are written
as {"dtype", "shape", "tile"}. An answer may be away from NumPy's by some units in the last place of the greatest number that
goes into it: in which order sums are taken is nobody's rule. Elements are taken, compared and counted exactly.

Left out is what NumPy decides by the values: the dtype of a quantile that is NaN and 0-d, which is the array's, and quantiles
without NaN of several probabilities on two axes, or with weights for an axis, which NumPy mixes up or refuses.
"""

import argparse
import hashlib
import json
import warnings

import numpy as np

warnings.filterwarnings("ignore")
np.seterr(all="ignore")

NAMES = {"bool": "bool", "int8": "i8", "int16": "i16", "int32": "i32", "int64": "i64", "uint8": "u8", "uint16": "u16",
         "float16": "f16", "float32": "f32", "float64": "f64", "complex64": "c64", "complex128": "c128"}
REAL = ["f64", "f64", "f32", "f32", "f16", "i64", "i32", "i8", "u8", "bool"]
METHODS = ["inverted_cdf", "averaged_inverted_cdf", "closest_observation", "interpolated_inverted_cdf", "hazen", "weibull",
           "linear", "median_unbiased", "normal_unbiased", "lower", "higher", "midpoint", "nearest"]
TAKEN = {"inverted_cdf", "closest_observation", "lower", "higher", "nearest"}
UNITS = 32
PERIOD = 97


class Skip(Exception):
    """Not a question to ask."""


def dtype_of(name):
    return np.dtype(next(long for long, short in NAMES.items() if short == name))


def data(rng, name, shape, holes=0.0):
    """Numbers between -32 and 32, some of them NaN."""
    dtype, size = dtype_of(name), int(np.prod(shape))
    n = min(size, PERIOD)
    if dtype.kind == "b":
        tile = rng.integers(0, 2, n).astype(bool)
    elif dtype.kind in "iu":
        tile = rng.integers(0 if dtype.kind == "u" else -32, 33, n)
    else:
        tile = np.round(rng.normal(size=n) * 8, 2)
        if dtype.kind == "c":
            tile = tile + 1j * np.round(rng.normal(size=n) * 8, 2)
        tile[rng.random(n) < holes] = np.nan
    return np.resize(tile, shape).astype(dtype) if size else np.zeros(shape, dtype)


def scalar(value):
    if isinstance(value, (complex, np.complexfloating)):
        return [scalar(value.real), scalar(value.imag)]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not np.isfinite(value):
        return "nan" if np.isnan(value) else "inf" if value > 0 else "-inf"
    return value


def array(value):
    value = np.asarray(value)
    flat = value.ravel()
    head = {"dtype": NAMES[value.dtype.name], "shape": list(value.shape)}
    if flat.size > 4 * PERIOD and np.array_equal(np.resize(flat[:PERIOD], flat.size), flat, equal_nan=value.dtype.kind in "fc"):
        return head | {"tile": [scalar(v) for v in flat[:PERIOD]]}
    return head | {"data": [scalar(v) for v in flat]}


def number(value):
    return {"py": type(value).__name__, "v": scalar(value)}


def shapes(rng, large):
    """A shape, and axes to go along: one, several, or all."""
    if large:
        shape = [(4096,), (4999,), (64, 65), (3, 1500), (2, 5, 450)][rng.integers(5)]
    else:
        shape = [(1,), (2,), (5,), (8,), (4, 6), (3, 1), (3, 2, 5), (2, 1, 4)][rng.integers(8)]
    choices = [None, int(rng.integers(-len(shape), len(shape)))]
    if len(shape) > 1:
        choices.append(tuple(int(axis) for axis in rng.permutation(len(shape))[:2]))
    return shape, choices[rng.integers(len(choices))]


def axis_param(axis):
    return list(axis) if isinstance(axis, tuple) else axis


def median(rng, large):
    op, (shape, axis) = rng.choice(["median", "nanmedian"]), shapes(rng, large)
    x = data(rng, rng.choice(REAL + ["c128", "c64"]), shape, rng.choice([0.0, 0.2]))
    return str(op), [x], {"axis": axis}


def quantile(rng, large):
    op = str(rng.choice(["quantile", "percentile", "nanquantile", "nanpercentile"]))
    (shape, axis), method = shapes(rng, large), str(rng.choice(METHODS))
    x = data(rng, rng.choice(REAL), shape, rng.choice([0.0, 0.2]))
    q = [0.5, 0.3, 0.9, 1.0, 0.0, 0, 1, np.array([0.25, 0.5, 0.9]), np.array([0.1, 1], np.float32), np.array([0, 1])][rng.integers(10)]
    if "percentile" in op:
        q = (q * 100).astype(q.dtype) if isinstance(q, np.ndarray) else q * 100
    params = {"q": q, "axis": axis, "method": method}
    if rng.random() < 0.15 and not op.startswith("nan"):
        weights = rng.integers(0, 4, shape).astype(rng.choice(["int64", "float64"]))
        params |= {"method": "inverted_cdf", "weights": weights}
    if x.dtype == np.float16 and np.isnan(x).any():
        raise Skip
    return op, [x], params


def signal(rng, large):
    op, dtypes = str(rng.choice(["convolve", "correlate"])), ["f64", "f32", "f16", "i64", "i32", "i8", "u8", "bool", "c64", "c128"]
    n, m = [(4500, 5), (4200, 40), (33, 4100)][rng.integers(3)] if large else rng.integers(1, 50, 2)
    a = data(rng, rng.choice(dtypes), (int(n),), rng.choice([0.0, 0.0, 0.1]))
    v = data(rng, NAMES[a.dtype.name] if rng.random() < 0.7 else rng.choice(dtypes), (int(m),))
    if a.dtype.kind == "f" and rng.random() < 0.2:
        v = np.where(rng.random(len(v)) < 0.2, np.inf, v).astype(v.dtype if v.dtype.kind == "f" else a.dtype)
    return op, [a, v], {"mode": str(rng.choice(["full", "same", "valid"]))}


def interp(rng, large):
    n = int(rng.integers(1, 12))
    xp = np.cumsum(rng.integers(1, 5, n)).astype(rng.choice(["float64", "float32", "int64"]))
    fp = data(rng, rng.choice(["f64", "f32", "i32", "c128", "c64"]), (n,))
    if fp.dtype.kind == "f" and rng.random() < 0.3:
        fp[rng.integers(n)], fp[rng.integers(n)] = np.inf, -np.inf
    x = np.concatenate([xp.astype(float), np.round(rng.uniform(-3, 40, 12), 2), [np.nan]])
    params = [{}, {"left": -5.5, "right": 7.25}, {"period": float(rng.choice([6.5, -6.5, 50.0]))}][rng.integers(3)]
    if "period" in params and len(np.unique(xp % params["period"])) < n:
        raise Skip  # which of two points at one place comes first is nobody's rule
    if "period" not in params:
        x = np.concatenate([x, [np.inf, -np.inf]])
    return "interp", [np.resize(x, 4100) if large else x, xp, fp], params


def average(rng, large):
    shape, axis = shapes(rng, large)
    x = data(rng, rng.choice(REAL[:-1] + ["c128"]), shape)
    params = {"axis": axis, "returned": bool(rng.integers(2))}
    if rng.random() < 0.7:
        axes = range(len(shape)) if axis is None else [axis] if isinstance(axis, int) else axis
        own = shape if axis is None or rng.random() < 0.5 else tuple(shape[axis] for axis in axes)
        params["weights"] = rng.integers(1, 5, own).astype(rng.choice(["int64", "float64", "float32"]))
    return "average", [x], params


def covariance(rng, large):
    op, shape = str(rng.choice(["cov", "corrcoef"])), (3, 1500) if large else [(5,), (3, 6), (2, 4)][rng.integers(3)]
    x, params = data(rng, rng.choice(["f64", "f32", "i32", "c128"]), shape), {}
    if rng.random() < 0.3:
        params["rowvar"] = bool(rng.integers(2)) if not large else True
    if op == "cov":
        params |= [{}, {"bias": True}, {"ddof": 0}][rng.integers(3)]
        if rng.random() < 0.3 and params.get("rowvar", True):
            params["fweights"] = rng.integers(1, 4, shape[-1])
        if rng.random() < 0.3 and params.get("rowvar", True):
            params["aweights"] = rng.integers(1, 4, shape[-1]).astype(float)
    args = [x]
    if rng.random() < 0.3:
        args.append(data(rng, NAMES[x.dtype.name], shape))
    return op, args, params


def difference(rng, large):
    shape, _ = shapes(rng, large)
    axis, name = int(rng.integers(-len(shape), len(shape))), rng.choice(REAL + ["c128"])
    x = data(rng, name, shape)
    if rng.random() < 0.3:
        params = {key: data(rng, NAMES[x.dtype.name], (2,)) for key in ["to_begin", "to_end"] if rng.random() < 0.5}
        return "ediff1d", [x], params
    params = {"axis": axis, "n": int(rng.integers(0, 4))}
    for key in ["prepend", "append"]:
        if rng.random() < 0.3:
            edge = list(shape)
            edge[axis] = 2
            params[key] = data(rng, NAMES[x.dtype.name], edge)
    return "diff", [x], params


def gradient(rng, large):
    shape = (4100,) if large else [(5,), (4, 6), (3, 4, 5)][rng.integers(3)]
    axis = int(rng.integers(len(shape)))
    x = data(rng, rng.choice(["f64", "f32", "i32", "c128"]), shape)
    params = {"axis": axis, "edge_order": int(rng.integers(1, 3))}
    args = [x]
    if rng.random() < 0.6:
        n = shape[axis]
        args.append([np.float64(0.5), np.cumsum(np.resize(rng.integers(1, 5, PERIOD), n)).astype(float)][rng.integers(2)])
    return "gradient", args, params


def integral(rng, large):
    shape, _ = shapes(rng, large)
    axis = int(rng.integers(len(shape)))
    y = data(rng, rng.choice(["f64", "f32", "i32", "c128"]), shape)
    params = [{}, {"dx": 0.25}, {"x": np.cumsum(np.resize(rng.integers(1, 5, PERIOD), shape[axis])).astype(float)}][rng.integers(3)]
    return "trapezoid", [y], params | {"axis": axis}


def phases(rng, large):
    shape, _ = shapes(rng, large)
    x = data(rng, rng.choice(["f64", "f32", "i64", "i32"]), shape)
    params = {"axis": int(rng.integers(len(shape)))}
    if rng.random() < 0.4:
        params["period"] = int(rng.integers(2, 9)) if x.dtype.kind == "i" else float(rng.integers(2, 17)) / 2
    elif x.dtype.kind == "f":
        raise Skip  # where a jump of about pi lies depends on the last place
    if x.dtype.kind == "i" and "period" not in params:
        raise Skip
    if rng.random() < 0.3:
        params["discont"] = float(rng.integers(2, 9))
    return "unwrap", [x], params


FAMILIES = [(median, 2), (quantile, 7), (signal, 4), (interp, 2), (average, 3), (covariance, 3), (difference, 3), (gradient, 2),
            (integral, 2), (phases, 2)]


def magnitude(values):
    found = [np.abs(np.asarray(v).astype(complex)) for v in values if np.asarray(v).dtype.kind in "fciu"]
    finite = [v[np.isfinite(v)] for v in found]
    return float(max([v.max() for v in finite if v.size] + [1.0]))


def tolerance(op, args, params, result):
    if result.dtype.kind not in "fc" or params.get("method") in TAKEN:
        return {"mode": "exact"}
    unit = float(np.finfo(result.dtype).eps)
    if op in ("convolve", "correlate"):
        whole = [np.abs(np.nan_to_num(np.asarray(v).astype(complex), posinf=0.0, neginf=0.0)) for v in args]
        size = float(np.convolve(*whole).max()) + 1
    elif op in ("cov", "corrcoef"):
        size = magnitude(args) ** 2 if op == "cov" else 1.0
    elif op == "trapezoid":
        size = magnitude(args) * np.asarray(args[0]).size
    else:
        size = magnitude(args) * (4 if op == "gradient" else 1)
    return {"mode": "rel", "rtol": UNITS * unit, "atol": UNITS * unit * size}


def encoded(key, value):
    if key == "axis":
        return axis_param(value)
    if isinstance(value, np.ndarray):
        return array(value)
    return number(value) if key in ("q", "left", "right", "period", "dx", "discont") else value


def question(rng, family, large):
    op, args, params = family(rng, large)
    if op in ("median", "nanmedian", "quantile", "percentile", "nanquantile", "nanpercentile", "average") and rng.random() < 0.25:
        params["keepdims"] = True
    keywords = {key: value for key, value in params.items()}
    group = f"{family.__name__}.{'large' if large else 'small'}"
    line = {"group": group, "op": op, "args": [array(v) for v in args],
            "params": {key: encoded(key, value) for key, value in params.items()}, "class": "strict"}
    try:
        result = getattr(np, op)(*args, **keywords)
    except (TypeError, ValueError, IndexError, ZeroDivisionError) as error:
        line["expect"] = {"error": type(error).__name__.removeprefix("_UFuncNoLoopError").removeprefix("UFunc"), "msg": str(error)[:80]}
    else:
        results = [np.asarray(part) for part in result] if isinstance(result, tuple) else [np.asarray(result)]
        if any(r.ndim == 0 and r.dtype.kind in "fc" and np.isnan(r) and "quant" in op for r in results):
            raise Skip
        line["expect"] = {"tuple": [array(r) for r in results]} if isinstance(result, tuple) else array(results[0])
        line["tol"] = tolerance(op, args, params, results[0])
    digest = hashlib.sha256(json.dumps(line, sort_keys=True).encode()).hexdigest()[:10]
    return {"id": f"{group}/{op}/{digest}"} | line


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--out", required=True)
    options = parser.parse_args()
    rng, lines = np.random.default_rng(options.seed), {}
    families = [family for family, share in FAMILIES for _ in range(share)]
    while len(lines) < options.count:
        try:
            line = question(rng, families[rng.integers(len(families))], large=len(lines) % 16 == 0)
        except Skip:
            continue
        lines[line["id"]] = json.dumps(line, separators=(",", ":"))
    with open(options.out, "w", encoding="utf-8") as file:
        file.write("\n".join(lines.values()) + "\n")


if __name__ == "__main__":
    main()
