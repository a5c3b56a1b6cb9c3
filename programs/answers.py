"""Computes what the test of the programs compares with: every program in NumPy, from its definition.

    python programs/answers.py > programs/answers.json

Needs Python 3 and NumPy 2. The inputs are made by formulas that `src/inputs.rs` and the file of each program have, too. Of
each result the answers hold dtype, shape, two sums (of the elements, and of each times the remainder of its place by 97,
so that elements that changed places are seen), the sum and the greatest of the magnitudes, and some elements.
"""

import json
import math

import numpy as np

N_ELEMENTS = 12


def noise(n, seed):
    """Numbers from 0 to 1 by the finalizer of MurmurHash3."""
    h = np.arange(n, dtype=np.uint32) + np.uint32(seed * 1_000_003)
    h = (h ^ (h >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    h = (h ^ (h >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return (h ^ (h >> np.uint32(16))) / 2.0**32


def arc_distance(n):
    theta_1, theta_2 = ((noise(n, seed) - 0.5) * np.pi for seed in (1, 2))
    phi_1, phi_2 = ((noise(n, seed) - 0.5) * 2 * np.pi for seed in (3, 4))
    haversine = np.sin((theta_2 - theta_1) / 2) ** 2 + np.cos(theta_1) * np.cos(theta_2) * np.sin((phi_2 - phi_1) / 2) ** 2
    return (2 * np.arctan2(np.sqrt(haversine), np.sqrt(1 - haversine)),)


def atax(n):
    a, x = noise(n * (n + 20), 1).reshape(n + 20, n) - 0.5, noise(n, 2) - 0.5
    return (a.T @ (a @ x),)


def azimint(n):
    data, radius = noise(n, 1), noise(n, 2) * 10
    counts, _ = np.histogram(radius, bins=100)
    sums, _ = np.histogram(radius, bins=100, weights=data)
    return (sums / counts,)


def compute(n):
    first, second = ((noise(n * n, seed) * 1000).astype(np.int64).reshape(n, n) for seed in (1, 2))
    return (np.clip(first, 2, 10) * 4 + second * 3 + 9,)


def conv2d(n):
    images = noise(4 * n * n * 3, 1).astype(np.float32).reshape(4, n, n, 3)
    kernels = noise(5 * 5 * 3 * 8, 2).astype(np.float32).reshape(5, 5, 3, 8) - np.float32(0.5)
    bias = noise(8, 3).astype(np.float32)
    windows = np.lib.stride_tricks.sliding_window_view(images, (5, 5), axis=(1, 2))
    return (np.einsum("nhwcij,ijck->nhwk", windows.astype(np.float64), kernels).astype(np.float32) + bias,)


def correlation(n):
    data = noise(2 * n * n, 1).reshape(2 * n, n) + np.arange(2 * n)[:, None] / n
    data[:, 3] = 1.5
    deviation = data.std(axis=0)
    deviation[deviation <= 0.1] = 1.0
    data = (data - data.mean(axis=0)) / (np.sqrt(float(len(data))) * deviation)
    result = np.eye(n)
    for row in range(n):
        for column in range(row + 1, n):
            result[row, column] = result[column, row] = data[:, row] @ data[:, column]
    return (result,)


def crc16(n):
    register = 0xFFFF
    for byte in (noise(n, 1) * 256).astype(int).tolist():
        register ^= byte
        for _ in range(8):
            register = register >> 1 ^ (0x8408 if register & 1 else 0)
    register = ~register & 0xFFFF
    return (np.array((register << 8 | register >> 8) & 0xFFFF, dtype=np.uint16),)


def floyd_warshall(n):
    path = (noise(n * n, 1) * 100).astype(np.int64).reshape(n, n) + 1
    path[(noise(n * n, 2) > 0.1).reshape(n, n)] = 999
    np.fill_diagonal(path, 0)
    for k in range(n):
        path = np.minimum(path, path[:, k, None] + path[k])
    return (path,)


def go_fast(n):
    a = noise(n * n, 1).reshape(n, n)
    return (a + sum(math.tanh(a[k, k]) for k in range(n)),)


def gramschmidt(n):
    a = noise((n + 20) * n, 1).reshape(n + 20, n) - 0.5
    q, r = np.zeros_like(a), np.zeros((n, n))
    for k in range(n):
        r[k, k] = np.sqrt(np.dot(a[:, k], a[:, k]))
        q[:, k] = a[:, k] / r[k, k]
        for j in range(k + 1, n):
            r[k, j] = np.dot(q[:, k], a[:, j])
            a[:, j] -= q[:, k] * r[k, j]
    return q, r


def hdiff(n):
    field = noise((n + 4) * (n + 4) * 16, 1).reshape(n + 4, n + 4, 16)
    strength = noise(n * n * 16, 2).reshape(n, n, 16)
    laplacian = 4 * field[1:-1, 1:-1] - field[2:, 1:-1] - field[:-2, 1:-1] - field[1:-1, 2:] - field[1:-1, :-2]
    flux = laplacian[1:, 1:-1] - laplacian[:-1, 1:-1]
    rises = field[2:-1, 2:-2] - field[1:-2, 2:-2]
    down = np.where(flux * rises > 0, 0, flux)
    flux = laplacian[1:-1, 1:] - laplacian[1:-1, :-1]
    rises = field[2:-2, 2:-1] - field[2:-2, 1:-2]
    right = np.where(flux * rises > 0, 0, flux)
    return (field[2:-2, 2:-2] - strength * (down[1:] - down[:-1] + right[:, 1:] - right[:, :-1]),)


def heat_3d(n):
    i, j, k = np.indices((n, n, n))
    a = (i + j + (n - k)) * 10 / n
    for _ in range(40):
        inner, after = a[1:-1, 1:-1, 1:-1], a.copy()
        change = 0.125 * (a[2:, 1:-1, 1:-1] - 2 * inner + a[:-2, 1:-1, 1:-1])
        change += 0.125 * (a[1:-1, 2:, 1:-1] - 2 * inner + a[1:-1, :-2, 1:-1])
        change += 0.125 * (a[1:-1, 1:-1, 2:] - 2 * inner + a[1:-1, 1:-1, :-2])
        after[1:-1, 1:-1, 1:-1] = inner + change
        a = after
    return (a,)


def mandelbrot(n):
    c = np.linspace(-2.25, 0.75, n) + 1j * np.linspace(-1.25, 1.25, n)[:, None]
    z, left_after = np.zeros_like(c), np.zeros(c.shape, dtype=np.int64)
    for step in range(60):
        inside = np.abs(z) < 2
        left_after[inside] = step
        z[inside] = z[inside] ** 2 + c[inside]
    left_after[left_after == 59] = 0
    return left_after, np.where(left_after > 0, z, 0)


def mlp(n):
    x = noise(n * 80, 1).astype(np.float32).reshape(n, 80)
    sizes = (80, 100, 60, 10)
    for layer in range(3):
        weights = noise(sizes[layer] * sizes[layer + 1], 2 + 2 * layer).astype(np.float32).reshape(sizes[layer], -1) - np.float32(0.5)
        x = x @ weights + noise(sizes[layer + 1], 3 + 2 * layer).astype(np.float32)
        if layer < 2:
            x = np.maximum(x, 0)
    x = np.exp(x - x.max(axis=-1, keepdims=True))
    return (x / x.sum(axis=-1, keepdims=True),)


def nbody(n):
    mass = 20 * np.ones(n) / n
    position, velocity = ((noise(3 * n, seed).reshape(n, 3) - 0.5) * 4 for seed in (1, 2))
    velocity = velocity - velocity.mean(axis=0)

    def acceleration(position):
        apart = position[None] - position[:, None]
        inverse_cube = ((apart**2).sum(axis=2) + 0.1**2) ** -1.5
        return (apart * inverse_cube[:, :, None] * mass[:, None]).sum(axis=1)

    def energies(position, velocity):
        distance = np.sqrt(((position[None] - position[:, None]) ** 2).sum(axis=2))
        above = np.triu_indices(n, k=1)
        return 0.5 * (mass[:, None] * velocity**2).sum(), -(np.outer(mass, mass)[above] / distance[above]).sum()

    accelerated, found = acceleration(position), [energies(position, velocity)]
    for _ in range(20):
        velocity = velocity + accelerated * 0.01 / 2
        position = position + velocity * 0.01
        accelerated = acceleration(position)
        velocity = velocity + accelerated * 0.01 / 2
        found.append(energies(position, velocity))
    return position, velocity, np.array([kinetic for kinetic, _ in found]), np.array([potential for _, potential in found])


def spmv(n):
    starts = np.concatenate([[0], np.cumsum(np.arange(n) % 6)])
    n_entries = starts[-1]
    columns, values, x = (noise(n_entries, 1) * n).astype(np.int64), noise(n_entries, 2) - 0.5, noise(n, 3)
    result = np.zeros(n)
    for row in range(n):
        for entry in range(starts[row], starts[row + 1]):
            result[row] += values[entry] * x[columns[entry]]
    return (result,)


def stockham_fft(n):
    return (np.fft.fft(noise(n, 1) + 1j * noise(n, 2)),)


SIZES = {"arc_distance": 10_000, "atax": 80, "azimint": 20_000, "compute": 80, "conv2d": 24, "correlation": 66, "crc16": 5_000,
         "floyd_warshall": 72, "go_fast": 80, "gramschmidt": 66, "hdiff": 20, "heat_3d": 20, "mandelbrot": 90, "mlp": 64,
         "nbody": 72, "spmv": 5_000, "stockham_fft": 8_192}


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
    lines = (f'"{name}": {json.dumps([summary(np.asarray(result)) for result in globals()[name](n)])}' for name, n in SIZES.items())
    print("{\n" + ",\n".join(lines) + "\n}")


if __name__ == "__main__":
    main()
