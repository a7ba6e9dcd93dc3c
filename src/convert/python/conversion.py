"""What the programs that convert have in common: sample rows, what is compared, and the report.

Usage of each: convert_LIBRARY.py MODEL FOLDER [SAMPLES]. Writes FOLDER/model.onnx, FOLDER/report.json, and beside it the
arrays that the report names. SAMPLES is a file of numpy, or JSON of what the user gave: rows, or inputs by name.
"""

import json
import sys
from pathlib import Path

import numpy as np

ROWS = 256
SEED = 7
OPSET = 17
MAX_GIVEN = 10_000


class Refused(Exception):
    """What a program does not take; the text is for the user."""


class WrongSamples(Exception):
    """Rows of the user's own that the model does not take, or that are needed; the text is for the user."""


class NotOpened(Exception):
    """A file that would run what no model needs; the text is for the user."""


class Samples:
    """What the user gave to compare on: arrays by the input's name ("" where they have none), or rows."""

    def __init__(self, arrays=None, rows=None, is_csv=False):
        self.arrays = arrays
        self.rows = rows
        self.is_csv = is_csv
        for count in [len(rows)] if arrays is None else [one.shape[0] if one.ndim else 0 for one in arrays.values()]:
            if not 1 <= count <= MAX_GIVEN:
                raise WrongSamples(f"--samples has {count} rows, expected 1 to {MAX_GIVEN}")

    def columns(self, names, is_text):
        """Columns of a table: texts where `is_text` says so, else float32, where what is missing is NaN."""
        if self.arrays is not None:
            return columns_of_array(self.sole_array(), names, is_text)
        rows = named_by_header(self.rows, names) if self.is_csv else self.rows
        table = [cells_of(row, names, at) for at, row in enumerate(rows)]
        return [
            column_of([row[at] for row in table], name, text)
            for at, (name, text) in enumerate(zip(names, is_text))
        ]

    def sole_array(self):
        if len(self.arrays) != 1:
            raise WrongSamples(f"--samples has {len(self.arrays)} arrays, expected one")
        return next(iter(self.arrays.values()))


def columns_of_array(array, names, is_text):
    if array.ndim != 2 or array.shape[1] != len(names):
        raise WrongSamples(f"--samples has the shape {array.shape}, expected (rows, {len(names)})")
    return [array[:, at].astype(object if text else np.float32) for at, text in enumerate(is_text)]


def named_by_header(rows, names):
    """Lines of CSV by their first, where half of its cells are names of columns; else as they are."""
    header = [cell.strip() for cell in rows[0]]
    if 2 * sum(cell in names for cell in header) < len(header):
        return rows
    if len(rows) == 1:
        raise WrongSamples("--samples has a header and no rows")
    return [dict(zip(header, row)) for row in rows[1:]]


def cells_of(row, names, at):
    """The cells of a row, which is a list or has names, in the order of the columns."""
    if isinstance(row, dict):
        strange = [name for name in row if name not in names]
        if strange:
            raise WrongSamples(f"row {at + 1} of --samples has the column {strange[0]!r}, which the model has not")
        return [row.get(name) for name in names]
    cells = row if isinstance(row, list) else [row]
    if len(cells) != len(names):
        raise WrongSamples(f"row {at + 1} of --samples has {len(cells)} cells, expected {len(names)}")
    return cells


def column_of(cells, name, is_text):
    if is_text:
        return np.array(["" if cell is None else str(cell) for cell in cells], dtype=object)
    try:
        return np.array([np.nan if cell is None or cell == "" else cell for cell in cells], dtype=np.float32)
    except (TypeError, ValueError) as error:
        raise WrongSamples(f"column {name!r} of --samples: {error}") from None


def read_samples(path):
    with open(path, "rb") as file:
        start = file.read(6)
    if start == b"\x93NUMPY":
        return Samples(arrays={"": np.load(path, allow_pickle=False)})
    if start.startswith(b"PK"):
        with np.load(path, allow_pickle=False) as archive:
            return Samples(arrays={name: archive[name] for name in archive.files})
    given = json.loads(Path(path).read_text(encoding="utf-8"))
    if "inputs" in given:
        return Samples(arrays={name: np.asarray(values) for name, values in given["inputs"].items()})
    return Samples(rows=given["rows"], is_csv=given.get("cells") == "text")


class Comparisons:
    """What the original answers, kept beside the report: arrays as files of numpy, texts in the report itself."""

    def __init__(self, folder):
        self.folder = folder
        self.made = []
        self.files = 0

    def add(self, inputs, expected, is_given=False):
        """Keeps inputs of the converted model by name, and the original's values by the name of the output."""
        rows = len(next(iter(inputs.values())))
        self.made.append(
            {
                "isGiven": is_given,
                "rows": rows,
                "inputs": [self.kept(name, values) for name, values in inputs.items()],
                "expected": [self.kept(name, np.asarray(values, np.float64)) for name, values in expected.items()],
            }
        )

    def kept(self, name, values):
        if values.dtype.kind in "OUS":
            return {"name": name, "shape": list(values.shape), "texts": [str(one) for one in values.ravel()]}
        file = f"compared-{self.files}.npy"
        self.files += 1
        np.save(self.folder / file, np.ascontiguousarray(values), allow_pickle=False)
        return {"name": name, "file": file}


def run(convert):
    """Converts what the arguments name; whatever fails is told in the report."""
    path, folder, *given = sys.argv[1:]
    folder = Path(folder)
    try:
        comparisons = Comparisons(folder)
        samples = read_samples(given[0]) if given else None
        report = {**convert(path, folder, samples, comparisons), "comparisons": comparisons.made}
    except NotOpened as error:
        report = {"strange": told(error)}
    except WrongSamples as error:
        report = {"wrongSamples": told(error)}
    except Exception as error:  # All of it is told to the user.
        kind = "" if isinstance(error, Refused) else f"{type(error).__name__}: "
        report = {"refused": f"{kind}{told(error)}"}
    (folder / "report.json").write_text(json.dumps(report), encoding="utf-8")


def told(error):
    return " ".join(str(error).split())[:300]
