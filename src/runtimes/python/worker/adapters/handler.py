"""`handler.py`: inputs, outputs, load(context), predict(inputs, state)."""

import importlib.util
import sys

from . import torchserve


class Context:
    """What a handler is told at its start."""

    def __init__(self, folder):
        self.folder = folder


class Model:
    """A loaded handler."""

    def __init__(self, module, state):
        self.inputs = declared(module, "inputs")
        self.outputs = declared(module, "outputs")
        self._predict = module.predict
        self._state = state

    def predict(self, inputs):
        return self._predict(inputs, self._state)


def load(path, folder):
    module = imported("handler", path)
    if not hasattr(module, "predict") and torchserve.is_service(module):
        return torchserve.load(module, path, folder)
    if not callable(getattr(module, "predict", None)):
        raise TypeError("it has no function predict(inputs, state)")
    # Before a long load, so that a missing one is told at once.
    declared(module, "inputs")
    declared(module, "outputs")
    state = module.load(Context(folder)) if hasattr(module, "load") else None
    return Model(module, state)


def declared(module, name):
    specs = getattr(module, name, None)
    if specs is None:
        raise TypeError('it declares no %s, such as %s = {"x": {"dtype": "FP32", "shape": [-1, 4]}}' % (name, name))
    return specs


def imported(name, path):
    """A file as a module, known by its name so that pickles find its classes."""
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
