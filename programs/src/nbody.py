"""Bodies that attract each other."""


def run(np, mass, position, velocity):
    def acceleration(position):
        apart = position[None] - position[:, None]
        inverse_cube = ((apart**2).sum(axis=2) + 0.1**2) ** -1.5
        return (apart * inverse_cube[:, :, None] * mass[:, None]).sum(axis=1)

    def energies(position, velocity):
        distance = np.sqrt(((position[None] - position[:, None]) ** 2).sum(axis=2))
        above = np.triu_indices(len(mass), k=1)
        return 0.5 * (mass[:, None] * velocity**2).sum(), -(np.outer(mass, mass)[above] / distance[above]).sum()

    velocity = velocity - velocity.mean(axis=0)
    accelerated, found = acceleration(position), [energies(position, velocity)]
    for _ in range(20):
        velocity = velocity + accelerated * 0.01 / 2
        position = position + velocity * 0.01
        accelerated = acceleration(position)
        velocity = velocity + accelerated * 0.01 / 2
        found.append(energies(position, velocity))
    return position, velocity, np.array([kinetic for kinetic, _ in found]), np.array([potential for _, potential in found])
