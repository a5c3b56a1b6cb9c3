"""Computes the figures that the test of the kmeans example compares with.

    python kmeans.py chelsea.png 16

Needs Python 3, NumPy 2 and Pillow.
"""

import sys

import numpy as np
from PIL import Image

TOLERANCE = 0.05
MAX_ROUNDS = 500


def squared_distances(pixels, colors):
    difference = pixels[:, np.newaxis, :] - colors[np.newaxis, :, :]
    return (difference**2).sum(axis=2)


def main(path, n_colors):
    picture = np.asarray(Image.open(path).convert("RGB"))
    pixels = picture.reshape(-1, 3).astype(np.int64)

    chosen = [len(pixels) // 2]
    apart = squared_distances(pixels, pixels[chosen])[:, 0]
    while len(chosen) < n_colors:
        chosen.append(int(apart.argmax()))
        apart = np.minimum(apart, squared_distances(pixels, pixels[chosen[-1:]])[:, 0])
    print("start", chosen)

    colors = pixels[chosen].astype(np.float64)
    rounds, moved = 0, np.inf
    while moved > TOLERANCE and rounds < MAX_ROUNDS:
        nearest = squared_distances(pixels, colors).argmin(axis=1)
        counts = np.bincount(nearest, minlength=n_colors)
        # Sums of whole numbers below 2**53 are exact as float64.
        sums = np.stack([np.bincount(nearest, pixels[:, c], n_colors) for c in range(3)], axis=1)
        after = np.where(counts[:, None] > 0, sums / np.maximum(counts, 1)[:, None], colors)
        moved = np.sqrt(((after - colors) ** 2).sum(axis=1)).max()
        colors, rounds = after, rounds + 1

    print("rounds", rounds, "moved", repr(float(moved)))
    nearest = squared_distances(pixels, colors).argmin(axis=1)
    painted = np.rint(colors).astype(np.uint8)[nearest].reshape(picture.shape)
    row, column = np.divmod(np.arange(len(pixels)), picture.shape[1])
    for color in range(n_colors):
        own = nearest == color
        red, green, blue = (repr(float(level)) for level in colors[color])
        print(f"([{red}, {green}, {blue}], {own.sum()}, {row[own].sum()}, {column[own].sum()}),")
    print("squared difference", int(((painted.astype(np.int64) - picture) ** 2).sum()))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
