"""Opens pickles and joblib files of models, and nothing else.

A pickle may name any function, which opening it then calls. Here a name is looked up only if it is a class of the
libraries that models are made of, or one of the few functions with which they restore themselves.
"""

import pickle
import types

import joblib.numpy_pickle as joblib_pickle
import numpy as np
from conversion import NotOpened

LIBRARIES = ("sklearn", "scipy", "pandas", "numpy", "joblib")
# What restores arrays, random states and classes written in C.
FUNCTIONS = {
    "_reconstruct",
    "scalar",
    "_frombuffer",
    "__bit_generator_ctor",
    "__generator_ctor",
    "__randomstate_ctor",
    "newObj",
    "_new_Index",
    "_unpickle_block",
}
BUILTINS = {"set", "frozenset", "slice", "complex", "bytearray", "object", "list", "dict", "tuple", "range", "int", "float", "str", "bool", "bytes"}
OTHERS = {
    ("collections", "OrderedDict"),
    ("collections", "defaultdict"),
    ("copyreg", "_reconstructor"),
    ("copy_reg", "_reconstructor"),
    ("_codecs", "encode"),
}
# Part of models' states as they are; opening a model calls none of them.
FUNCTION_VALUES = (np.ufunc,)


class Strange(NotOpened, pickle.UnpicklingError):
    """The pickle names what no model needs."""


def allowed(module, name, look_up):
    top = module.split(".")[0]
    if module == "builtins" and name in BUILTINS:
        return look_up(module, name)
    if (module, name) in OTHERS:
        return look_up(module, name)
    if top not in LIBRARIES or "." in name or "test" in module:
        raise Strange(f"it names {module}.{name}, which no model of scikit-learn needs")
    found = look_up(module, name)
    is_restorer = name in FUNCTIONS or name.startswith("__pyx_unpickle")
    if isinstance(found, (type, *FUNCTION_VALUES)) or is_restorer:
        return found
    raise Strange(f"it names the function {module}.{name}, which opening it would call")


class Plain(pickle.Unpickler):
    def find_class(self, module, name):
        return allowed(module, name, super().find_class)


class Joblib(joblib_pickle.NumpyUnpickler):
    def find_class(self, module, name):
        return allowed(module, name, super().find_class)


def load(path):
    # Arrays of objects are pickles within, which joblib opens by the module that it knows as pickle.
    joblib_pickle.pickle = types.SimpleNamespace(**{**vars(pickle), "load": lambda file: Plain(file).load()})
    with open(path, "rb") as file:
        return Joblib(path, file, True).load()
