"""Converts a program of PyTorch to ONNX, and says what the original answers on sample rows: see conversion.py.

Takes what torch.export.save wrote, which knows its inputs, and what torch.jit.save wrote, which knows their names only: rows
of the user's own say what they are. Both run what is in the file, in a process of its own and only where code is allowed.
"""

import warnings
import zipfile

import numpy as np
import torch
from conversion import OPSET, SEED, Refused, WrongSamples, run
from tensor_samples import MAX_ROWS, close_to, given_arrays, parts_of, rows_of, shapes_text
from torch.utils import _pytree as pytree

warnings.filterwarnings("ignore")


def root_of(error):
    """What went wrong first: exporters wrap it several times."""
    while error.__cause__ is not None or error.__context__ is not None:
        error = error.__cause__ or error.__context__
    return error


def in_numpy(tensor):
    return tensor.detach().to(torch.float32 if tensor.dtype == torch.bfloat16 else tensor.dtype).numpy()


def tensors_of(found):
    flat = [one for one in pytree.tree_leaves(found) if one is not None]
    if not flat or not all(isinstance(one, torch.Tensor) for one in flat):
        raise Refused("its answers are not all tensors")
    return flat


def given_tensors(samples, program):
    arrays = given_arrays(samples, program.names)
    return [as_tensor(array, dtype) for array, dtype in zip(arrays, program.dtypes)]


def as_tensor(array, dtype):
    if dtype is None:
        dtype = torch.float32 if array.dtype.kind == "f" else torch.bool if array.dtype.kind == "b" else torch.int64
    return torch.from_numpy(np.ascontiguousarray(array)).to(dtype)


class Program:
    """What torch.export.save wrote: its inputs are known, and whether their sizes are free."""

    kind = "torch.export"
    drawn = "like those that it was exported with"

    def __init__(self, path):
        self.exported = torch.export.load(path)
        signature = self.exported.graph_signature
        self.names = [name for name in signature.user_inputs if isinstance(name, str)]
        if len(self.names) != len(signature.user_inputs) or not self.names:
            raise Refused("it takes values that are no tensors")
        self.metas = {n.name: n.meta["val"] for n in self.exported.graph.nodes if n.op == "placeholder"}
        self.dtypes = [self.metas[name].dtype for name in self.names]
        self.module = self.exported.module()

    def examples(self):
        """The tensors that it was exported with."""
        if self.exported.example_inputs is None:
            raise WrongSamples("it does not hold the inputs that it was exported with: give rows by --samples")
        return pytree.tree_leaves(self.exported.example_inputs)

    def rows_at_once(self):
        """How many rows a call takes; None: any."""
        first = [self.metas[name].shape[0] if self.metas[name].dim() else 0 for name in self.names]
        fixed = [int(size) for size in first if isinstance(size, int)]
        return fixed[0] if fixed else None

    def most_rows(self):
        upper = [int(one.upper) for one in self.exported.range_constraints.values() if str(one.upper) != "int_oo"]
        return min([MAX_ROWS, *upper])

    def call(self, tensors):
        args, kwargs = pytree.tree_unflatten(tensors, self.exported.call_spec.in_spec)
        return self.module(*args, **kwargs)

    def export(self, path, _):
        torch.onnx.export(self.exported, dynamo=True, verbose=False).save(path)

    def shapes(self):
        return [[size if isinstance(size, int) else -1 for size in self.metas[name].shape] for name in self.names]


class Script:
    """What torch.jit.save wrote: sizes and types are those of the user's rows, of which any number may come."""

    kind = "TorchScript"
    drawn = "like those given"

    def __init__(self, path):
        self.module = torch.jit.load(path, map_location="cpu").eval()
        self.names = [one.name for one in self.module.forward.schema.arguments[1:]]
        self.dtypes = [None] * len(self.names)
        self.given = None

    def examples(self):
        if self.given is None:
            raise WrongSamples("TorchScript does not say what it takes: give rows by --samples, an array .npy or .npz by the inputs' names")
        return self.given

    def rows_at_once(self):
        return None

    def most_rows(self):
        return MAX_ROWS

    def call(self, tensors):
        return self.module(*tensors)

    def export(self, path, outputs):
        free = {name: {0: "N"} for name in [*self.names, *outputs]}
        torch.onnx.export(
            self.module, tuple(self.given), path, dynamo=False, opset_version=OPSET,
            input_names=self.names, output_names=outputs, dynamic_axes=free,
        )

    def shapes(self):
        return [[-1, *one.shape[1:]] for one in self.given]


def opened(path):
    with zipfile.ZipFile(path) as archive:
        is_script = any(name.split("/", 1)[-1] == "constants.pkl" for name in archive.namelist())
    return Script(path) if is_script else Program(path)


def drawn(program):
    """Rows like those that the program was exported with, or that were given."""
    examples = program.examples()
    random = np.random.default_rng(SEED)
    arrays = [in_numpy(one) for one in examples]
    rows = rows_of([one for one in arrays if one.ndim], program.rows_at_once(), program.most_rows())
    made = [close_to(one, rows, random) if one.ndim else one for one in arrays]
    return [torch.from_numpy(np.asarray(one)).to(example.dtype) for one, example in zip(made, examples)]


def compare(program, comparisons, tensors, outputs, is_given=False):
    for part in parts_of(tensors, program.rows_at_once()) if is_given else [tensors]:
        with torch.no_grad():
            answers = tensors_of(program.call(part))
        inputs = {name: in_numpy(one) for name, one in zip(program.names, part)}
        comparisons.add(inputs, {name: in_numpy(one) for name, one in zip(outputs, answers)}, is_given)


def output_names(path):
    import onnx

    return [one.name for one in onnx.load(path, load_external_data=False).graph.output]


def convert(path, folder, samples, comparisons):
    torch.set_num_threads(1)
    program = opened(path)
    given = None if samples is None else given_tensors(samples, program)
    if isinstance(program, Script):
        program.given = given
    sample = drawn(program)
    with torch.no_grad():
        count = len(tensors_of(program.call(sample)))
    model = str(folder / "model.onnx")
    try:
        program.export(model, [f"output{at}" if count > 1 else "output" for at in range(count)])
    except Exception as error:
        root = root_of(error)
        raise Refused(f"{type(root).__name__}: {root}") from None
    outputs = output_names(model)
    compare(program, comparisons, sample, outputs)
    if given is not None:
        compare(program, comparisons, given, outputs, is_given=True)
    takes = shapes_text(program.names, program.shapes())
    version = torch.__version__.split("+")[0]
    return {"version": version, "kind": program.kind, "takes": takes, "drawn": program.drawn, "columns": [], "classes": []}


run(convert)
