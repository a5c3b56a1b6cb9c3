"""Computes the figures that the test of the ecg example compares with, in NumPy.

    python ecg.py ecg.npz

Needs Python 3 and NumPy 2.
"""

import sys

import numpy as np

RATE = 360


def running(x, percent, width, step):
    starts = np.arange(0, x.size - width + 1, step)
    windows = np.lib.stride_tricks.sliding_window_view(x, width)[::step]
    return starts + (width - 1) / 2, np.percentile(windows, percent, axis=1)


def report(name, x):
    x = np.asarray(x, dtype=float)
    places = np.linspace(0, x.size - 1, 7).astype(int)
    elements = ", ".join(f"({place}, {float(x[place])!r})" for place in places)
    print(f'    ("{name}", {float(np.abs(x).sum())!r}, [{elements}]),')


def main(path):
    record = (np.load(path)["ecg"].astype(np.int64) - 1024) / 200
    n = record.size
    middles, medians = running(record, 50, 216, 36)
    baseline = np.interp(np.arange(n), middles, medians)
    window = np.hanning(11)
    smooth = np.convolve(record - baseline, window / window.sum(), "same")
    energy = np.convolve(np.gradient(smooth, 1 / RATE) ** 2, np.ones(54) / 54, "same")
    middles, high = running(energy, 95, 2 * RATE, RATE)
    high = np.clip(high, 0.4 * np.median(high), np.median(high))
    threshold = 0.3 * np.interp(np.arange(n), middles, high)
    greatest = np.lib.stride_tricks.sliding_window_view(np.pad(energy, 90, mode="edge"), 181).max(axis=1)
    found = np.flatnonzero((energy == greatest) & (energy > threshold))
    near = np.clip(found[:, None] + np.arange(-36, 37), 0, n - 1)
    places = np.clip(found - 36 + np.abs(smooth[near]).argmax(axis=1), 0, n - 1)
    intervals = np.diff(places) / RATE
    counts, ends = np.histogram(intervals, 10, range=(0.4, 0.9))
    seen = intervals[intervals <= 2 * np.median(intervals)]

    print("lines: name, sum of magnitudes, some elements")
    for name, x in (("record", record), ("baseline", baseline), ("smooth", smooth), ("energy", energy), ("threshold", threshold)):
        report(name, x)
    print("beats", len(places), "places", int(places.sum()), int((places * np.arange(len(places))).sum()), places[:8].tolist())
    print("rate", repr(float(60 / np.median(intervals))))
    running_rates = running(60 / intervals, 50, 9, 1)[1]
    print("slowest and fastest", repr(float(running_rates.min())), repr(float(running_rates.max())))
    print("variability", repr(float(seen.std(ddof=1))), repr(float(np.sqrt((np.diff(seen) ** 2).mean()))))
    print("early", int((intervals < 0.85 * np.median(intervals)).sum()))
    print("histogram", counts.tolist(), [float(end) for end in ends])


if __name__ == "__main__":
    main(sys.argv[1])
