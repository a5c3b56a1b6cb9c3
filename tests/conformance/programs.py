"""Writes `programs.jsonl`: random programs of two to five steps with NumPy's answers, for `conformance --pack`.

    python programs.py --count 3600 --seed 20261 --out programs.jsonl

The lines have the format of the corpus. An array of many elements that repeat is written as {"dtype", "shape",
"tile"}: its elements are those of the tile over and over. A program is left out where NumPy's answer hangs on the
platform (a float that no integer holds, shifts beyond the width, the sign of a NaN), on denormal numbers, which are
flushed to zero on some devices, or on the rounding of functions and sums: every program is computed again with such
results moved by some units in the last place, and what comes of that is the tolerance.
"""

import argparse
import json
import warnings
import zlib

import numpy as np

warnings.filterwarnings("ignore")
np.seterr(all="ignore")

NAMES = {"bool": "bool", "int8": "i8", "int16": "i16", "int32": "i32", "int64": "i64", "uint8": "u8", "uint16": "u16",
         "uint32": "u32", "uint64": "u64", "float16": "f16", "float32": "f32", "float64": "f64", "complex64": "c64",
         "complex128": "c128"}
DTYPES = {short: np.dtype(name) for name, short in NAMES.items()}
FAVOURED = ["f64"] * 4 + ["f32"] * 4 + ["f16", "i64", "i32", "i8", "i8", "u8", "u8", "c64", "c128", "bool", "u64", "i16"]

PREDICATES = ["isnan", "isinf", "isfinite", "logical_not"]
EXACT_UNARY = ["negative", "positive", "absolute", "sign", "square", "reciprocal", "sqrt", "floor", "ceil", "trunc", "rint",
               "fabs", "conjugate", "real", "imag", "invert", "bitwise_count"] + PREDICATES
INEXACT_UNARY = ["exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "cbrt", "sin", "cos", "tan", "arcsin", "arccos",
                 "arctan", "sinh", "cosh", "tanh", "arcsinh", "arccosh", "arctanh"]
COMPARISONS = ["equal", "not_equal", "less", "less_equal", "greater", "greater_equal", "logical_and", "logical_or",
               "logical_xor"]
EXACT_BINARY = ["add", "subtract", "multiply", "divide", "add", "subtract", "multiply", "divide", "floor_divide", "remainder",
                "fmod", "maximum", "minimum", "fmax", "fmin", "bitwise_and", "bitwise_or", "bitwise_xor", "left_shift",
                "right_shift", "heaviside", "nextafter", "gcd", "lcm"] + COMPARISONS
INEXACT_BINARY = ["power", "float_power", "arctan2", "hypot", "logaddexp", "logaddexp2"]
ORDERING = {"maximum", "minimum", "fmax", "fmin", "max", "min", "clip"}
UNITS = 8
PLAIN_OPERATOR = {"add", "subtract", "multiply", "divide", "floor_divide", "remainder", "power"}


class Skip(Exception):
    """The program is not one to ask."""


def special(rng, dtype):
    """A value at the end of a range, or one with a sign of its own."""
    if dtype.kind in "iu":
        info = np.iinfo(dtype)
        return rng.choice([info.min, info.max, info.max - 1, 0])
    real = np.finfo(dtype)
    big = 2.0 ** (real.maxexp - 1)
    values = [np.nan, np.inf, -np.inf, 0.0, -0.0, 1.0, -1.0, 49.0, big, -big, 2.0 ** (real.maxexp // 2), 2.0 ** real.minexp]
    return values[rng.integers(len(values))]


def element(rng, dtype, share):
    if dtype.kind == "b":
        return bool(rng.integers(2))
    if rng.random() < share:
        value = special(rng, dtype)
    elif dtype.kind == "u":
        value = int(rng.integers(0, 12))
    elif dtype.kind == "i":
        value = int(rng.integers(-12, 12))
    else:
        value = float(rng.integers(-32, 32)) / 8 if rng.random() < 0.5 else float(rng.random() * 6 - 3)
    if dtype.kind == "c":
        other = special(rng, dtype) if rng.random() < share else float(rng.random() * 6 - 3)
        return complex(value, other)
    return value


def data(rng, dtype, shape, period):
    size = int(np.prod(shape))
    share = rng.choice([0.0, 0.0, 0.05, 0.2])
    tile = np.array([element(rng, dtype, share) for _ in range(min(size, period))]).astype(dtype)
    return np.resize(tile, shape).astype(dtype) if size else np.zeros(shape, dtype)


def scalar(value, dtype):
    if dtype.kind == "b":
        return bool(value)
    if dtype.kind in "iu":
        return int(value)
    if dtype.kind == "c":
        return [scalar(value.real, np.dtype("f8")), scalar(value.imag, np.dtype("f8"))]
    value = float(value)
    return "nan" if value != value else "inf" if value == np.inf else "-inf" if value == -np.inf else value


def encode(array, limit=700):
    array = np.asarray(array)
    flat, name = array.ravel(), NAMES[str(array.dtype)]
    bits = flat.view(f"V{array.dtype.itemsize}") if flat.size else flat
    if flat.size > limit:
        for period in (1, 2, 4, 5, 8, 10, 16, 20, 32, 40, 64, 80, 100, 128, 200, 256, 500, 512):
            if np.array_equal(np.resize(bits[:period], flat.size), bits):
                return {"dtype": name, "shape": list(array.shape), "tile": [scalar(x, array.dtype) for x in flat[:period]]}
        raise Skip
    return {"dtype": name, "shape": list(array.shape), "data": [scalar(x, array.dtype) for x in flat]}


def number(rng, dtype):
    if dtype.kind == "b":
        value = bool(rng.integers(2))
        return {"py": "bool", "v": value}, value
    if dtype.kind == "u":
        value = int(rng.integers(0, 6))
    elif dtype.kind == "i" or rng.random() < 0.4:
        value = int(rng.integers(-4, 5))
    else:
        value = [0.0, -0.0, 0.5, -1.5, 2.0, 3.0, 0.1, np.inf, np.nan][rng.integers(9)]
        return {"py": "float", "v": scalar(value, np.dtype("f8"))}, value
    return {"py": "int", "v": value}, value


def has_both_zeros(*arrays):
    """Whether a greatest element may be a zero of either sign."""
    parts = [part for x in arrays if np.asarray(x).dtype.kind in "fc" for part in (np.real(x), np.imag(x))]
    zeros = [np.signbit(part)[part == 0] for part in map(np.asarray, parts)]
    return any(z.any() for z in zeros) and any((~z).any() for z in zeros)


def is_denormal(array):
    if array.dtype.kind not in "fc":
        return False
    tiny = np.finfo(array.dtype).tiny
    sizes = [np.abs(part) for part in (array.real, array.imag)]
    return any(bool(((size > 0) & (size < tiny)).any()) for size in sizes)


class Program:
    """Draws steps and computes them at once; `moved` are the values with inexact results moved."""

    def __init__(self, rng, large):
        self.rng, self.large = rng, large
        size = int(rng.choice([4096, 4096, 5000, 20000] if large else [1, 2, 5, 8, 12, 24]))
        factors = [f for f in (2, 4, 5, 8, 16) if size % f == 0 and size > f]
        forms = [(size,), (size,), (1, size), (size, 1)] + [(size // f, f) for f in factors] + [(f, size // f) for f in factors]
        self.shape = tuple(int(n) for n in forms[rng.integers(len(forms))])
        self.period = int(rng.choice([4, 5, 8, 16])) if large else 24
        self.args, self.steps, self.values, self.moved, self.exact = [], [], [], [], True
        dtype = FAVOURED[rng.integers(len(FAVOURED))]
        self.n_sources = int(rng.integers(1, 4))
        kinds = [int(rng.integers(7)) for _ in range(self.n_sources)]
        dtypes = [dtype if rng.random() < 0.8 else FAVOURED[rng.integers(len(FAVOURED))] for _ in kinds]
        # Arguments are numbered before the values of steps.
        for kind, name in sorted(zip(kinds, dtypes), key=lambda source: source[0] < 3):
            self.source(kind, DTYPES[name])

    def source(self, kind, dtype):
        shape = self.shape if self.rng.random() < 0.8 else ()
        if kind >= 3:
            value = data(self.rng, dtype, shape, self.period)
            self.args.append(encode(value))
            self.add(value)
        elif kind == 0:
            self.create("zeros", np.zeros(shape, dtype), {"shape": list(shape), "dtype": NAMES[str(dtype)]})
        elif kind == 1:
            self.create("ones", np.ones(shape, dtype), {"shape": list(shape), "dtype": NAMES[str(dtype)]})
        else:
            written, value = number(self.rng, np.dtype("f8"))
            self.create("full", np.full(shape, value, np.array(value).dtype), {"shape": list(shape), "fill_value": written})
            self.step("astype", [self.last()], {"dtype": NAMES[str(dtype)]}, lambda x: x.astype(dtype))

    def create(self, op, value, params):
        self.steps.append({"op": op, "args": [], "params": params})
        self.add(value)

    def add(self, value, moved=None):
        self.values.append(np.asarray(value))
        self.moved.append([np.asarray(m) for m in moved] if moved else [np.asarray(value)] * 4)

    def last(self):
        return len(self.values) - 1

    def step(self, op, operands, params, function, exact=True, written=None):
        """Appends a step; `function` computes it from the operands' values."""
        inputs = [self.values[k] for k in operands]
        if op == "astype" and params["dtype"][0] in "iu" and inputs[0].dtype.kind in "fc":
            real, info = inputs[0].real, np.iinfo(DTYPES[params["dtype"]])
            if not np.all((real >= info.min) & (real <= info.max)) or np.any(inputs[0].imag):
                raise Skip
        if op in ORDERING and has_both_zeros(*inputs, *[np.float64(x["v"]) for x in written or [] if x.get("py") == "float"]):
            raise Skip
        value = np.asarray(function(*inputs))
        if value.dtype == object or str(value.dtype) not in NAMES or value.size > 40_000 or is_denormal(value):
            raise Skip
        moved = [np.asarray(function(*[self.moved[k][turn] for k in operands])) for turn in range(4)]
        if not exact and value.dtype.kind in "fc":
            self.exact = False
            magnitude = np.abs(value)
            unit = UNITS * np.finfo(value.dtype).eps
            if op in ("sum", "mean"):
                # NumPy adds the elements of an outer axis one after another.
                magnitude, unit = np.abs(function(*[np.abs(x) for x in inputs])), 8 * unit
            moved = [self.move(m, magnitude, unit) for m in moved]
        args = written if written is not None else [{"ref": k} for k in operands]
        self.steps.append({"op": op, "args": args, **({"params": params} if params else {})})
        self.add(value, moved)

    def move(self, value, magnitude, unit):
        def by():
            return np.where(np.isfinite(magnitude), magnitude, 0) * unit * (2 * self.rng.random(value.shape) - 1)
        shift = by() + 1j * by() if value.dtype.kind == "c" else by()
        return np.where(np.isfinite(value), value + shift, value).astype(value.dtype)

    def draw(self):
        rng, k = self.rng, self.last() - int(self.rng.integers(min(2, len(self.values))))
        j = int(rng.integers(len(self.values)))
        x, y = self.values[k], self.values[j]
        choice = int(rng.integers(34))
        if choice < 7:
            op = EXACT_UNARY[rng.integers(len(EXACT_UNARY))]
            self.step(op, [k], {}, getattr(np, op), exact=x.dtype.kind != "c" or op in PREDICATES + ["negative", "positive", "real", "imag", "conjugate"])
        elif choice < 10:
            op = INEXACT_UNARY[rng.integers(len(INEXACT_UNARY))]
            self.step(op, [k], {}, getattr(np, op), exact=False)
        elif choice < 17:
            self.binary([k, j], None, x, y)
        elif choice < 20:
            written, value = number(rng, x.dtype)
            left = rng.random() < 0.3
            self.binary([k], (written, value, left), x, value)
        elif choice == 20:
            name = FAVOURED[rng.integers(len(FAVOURED))]
            if x.dtype.kind == "c" and DTYPES[name].kind != "c":
                raise Skip
            self.step("astype", [k], {"dtype": name}, lambda a: a.astype(DTYPES[name]))
        elif choice == 21:
            self.step("where", [k, k, j], {}, lambda c, a, b: np.where(c, a, b))
        elif choice == 22:
            shape = [(-1,), (1,) + x.shape, (x.size, 1)][rng.integers(3)]
            self.step("reshape", [k], {"shape": [int(n) for n in shape]}, lambda a: a.reshape(shape))
        elif choice == 23:
            self.step("transpose", [k], {}, np.transpose)
        elif choice == 24:
            axis = int(rng.integers(x.ndim + 1))
            self.step("expand_dims", [k], {"axis": axis}, lambda a: np.expand_dims(a, axis))
        elif choice in (25, 26) and x.ndim:
            start, stop, by = [None, int(rng.integers(-9, 9))][rng.integers(2)], [None, int(rng.integers(-9, 9))][rng.integers(2)], int(rng.choice([1, 1, 2, -1, -3]))
            self.step("getitem", [k], {"index": [{"slice": [start, stop, by]}]}, lambda a: a[start:stop:by])
        elif choice == 27 and x.ndim and x.shape[0] > 1:
            n = int(rng.integers(1, min(x.shape[0], 9)))
            to, at = int(rng.integers(0, x.shape[0] - n + 1)), int(rng.integers(0, x.shape[0] - n + 1))
            source = [at, at + n, 1] if rng.random() < 0.6 else [at + n - 1, at - 1 if at else None, -1]
            self.step("getitem", [k], {"index": [{"slice": source}]}, lambda a: a[slice(*source)])

            def assign(a, b):
                a = a.copy()
                a[to:to + n] = b
                return a
            self.step("setitem", [k, self.last()], {"index": [{"slice": [to, to + n, 1]}]}, assign)
        elif choice < 34 and x.size:
            self.reduction(k, x)
        else:
            raise Skip

    def binary(self, operands, number, x, y):
        rng = self.rng
        table = EXACT_BINARY if rng.random() < 0.8 else INEXACT_BINARY
        op = table[rng.integers(len(table))]
        if op in ("left_shift", "right_shift", "float_power", "power") and (number is None or not 0 <= number[1] <= 3):
            if op.endswith("shift") or op == "power" and np.result_type(x, y).kind in "iub":
                raise Skip
        function, exact = getattr(np, op), table is EXACT_BINARY
        if op not in COMPARISONS + ["add", "subtract", "maximum", "minimum", "fmax", "fmin"]:
            exact = exact and np.asarray(x).dtype.kind != "c" and np.asarray(y).dtype.kind != "c"
        if number is None:
            self.step(op, operands, {}, function, exact)
            return
        written, value, left = number
        if op not in PLAIN_OPERATOR | set(COMPARISONS[:6]) or x.dtype.kind == "b":
            raise Skip
        args = [written, {"ref": operands[0]}] if left else [{"ref": operands[0]}, written]
        self.step(op, operands, {}, (lambda a: function(value, a)) if left else (lambda a: function(a, value)), exact, args)

    def reduction(self, k, x):
        rng = self.rng
        op = ["sum", "prod", "mean", "max", "min", "all", "any", "argmax", "argmin", "max", "min", "sum"][rng.integers(12)]
        position = op.startswith("arg")
        axis = None if rng.random() < 0.5 or x.ndim == 0 else int(rng.integers(x.ndim))
        keep = bool(rng.integers(2)) and not position
        params = {"axis": axis, **({"keepdims": True} if keep else {})}
        if op in ("argmax", "argmin") and axis is None:
            self.step("reshape", [k], {"shape": [-1]}, np.ravel)
            k, axis, params = self.last(), 0, {"axis": 0}
        function = getattr(np, op)
        exact = op not in ("sum", "mean", "prod")
        if op == "prod" and x.size > 64:
            raise Skip
        self.step(op, [k], params, (lambda a: function(a, axis=axis, keepdims=True)) if keep else (lambda a: function(a, axis=axis)), exact)

    def line(self):
        value, moved = self.values[-1], self.moved[-1]
        tolerance = {"mode": "exact", "sz": True}
        if not self.exact:
            if any(m.dtype != value.dtype or m.shape != value.shape for m in moved):
                raise Skip
            if value.dtype.kind in "fc":
                spread = 0.0
                for part in (np.real, np.imag):
                    v = part(value)
                    for m in map(part, moved):
                        same = (np.isnan(v) == np.isnan(m)) & ((v == 0) == (m == 0)) & (np.isinf(v) == np.isinf(m)) & (np.signbit(v) == np.signbit(m))
                        if not np.all(same | np.isnan(v)) or not np.all(np.isnan(v) == np.isnan(m)):
                            raise Skip
                        usable = np.isfinite(v) & (v != 0)
                        if usable.any():
                            spread = max(spread, float(np.max(np.abs((m - v)[usable] / v[usable]))))
                if spread > 2000 * np.finfo(value.dtype).eps:
                    raise Skip
                tolerance = {"mode": "rel", "rtol": 8 * spread, "atol": 0.0}
            elif any(not np.array_equal(m, value) for m in moved):
                raise Skip
        case = {"op": "program", "args": self.args, "params": {"steps": self.steps}}
        digest = f"{zlib.crc32(json.dumps(case).encode()):08x}"
        group = "program.large" if self.large else "program.small"
        return {"id": f"{group}/program/{digest}", "group": group, **case, "expect": encode(value), "tol": tolerance, "class": "strict"}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=3600)
    parser.add_argument("--seed", type=int, default=20261)
    parser.add_argument("--out", default="programs.jsonl")
    options = parser.parse_args()
    rng, lines = np.random.default_rng(options.seed), {}
    while len(lines) < options.count:
        program = Program.__new__(Program)
        try:
            program.__init__(rng, large=len(lines) % 6 == 0)
            n_steps = int(rng.integers(2, 6))
            for _ in range(4 * n_steps):
                if len(program.values) - program.n_sources >= n_steps:
                    break
                before = (len(program.steps), len(program.values), program.exact)
                try:
                    program.draw()
                except (Skip, TypeError, ValueError, OverflowError, IndexError):
                    del program.steps[before[0]:], program.values[before[1]:], program.moved[before[1]:]
                    program.exact = before[2]
            if len(program.steps) < 2 or any(np.isnan(v).any() and s["op"] in ("signbit", "copysign") for s, v in zip(program.steps, program.values[len(program.args):]) if v.dtype.kind in "fc"):
                continue
            line = program.line()
            lines[line["id"]] = json.dumps(line, separators=(",", ":"))
        except (Skip, TypeError, ValueError, OverflowError):
            continue
    with open(options.out, "w", encoding="utf-8") as file:
        file.write("\n".join(lines.values()) + "\n")


if __name__ == "__main__":
    main()
