"""Makes co2.csv, and the figures that the test of the co2 example compares with.

    python co2.py monthly statsmodels/datasets/co2/co2.csv > co2.csv
    python co2.py lstsq co2.csv

Needs Python 3 and, for the second command, NumPy 2.
"""

import csv
import sys


def monthly(path):
    """Prints the mean of the weekly values of each month, empty where a month has none."""
    months = {}
    with open(path, newline="") as file:
        for row in csv.DictReader(file):
            weeks = months.setdefault(f"{row['date'][:4]}-{row['date'][4:6]}", [])
            if row["co2"].strip():
                weeks.append(float(row["co2"]))
    print("month,ppm")
    for month, weeks in months.items():
        print(f"{month},{sum(weeks) / len(weeks):.2f}" if weeks else f"{month},")


def lstsq(path):
    """Prints the least-squares coefficients in units of ppm and years, and the residual."""
    import numpy as np

    with open(path, newline="") as file:
        rows = [(row["month"], float(row["ppm"])) for row in csv.DictReader(file) if row["ppm"]]
    year = np.array([int(month[:4]) + (int(month[5:]) - 0.5) / 12 for month, _ in rows])
    ppm = np.array([value for _, value in rows])
    time = year - (year.min() + year.max()) / 2
    columns = [np.ones_like(time), time, time**2]
    for harmonic in (1, 2, 3):
        angle = 2 * np.pi * harmonic * year
        columns += [np.cos(angle), np.sin(angle)]
    # Columns of equal length keep the rounding of the solution at the last digits.
    design = np.stack(columns, axis=1)
    length = np.linalg.norm(design, axis=0)
    coefficients = np.linalg.lstsq(design / length, ppm, rcond=None)[0] / length
    for value in coefficients:
        print(repr(float(value)))
    print("rms", repr(float(np.sqrt(np.mean((design @ coefficients - ppm) ** 2)))))


if __name__ == "__main__":
    {"monthly": monthly, "lstsq": lstsq}[sys.argv[1]](sys.argv[2])
