"""Electric and magnetic fields of a plane, step by step in time."""

import jax


def run(np, ex, ey, hz, pulse):
    def step(fields, strength):
        ex, ey, hz = fields
        ey = ey.at[0].set(strength)
        ey = ey.at[1:].add(-0.5 * (hz[1:] - hz[:-1]))
        ex = ex.at[:, 1:].add(-0.5 * (hz[:, 1:] - hz[:, :-1]))
        hz = hz.at[:-1, :-1].add(-0.7 * (ex[:-1, 1:] - ex[:-1, :-1] + ey[1:, :-1] - ey[:-1, :-1]))
        return (ex, ey, hz), None

    fields, _ = jax.lax.scan(step, (ex, ey, hz), pulse)
    return fields
