"""Conway's game of life on a torus."""


def run(np, board):
    for _ in range(50):
        rows = np.roll(board, 1, axis=0) + board + np.roll(board, -1, axis=0)
        around = np.roll(rows, 1, axis=1) + rows + np.roll(rows, -1, axis=1) - board
        board = ((around == 3) | (around == 2) & (board == 1)).astype(np.uint8)
    return board
