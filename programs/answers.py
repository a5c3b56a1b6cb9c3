"""Computes what the test of the programs compares with: every program in NumPy.

    python programs/answers.py > programs/answers.json

Needs Python 3 and NumPy 2. A program is `run` of `src/NAME.py`, called with inputs that are made here by formulas that
`src/inputs.rs` and the Rust file of the program have, too. Where NumPy's source is written to be fast, the answers come
from the definition as it stands, and both are compared. Of each result the answers hold dtype, shape, two sums (of the
elements, and of each times the remainder of its place by 97, so that elements that changed places are seen), the sum and
the greatest of the magnitudes, and some elements.
"""

import importlib.util
import json
import math
import pathlib

import numpy as np

N_ELEMENTS = 12


def noise(n, seed):
    """Numbers from 0 to 1 by the finalizer of MurmurHash3."""
    h = np.arange(n, dtype=np.uint32) + np.uint32(seed * 1_000_003)
    h = (h ^ (h >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    h = (h ^ (h >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return (h ^ (h >> np.uint32(16))) / 2.0**32


def matrix(rows, columns, seed):
    """Numbers from -0.5 to 0.5."""
    return noise(rows * columns, seed).reshape(rows, columns) - 0.5


def single(shape, seed):
    """Numbers from 0 to 1 in float32."""
    return noise(math.prod(shape), seed).astype(np.float32).reshape(shape)


# Inputs


def arc_distance(n):
    theta_1, theta_2 = ((noise(n, seed) - 0.5) * np.pi for seed in (1, 2))
    phi_1, phi_2 = ((noise(n, seed) - 0.5) * 2 * np.pi for seed in (3, 4))
    return theta_1, phi_1, theta_2, phi_2


def atax(n):
    return matrix(n + 20, n, 1), noise(n, 2) - 0.5


def attention(n):
    return tuple((noise(8 * n * 64, seed).reshape(8, n, 64) - 0.5).astype(np.float32) * 2 for seed in (1, 2, 3))


def azimint(n):
    return noise(n, 1), noise(n, 2) * 10


def bicg(n):
    return matrix(n + 20, n, 1), noise(n, 2) - 0.5, noise(n + 20, 3) - 0.5


def black_scholes(n):
    price, strike, years = noise(n, 1) * 50 + 50, noise(n, 2) * 50 + 50, noise(n, 3) * 2 + 0.1
    return price, strike, years, np.float64(0.03), np.float64(0.3)


def cavity_flow(n):
    return np.zeros((n, n)), np.zeros((n, n)), np.zeros((n, n))


def channel_flow(n):
    u, v, p = ((noise(n * n, seed).reshape(n, n) - 0.5) * 0.1 for seed in (1, 2, 3))
    u[0] = u[-1] = v[0] = v[-1] = 0
    return u, v, p


def compute(n):
    first, second = ((noise(n * n, seed) * 1000).astype(np.int64).reshape(n, n) for seed in (1, 2))
    return first, second, np.int64(4), np.int64(3), np.int64(9)


def conv2d(n):
    return single((4, n, n, 3), 1), single((5, 5, 3, 8), 2) - np.float32(0.5), single((8,), 3)


def correlation(n):
    data = noise(2 * n * n, 1).reshape(2 * n, n) + np.arange(2 * n)[:, None] / n
    data[:, 3] = 1.5
    return (data,)


def covariance(n):
    return (noise(2 * n * n, 1).reshape(2 * n, n),)


def crc16(n):
    return ((noise(n, 1) * 256).astype(np.uint8),)


def doitgen(n):
    a = noise(n * (n + 10) * (n + 20), 1).reshape(n, n + 10, n + 20) - 0.5
    return a, matrix(n + 20, n + 20, 2)


def fdtd_2d(n):
    ex, ey, hz = (noise(n * n, seed).reshape(n, n) for seed in (1, 2, 3))
    return ex, ey, hz, noise(50, 4)


def floyd_warshall(n):
    path = (noise(n * n, 1) * 100).astype(np.int64).reshape(n, n) + 1
    path[(noise(n * n, 2) > 0.1).reshape(n, n)] = 999
    np.fill_diagonal(path, 0)
    return (path,)


def gemm(n):
    return np.float64(1.5), np.float64(1.2), matrix(n, n + 10, 1), matrix(n + 10, n + 20, 2), matrix(n, n + 20, 3)


def go_fast(n):
    return (noise(n * n, 1).reshape(n, n),)


def gramschmidt(n):
    return (matrix(n + 20, n, 1),)


def hdiff(n):
    return noise((n + 4) * (n + 4) * 16, 1).reshape(n + 4, n + 4, 16), noise(n * n * 16, 2).reshape(n, n, 16)


def heat_3d(n):
    i, j, k = np.indices((n, n, n))
    return ((i + j + (n - k)) * 10 / n,)


def jacobi_1d(n):
    return (noise(n, 1),)


def jacobi_2d(n):
    return (noise(n * n, 1).reshape(n, n),)


def k2mm(n):
    sides = ((n, n + 10), (n + 10, n + 20), (n + 20, n + 30), (n, n + 30))
    return np.float64(1.5), np.float64(1.2), *(matrix(*shape, seed) for seed, shape in enumerate(sides, 1))


def k3mm(n):
    return tuple(matrix(n + 10 * idx, n + 10 * idx + 10, idx + 1) for idx in range(4))


def kmeans(n):
    points = noise(n * 16, 1).reshape(n, 16)
    return points, points[:16]


def life(n):
    return ((noise(n * n, 1) < 0.3).astype(np.uint8).reshape(n, n),)


def mandelbrot(n):
    return np.linspace(-2.25, 0.75, n), np.linspace(-1.25, 1.25, n)


def mlp(n):
    sizes = (80, 100, 60, 10)
    layers = (
        (single(sizes[layer : layer + 2], 2 + 2 * layer) - np.float32(0.5), single(sizes[layer + 1 : layer + 2], 3 + 2 * layer))
        for layer in range(3)
    )
    return single((n, 80), 1), *(array for layer in layers for array in layer)


def mlp_training(n):
    def weights(shape, seed):
        return (single(shape, seed) - np.float32(0.5)) * np.float32(0.2)

    first = weights((80, 100), 3), np.zeros(100, dtype=np.float32)
    second = weights((100, 10), 4), np.zeros(10, dtype=np.float32)
    return single((n, 80), 1), single((n, 10), 2), *first, *second


def mvt(n):
    return matrix(n, n, 1), *(noise(n, seed) - 0.5 for seed in (2, 3, 4, 5))


def nbody(n):
    position, velocity = ((noise(3 * n, seed).reshape(n, 3) - 0.5) * 4 for seed in (1, 2))
    return 20 * np.ones(n) / n, position, velocity


def resnet(n):
    shapes = ((64, 16), (3, 3, 16, 16), (16, 64))
    return single((4, n, n, 64), 1), *(single(shape, seed) - np.float32(0.5) for seed, shape in enumerate(shapes, 2))


def softmax(n):
    return (single((4, 8, n, n), 1) * np.float32(8),)


def spmv(n):
    starts = np.concatenate([[0], np.cumsum(np.arange(n) % 6)])
    n_entries = starts[-1]
    return starts, (noise(n_entries, 1) * n).astype(np.int64), noise(n_entries, 2) - 0.5, noise(n, 3)


def stockham_fft(n):
    return (noise(n, 1) + 1j * noise(n, 2),)


# Definitions


def conv2d_definition(images, kernels, bias):
    windows = np.lib.stride_tricks.sliding_window_view(images, (5, 5), axis=(1, 2))
    return np.einsum("nhwcij,ijck->nhwk", windows.astype(np.float64), kernels).astype(np.float32) + bias


def correlation_definition(data):
    n = data.shape[1]
    deviation = data.std(axis=0)
    deviation[deviation <= 0.1] = 1.0
    data = (data - data.mean(axis=0)) / (np.sqrt(float(len(data))) * deviation)
    result = np.eye(n)
    for row in range(n):
        for column in range(row + 1, n):
            result[row, column] = result[column, row] = data[:, row] @ data[:, column]
    return result


def go_fast_definition(a):
    return a + sum(math.tanh(a[k, k]) for k in range(len(a)))


def gramschmidt_definition(a):
    a, n = a.copy(), a.shape[1]
    q, r = np.zeros_like(a), np.zeros((n, n))
    for k in range(n):
        r[k, k] = np.sqrt(np.dot(a[:, k], a[:, k]))
        q[:, k] = a[:, k] / r[k, k]
        for j in range(k + 1, n):
            r[k, j] = np.dot(q[:, k], a[:, j])
            a[:, j] -= q[:, k] * r[k, j]
    return q, r


def spmv_definition(starts, columns, values, x):
    result = np.zeros(len(starts) - 1)
    for row in range(len(result)):
        for entry in range(starts[row], starts[row + 1]):
            result[row] += values[entry] * x[columns[entry]]
    return result


def stockham_fft_definition(x):
    return np.fft.fft(x)


SIZES = {
    "arc_distance": 10_000,
    "atax": 80,
    "attention": 40,
    "azimint": 20_000,
    "bicg": 80,
    "black_scholes": 10_000,
    "cavity_flow": 40,
    "channel_flow": 40,
    "compute": 80,
    "conv2d": 24,
    "correlation": 66,
    "covariance": 66,
    "crc16": 5_000,
    "doitgen": 20,
    "fdtd_2d": 40,
    "floyd_warshall": 72,
    "gemm": 66,
    "go_fast": 80,
    "gramschmidt": 66,
    "hdiff": 20,
    "heat_3d": 20,
    "jacobi_1d": 1_000,
    "jacobi_2d": 60,
    "k2mm": 60,
    "k3mm": 50,
    "kmeans": 500,
    "life": 60,
    "mandelbrot": 90,
    "mlp": 64,
    "mlp_training": 64,
    "mvt": 80,
    "nbody": 72,
    "resnet": 8,
    "softmax": 12,
    "spmv": 5_000,
    "stockham_fft": 8_192,
}


def program(name):
    """`run` of a program's file."""
    path = pathlib.Path(__file__).parent / "src" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.run


def answers(name, n):
    """The results of a program."""
    inputs = globals()[name](n)
    results = listed(program(name)(np, *inputs))
    definition = globals().get(f"{name}_definition")
    if definition is None:
        return results
    defined = listed(definition(*inputs))
    assert len(results) == len(defined), name
    for result, right in zip(results, defined):
        assert result.dtype == right.dtype and result.shape == right.shape, name
        margin = (1e-6 if result.dtype == np.float32 else 1e-13) * np.abs(right).max()
        assert np.abs(result - right).max() <= margin, name
    return defined


def listed(results):
    return [np.asarray(result) for result in (results if isinstance(results, tuple) else (results,))]


def written(number):
    return [float(number.real), float(number.imag)] if isinstance(number, complex) else number


def summary(result):
    flat, weights = result.ravel(), np.arange(result.size) % 97
    places = sorted({int(place) for place in np.linspace(0, result.size - 1, N_ELEMENTS)})
    total = {"i": lambda x: int(x.sum()), "u": lambda x: int(x.sum()), "f": lambda x: math.fsum(x.astype(float)),
             "c": lambda x: complex(math.fsum(x.real), math.fsum(x.imag))}[result.dtype.kind]
    wide = flat.astype(np.int64) if flat.dtype.kind in "iu" else flat.astype(np.complex128 if flat.dtype.kind == "c" else np.float64)
    magnitudes = np.abs(wide)
    return {"dtype": str(result.dtype), "shape": list(result.shape), "sum": written(total(wide)), "weighted": written(total(wide * weights)),
            "magnitudes": float(magnitudes.sum()), "greatest": float(magnitudes.max()),
            "elements": {str(place): written(flat[place].item()) for place in places}}


def main():
    lines = (f'"{name}": {json.dumps([summary(result) for result in answers(name, n)])}' for name, n in SIZES.items())
    print("{\n" + ",\n".join(lines) + "\n}")


if __name__ == "__main__":
    main()
