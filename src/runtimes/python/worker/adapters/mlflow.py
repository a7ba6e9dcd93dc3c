"""`MLmodel` of MLflow: the flavour python_function, with the signature that it was logged with."""

DTYPES = {
    "boolean": "BOOL",
    "integer": "INT32",
    "long": "INT64",
    "float": "FP32",
    "double": "FP64",
    "string": "BYTES",
    "binary": "BYTES",
}
NUMPY = {
    "bool": "BOOL",
    "int8": "INT8",
    "int16": "INT16",
    "int32": "INT32",
    "int64": "INT64",
    "uint8": "UINT8",
    "uint16": "UINT16",
    "uint32": "UINT32",
    "uint64": "UINT64",
    "float16": "FP16",
    "float32": "FP32",
    "float64": "FP64",
    "object": "BYTES",
    "str": "BYTES",
}


class Model:
    """A loaded pyfunc."""

    def __init__(self, pyfunc, signature):
        self._pyfunc = pyfunc
        self._is_table = not signature.inputs.is_tensor_spec()
        self.inputs = specs_of(signature.inputs, "input")
        self.outputs = specs_of(signature.outputs, "predictions")

    def predict(self, inputs):
        answer = self._pyfunc.predict(self._given(inputs))
        return self._named(answer)

    def _given(self, inputs):
        if not self._is_table:
            return inputs if len(inputs) != 1 else next(iter(inputs.values()))
        import pandas

        return pandas.DataFrame({name: values.reshape(-1) for name, values in inputs.items()})

    def _named(self, answer):
        if isinstance(answer, dict):
            return answer
        if hasattr(answer, "columns"):
            return {str(name): shaped(answer[name].to_numpy(), self.outputs.get(str(name))) for name in answer.columns}
        values = answer.to_numpy() if hasattr(answer, "to_numpy") else answer
        name = next(iter(self.outputs))
        return {name: shaped(values, self.outputs[name])}


def load(path, folder):
    try:
        from mlflow import pyfunc
    except ImportError as error:
        raise ImportError("%s: name mlflow in a requirements.txt beside MLmodel" % error) from error
    model = pyfunc.load_model(folder)
    signature = model.metadata.signature
    if signature is None or signature.inputs is None or signature.outputs is None:
        raise TypeError("it was logged without a signature of inputs and outputs: log it with infer_signature, or write a handler.py")
    return Model(model, signature)


def specs_of(schema, unnamed):
    """Inputs or outputs of a schema, which may have one tensor or column without a name."""
    specs = {}
    for one in schema.inputs:
        name = one.name or unnamed
        if schema.is_tensor_spec():
            specs[name] = {"dtype": NUMPY[one.type.name], "shape": [int(size) for size in one.shape]}
        else:
            specs[name] = {"dtype": dtype_of(one), "shape": [-1, 1]}
    return specs


def dtype_of(column):
    dtype = DTYPES.get(getattr(column.type, "name", ""))
    if dtype is None:
        raise TypeError('its column "%s" is %s: write a handler.py for such a model' % (column.name, column.type))
    return dtype


def shaped(values, spec):
    """A column of a table is [-1, 1]."""
    import numpy

    array = numpy.asarray(values)
    return array.reshape(-1, 1) if spec and len(spec["shape"]) == 2 and array.ndim == 1 else array
