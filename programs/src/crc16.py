"""A checksum of bytes: a register of bits that is shifted, byte after byte."""


def run(np, data):
    register = 0xFFFF
    for byte in data.tolist():
        register ^= byte
        for _ in range(8):
            register = register >> 1 ^ (0x8408 if register & 1 else 0)
    register = ~register & 0xFFFF
    return np.array((register << 8 | register >> 8) & 0xFFFF, dtype=np.uint16)
