"""What a handler may import: `from sirve.handler import InvalidInput`."""

import math


class InvalidInput(ValueError):
    """Blames the caller: the request is answered with 400 and this message."""

    code = "invalid_argument"


class Tensor:
    """A row-major array where numpy is not installed."""

    __slots__ = ("dtype", "shape", "data")

    def __init__(self, dtype, shape, data):
        self.dtype = dtype
        self.shape = list(shape)
        self.data = data
        if math.prod(self.shape) != len(data):
            raise ValueError("a tensor of shape %s has %d values" % (self.shape, len(data)))

    def __len__(self):
        if not self.shape:
            raise TypeError("a scalar has no length")
        return self.shape[0]

    def tolist(self):
        """Nested lists of its shape."""
        return nested(list(self.data), self.shape)

    def __repr__(self):
        return "Tensor(%r, %r)" % (self.dtype, self.shape)


def nested(values, shape):
    """A flat list as lists of lists."""
    if not shape:
        return values[0]
    if len(shape) == 1:
        return values
    step = math.prod(shape[1:])
    return [nested(values[i * step : (i + 1) * step], shape[1:]) for i in range(shape[0])]
