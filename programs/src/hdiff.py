"""Horizontal diffusion, as weather models smooth their fields."""


def run(np, field, strength):
    laplacian = 4 * field[1:-1, 1:-1] - field[2:, 1:-1] - field[:-2, 1:-1] - field[1:-1, 2:] - field[1:-1, :-2]
    flux = laplacian[1:, 1:-1] - laplacian[:-1, 1:-1]
    rises = field[2:-1, 2:-2] - field[1:-2, 2:-2]
    down = np.where(flux * rises > 0, 0, flux)
    flux = laplacian[1:-1, 1:] - laplacian[1:-1, :-1]
    rises = field[2:-2, 2:-1] - field[2:-2, 1:-2]
    right = np.where(flux * rises > 0, 0, flux)
    return field[2:-2, 2:-2] - strength * (down[1:] - down[:-1] + right[:, 1:] - right[:, :-1])
