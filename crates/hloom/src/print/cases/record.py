"""Records what NumPy prints, as the table numpy.tsv that the printing tests read.

    python record.py > numpy.tsv                                  # the table that is kept
    python record.py --seed 7 --count 5000 --large > numpy.tsv    # a wider check, too large to keep

Needs numpy 2.4 and ml_dtypes. One case a line, tab-separated: dtype, extents, options, elements as little-endian
hexadecimal bytes, str, repr, and repr of tolist(); line breaks in the texts are written as a backslash and n.
"""

import argparse
import math

import ml_dtypes
import numpy as np

DTYPES = {
    "bool": np.bool_, "i8": np.int8, "i16": np.int16, "i32": np.int32, "i64": np.int64,
    "u8": np.uint8, "u16": np.uint16, "u32": np.uint32, "u64": np.uint64,
    "f16": np.float16, "bf16": ml_dtypes.bfloat16, "f32": np.float32, "f64": np.float64,
    "c64": np.complex64, "c128": np.complex128,
}
# Values at which the notation, the rounding or the number of digits changes.
EDGES = [
    0.0, -0.0, 1.0, -1.0, 0.1, 0.5, 1e-4, 9.9999e-5, 1e-5, 1e16, 9999999999999998.0, 1e15, 1e8, 99999999.0,
    99999999.5, 1e7, 1e6, 999999.0, 999999.5, 1000.0, 999.5, 1001.0, 1 / 3, -2 / 3, 1e-8, 5e-9, 4e-9, 1e300,
    1e-300, 5e-324, 65504.0, 6e-8, 123456.789, 0.125, 2.5, 1e22, 3.4e38, 1.4e-45, 2.0**-25, 2.0**-44,
]
NON_FINITE = [np.nan, np.inf, -np.inf]
SMALL = [(1,), (2,), (3,), (5,), (12,), (25,), (2, 2), (1, 3), (3, 1), (7, 3), (2, 1, 2), (9, 2, 1), (1, 1, 1, 2)]
LARGE = [(30,), (4, 20), (3, 4, 5), (2, 3, 3, 2), (1001,), (1000,), (40, 30), (7, 150), (6, 170), (2, 600),
         (3, 7, 60), (11, 11, 11), (2, 3, 10, 20), (1500, 1)]
# Cases that chance seldom brings: a power of two that needs its last digit rounded up to be told from the number
# below it, and 0.0001 as each dtype rounds it.
CHOSEN = [
    ("f16", [2.0**-6, 0.01929], {"precision": 8, "floatmode": "maxprec_equal"}),
    ("f64", [2.0**-44, 2.0**-24], {}),
    ("f16", [1e-4, 0.01], {}),
    ("f32", [1e-4, 0.01], {}),
    ("f64", [1e-4, 0.01], {}),
    ("f16", [1.0, 998.0, 0.9995], {}),
    ("c128", [complex(np.nan, -np.inf), complex(1.5, 2.25)], {"sign": " "}),
]
EMPTY = [(0,), (2, 0), (0, 3), (1, 0, 2)]


def reals(rng, size, dtype):
    way = rng.integers(9)
    if way == 0:
        values = np.round(rng.normal(size=size) * 10, rng.integers(5))
    elif way == 1:
        values = rng.normal(size=size) * 10.0 ** rng.integers(-8, 10)
    elif way == 2:
        values = rng.normal(size=size) * 10.0 ** rng.integers(-6, 6, size=size)
    elif way == 3:
        values = rng.choice(EDGES, size=size)
    elif way == 4:
        values = 2.0 ** rng.integers(-30, 40, size=size)
    elif way == 5:
        low, high = [(-1074, 1023), (-149, 127), (-24, 15)][rng.integers(3)]
        values = 2.0 ** rng.integers(low, high, size=size)
    elif way == 6:
        return np.frombuffer(rng.bytes(size * np.dtype(dtype).itemsize), dtype).copy()
    elif way == 7:
        values = rng.integers(-1000, 1000, size=size).astype(float)
    else:
        values = rng.random(size)
    if rng.random() < 0.3:
        kinds = rng.choice(NON_FINITE, size=rng.integers(1, 3))
        values = np.where(rng.random(size) < rng.choice([0.1, 0.3, 0.9]), rng.choice(kinds, size=size), values)
    return values.astype(dtype)


def elements(rng, size, dtype):
    kind = np.dtype(dtype).kind
    if dtype is np.bool_:
        return rng.integers(0, 2, size=size).astype(dtype)
    if kind in "iu":
        info = np.iinfo(dtype)
        low, high = [(info.min, info.max), (max(info.min, -100), 100), (0, 9)][rng.integers(3)]
        return rng.integers(low, high, size=size, dtype=dtype, endpoint=True)
    if kind == "c":
        values = np.empty(size, dtype)
        values.real = reals(rng, size, values.real.dtype.type)
        values.imag = reals(rng, size, values.real.dtype.type)
        return values
    return reals(rng, size, dtype)


def extents(rng, large):
    draw = rng.random()
    if draw < 0.15:
        return ()
    if draw < 0.18:
        return EMPTY[rng.integers(len(EMPTY))]
    shapes = SMALL + LARGE if large else SMALL
    return shapes[rng.integers(len(shapes))]


def options(rng):
    chosen = {}
    if rng.random() < 0.45:
        if rng.random() < 0.5:
            chosen["precision"] = int(rng.choice([0, 1, 2, 3, 4, 6, 10, 17, 20]))
        if rng.random() < 0.4:
            chosen["suppress"] = True
        if rng.random() < 0.3:
            chosen["linewidth"] = int(rng.choice([1, 5, 20, 40, 100, 200]))
        if rng.random() < 0.3:
            chosen["sign"] = str(rng.choice(["+", " ", "-"]))
        if rng.random() < 0.5:
            chosen["floatmode"] = str(rng.choice(["fixed", "unique", "maxprec", "maxprec_equal"]))
        if rng.random() < 0.4:
            chosen["threshold"] = int(rng.choice([0, 3, 5, 10]))
            chosen["edgeitems"] = int(rng.choice([1, 2, 3]))
    return chosen


def record(name, array, chosen):
    with np.printoptions(**chosen):
        texts = [str(array), repr(array), repr(array.tolist())]
    columns = [name, ",".join(map(str, array.shape)), ";".join(f"{key}={value}" for key, value in chosen.items())]
    columns += [array.tobytes().hex()] + [text.replace("\n", "\\n") for text in texts]
    print("\t".join(columns))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=2)
    parser.add_argument("--count", type=int, default=250)
    parser.add_argument("--large", action="store_true")
    args = parser.parse_args()
    rng = np.random.default_rng(args.seed)
    np.seterr(all="ignore")
    floating = ["f16", "f32", "f64", "c64", "c128"]
    names = floating * 3 + list(DTYPES)
    for name, values, chosen in CHOSEN:
        record(name, np.array(values, DTYPES[name]), chosen)
    for _ in range(args.count):
        name, shape, chosen = names[rng.integers(len(names))], extents(rng, args.large), options(rng)
        record(name, np.reshape(elements(rng, math.prod(shape), DTYPES[name]), shape), chosen)


if __name__ == "__main__":
    main()
