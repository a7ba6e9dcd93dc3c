"""Converts a model of TensorFlow or Keras to ONNX by tf2onnx, and says what the original answers on sample rows: see conversion.py.

Takes a folder of SavedModel by its signature, and files of Keras (.keras, .h5) in Keras's safe mode, which refuses layers of
Python code. A graph may read and write files when it runs, so this runs in a process of its own, and only where code is allowed.
"""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy as np
import onnx
import tensorflow as tf
import tf2onnx
from conversion import OPSET, SEED, Refused, WrongSamples, run
from tensor_samples import close_to, given_arrays, parts_of, rows_of, shapes_text

SIGNATURE = "serving_default"


class SavedModel:
    kind = "SavedModel"

    def __init__(self, path):
        self.loaded = tf.saved_model.load(path)
        signatures = dict(self.loaded.signatures)
        if SIGNATURE not in signatures and len(signatures) != 1:
            raise Refused(f"it has the signatures {', '.join(signatures) or 'none'}, expected {SIGNATURE} or only one")
        self.function = signatures.get(SIGNATURE) or next(iter(signatures.values()))
        specs = self.function.structured_input_signature[1]
        self.specs = [tf.TensorSpec(specs[name].shape, specs[name].dtype, name) for name in sorted(specs)]

    def call(self, *tensors):
        return self.function(**{spec.name: one for spec, one in zip(self.specs, tensors)})


class Keras:
    kind = "Keras"

    def __init__(self, path, folder):
        # Keras tells its formats by their names.
        with open(path, "rb") as file:
            named = folder / ("model.keras" if file.read(2) == b"PK" else "model.h5")
        named.symlink_to(path)
        try:
            self.model = keras.saving.load_model(str(named), compile=False, safe_mode=True)
        finally:
            named.unlink()
        inputs = self.model.inputs
        if not inputs:
            raise Refused("it does not say what it takes: call it once, or build it, before saving it")
        self.specs = [tf.TensorSpec(one.shape, one.dtype, one.name.split(":")[0]) for one in inputs]
        if len({spec.name for spec in self.specs}) != len(self.specs):
            raise Refused("several of its inputs have the same name")

    def call(self, *tensors):
        taken = list(tensors) if len(tensors) > 1 else tensors[0]
        answers = self.model(taken, training=False)
        if isinstance(answers, dict):
            return answers
        flat = tf.nest.flatten(answers)
        names = [one.split("/")[-1] for one in getattr(self.model, "output_names", [])]
        are_names = len(names) == len(set(names)) == len(flat)
        numbered = ["output"] if len(flat) == 1 else [f"output{at}" for at in range(len(flat))]
        return dict(zip(names if are_names else numbered, flat))


def shape_of(spec):
    if spec.shape.rank is None:
        raise Refused(f"its input {spec.name} does not say how many axes it has")
    return [-1 if size is None else size for size in spec.shape.as_list()]


def rows_at_once(model):
    """How many rows a call takes; None: any."""
    first = [shape_of(spec)[0] for spec in model.specs if shape_of(spec)]
    fixed = [size for size in first if size != -1]
    return fixed[0] if fixed else None


def example_of(spec, random):
    """Rows that nobody gave: floats around zero, whole numbers that are in the smallest of vocabularies."""
    shape = shape_of(spec)
    if -1 in shape[1:]:
        raise WrongSamples(f"its input {spec.name} is {shape}, whose free axes need rows of yours: give --samples")
    if spec.dtype == tf.string:
        raise WrongSamples(f"its input {spec.name} takes texts: give --samples")
    if not shape:
        return np.array(0, dtype=spec.dtype.as_numpy_dtype)
    size = [2 if shape[0] == -1 else shape[0], *shape[1:]]
    values = random.normal(0, 1, size) if spec.dtype.is_floating else random.integers(0, 2, size)
    return values.astype(spec.dtype.as_numpy_dtype)


def drawn(model, given):
    random = np.random.default_rng(SEED)
    examples = given if given is not None else [example_of(spec, random) for spec in model.specs]
    rows = rows_of([one for one in examples if one.ndim], rows_at_once(model))
    if given is not None:
        return [close_to(one, rows, random) for one in examples]
    sizes = [[rows, *one.shape[1:]] if one.ndim else [] for one in examples]
    return [example_of(tf.TensorSpec(size, spec.dtype, spec.name), random) for size, spec in zip(sizes, model.specs)]


def compare(model, comparisons, arrays, outputs, is_given=False):
    for part in parts_of(arrays, rows_at_once(model)) if is_given else [arrays]:
        answers = model.call(*[tf.constant(one) for one in part])
        inputs = {spec.name: one for spec, one in zip(model.specs, part)}
        comparisons.add(inputs, {name: answers[name].numpy() for name in outputs}, is_given)


def exported(model, path):
    """Writes the ONNX model. @return the names of its outputs"""
    function = tf.function(model.call, input_signature=model.specs)
    converted, _ = tf2onnx.convert.from_function(function, input_signature=model.specs, opset=OPSET)
    strange = sorted({f"{n.domain}.{n.op_type}".lstrip(".") for n in converted.graph.node if not onnx.defs.has(n.op_type, n.domain)})
    if strange:
        raise Refused(f"tf2onnx has no form for {', '.join(strange)}")
    onnx.save(converted, path)
    return [one.name for one in converted.graph.output]


def convert(path, folder, samples, comparisons):
    model = SavedModel(path) if os.path.isdir(path) else Keras(path, folder)
    given = None
    if samples is not None:
        arrays = given_arrays(samples, [spec.name for spec in model.specs])
        given = [one.astype(spec.dtype.as_numpy_dtype) for one, spec in zip(arrays, model.specs)]
    outputs = exported(model, str(folder / "model.onnx"))
    compare(model, comparisons, drawn(model, given), outputs)
    if given is not None:
        compare(model, comparisons, given, outputs, is_given=True)
    takes = shapes_text([spec.name for spec in model.specs], [shape_of(spec) for spec in model.specs])
    drawn_from = "of random numbers" if given is None else "like those given"
    return {"version": tf.__version__, "kind": model.kind, "takes": takes, "drawn": drawn_from, "columns": [], "classes": []}


run(convert)
