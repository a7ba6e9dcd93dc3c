"""Rows for models that take tensors rather than columns: those that the user gave, and others like them."""

import numpy as np
from conversion import WrongSamples

MAX_ROWS = 32
MAX_VALUES = 2**20


def given_arrays(samples, names):
    """The user's arrays in the order of the inputs; rows are those of the only one."""
    arrays = samples.arrays if samples.arrays is not None else {"": matrix_of(samples.rows)}
    if len(names) == 1 and "" in arrays:
        arrays = {names[0]: arrays[""]}
    if set(arrays) != set(names):
        got = ", ".join(name or "one without a name" for name in arrays)
        raise WrongSamples(f"--samples has the inputs {got}, expected {', '.join(names)}")
    if len({len(one) for one in arrays.values()}) != 1:
        raise WrongSamples("the arrays of --samples have different numbers of rows")
    return [arrays[name] for name in names]


def matrix_of(rows):
    for at, row in enumerate(rows):
        if not isinstance(row, list):
            raise WrongSamples(f"row {at + 1} of --samples is no list, and the model knows no names of columns")
    try:
        return np.array([[np.nan if cell in (None, "") else cell for cell in row] for row in rows], dtype=np.float32)
    except (TypeError, ValueError) as error:
        raise WrongSamples(f"--samples: {error}") from None


def close_to(values, rows, random):
    """Rows like those of `values`: floats with noise of their own width, others as they are."""
    picked = values[random.integers(0, len(values), rows)]
    if values.dtype.kind != "f":
        return picked
    width = float(np.nanstd(values)) or 1.0
    return (picked + random.normal(0, width, picked.shape)).astype(values.dtype)


def rows_of(arrays, at_once=None, most=MAX_ROWS):
    """How many rows to draw: as many as a call takes, or as many as are not too large."""
    if at_once is not None:
        return at_once
    widest = max(one[0].size for one in arrays)
    return max(1, min(MAX_ROWS, most, MAX_VALUES // max(1, widest)))


def parts_of(arrays, at_once):
    """Rows by as many as a call takes; None: any number."""
    count = len(arrays[0])
    if at_once is None:
        return [arrays]
    if count % at_once != 0:
        raise WrongSamples(f"--samples has {count} rows, expected a multiple of the {at_once} that the model takes at once")
    return [[one[at : at + at_once] for one in arrays] for at in range(0, count, at_once)]


def shapes_text(names, shapes):
    return ", ".join(f"{name} [{', '.join(map(str, shape))}]" for name, shape in zip(names, shapes))
