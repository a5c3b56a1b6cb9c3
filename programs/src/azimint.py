"""Azimuthal integration: what a detector measured, averaged over rings around its centre."""


def run(np, data, radius):
    counts, _ = np.histogram(radius, bins=100)
    sums, _ = np.histogram(radius, bins=100, weights=data)
    return sums / counts
