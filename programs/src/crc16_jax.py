"""A checksum of bytes: a register of bits that is shifted, byte after byte."""

import jax


def run(np, data):
    def step(register, byte):
        register = register ^ byte
        for _ in range(8):
            register = np.where(register & 1, register >> 1 ^ 0x8408, register >> 1)
        return register, None

    register, _ = jax.lax.scan(step, np.uint16(0xFFFF), data.astype(np.uint16))
    register = ~register
    return register << 8 | register >> 8
