"""Bodies that attract each other."""

import jax


def run(np, mass, position, velocity):
    def acceleration(position):
        apart = position[None] - position[:, None]
        inverse_cube = ((apart**2).sum(axis=2) + 0.1**2) ** -1.5
        return np.einsum("ijk,ij,j->ik", apart, inverse_cube, mass)

    def energies(position, velocity):
        distance = np.sqrt(((position[None] - position[:, None]) ** 2).sum(axis=2))
        above = np.triu_indices(len(mass), k=1)
        return 0.5 * (mass[:, None] * velocity**2).sum(), -(np.outer(mass, mass)[above] / distance[above]).sum()

    def step(state, _):
        position, velocity, accelerated = state
        velocity = velocity + accelerated * 0.01 / 2
        position = position + velocity * 0.01
        accelerated = acceleration(position)
        velocity = velocity + accelerated * 0.01 / 2
        return (position, velocity, accelerated), energies(position, velocity)

    velocity = velocity - velocity.mean(axis=0)
    first = energies(position, velocity)
    (position, velocity, _), found = jax.lax.scan(step, (position, velocity, acceleration(position)), length=20)
    kinetic, potential = (np.concatenate([one[None], rest]) for one, rest in zip(first, found))
    return position, velocity, kinetic, potential
