"""The convolution of pictures with kernels that a neural network learned, and a bias."""


def run(np, images, kernels, bias):
    windows = np.lib.stride_tricks.sliding_window_view(images, kernels.shape[:2], axis=(1, 2))
    return np.tensordot(windows, kernels, axes=((4, 5, 3), (0, 1, 2))) + bias
