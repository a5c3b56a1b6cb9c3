"""The convolution of pictures with kernels that a neural network learned, and a bias."""

import jax


def run(np, images, kernels, bias):
    dimensions = ("NHWC", "HWIO", "NHWC")
    return jax.lax.conv_general_dilated(images, kernels, (1, 1), "VALID", dimension_numbers=dimensions) + bias
