"""How the columns of a table vary together."""


def run(np, data):
    centred = data - np.mean(data, axis=0)
    return centred.T @ centred / (len(data) - 1)
