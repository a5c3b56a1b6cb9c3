"""How the columns of a table hang together."""


def run(np, data):
    deviation = data.std(axis=0)
    deviation[deviation <= 0.1] = 1.0
    scaled = (data - data.mean(axis=0)) / (np.sqrt(float(len(data))) * deviation)
    coefficients = scaled.T @ scaled
    np.fill_diagonal(coefficients, 1.0)
    return coefficients
