"""Trains small XGBoost models of every objective and booster that is converted, with the installed version, and keeps
each with rows and the library's own predictions: test/artifacts/convert/xgboost/<version>/<name>.{json,ubj,golden.json}.

Run once for each version, in an environment of its own:
    python -m venv env && env/bin/pip install numpy xgboost==2.1.4
    env/bin/python scripts/golden/xgboost_models.py
"""

import json
import pathlib

import numpy as np
import xgboost as xgb

VERSION = xgb.__version__
OUT = pathlib.Path(__file__).parents[2] / "test/artifacts/convert/xgboost" / VERSION
ROWS, FEATURES, KEPT = 300, 5, 24
MAJOR = int(VERSION.split(".")[0])

rng = np.random.default_rng(7)
X = rng.normal(size=(ROWS, FEATURES)).astype(np.float32)
X[:, 4] = rng.integers(0, 12, ROWS)
signal = X[:, 0] - 2 * (X[:, 1] > 0.3) + 0.3 * X[:, 2] * X[:, 3] + np.isin(X[:, 4], [1, 5, 7])
X[rng.random(X.shape) < 0.08] = np.nan

TARGETS = {
    "number": signal,
    "positive": np.exp(signal / 2),
    "share": 1 / (1 + np.exp(-signal)),
    "two": (signal > 0).astype(int),
    "three": np.digitize(signal, [-0.7, 0.7]),
    "rank": np.digitize(signal, [-1, 0, 1]),
}

BOTH = {"binary-logistic", "multi-softprob", "dart", "categorical", "linear-three"}
TREES = {"max_depth": 3, "eta": 0.4, "nthread": 1, "seed": 3}

# name: parameters, target, and what else training is given
MODELS = {
    "reg-squarederror": ({"objective": "reg:squarederror"}, "number", {}),
    "reg-base-score": ({"objective": "reg:squarederror", "base_score": 3.25}, "number", {}),
    "reg-absoluteerror": ({"objective": "reg:absoluteerror"}, "number", {}),
    "reg-pseudohuber": ({"objective": "reg:pseudohubererror"}, "number", {}),
    "reg-logistic": ({"objective": "reg:logistic"}, "share", {}),
    "reg-gamma": ({"objective": "reg:gamma"}, "positive", {}),
    "reg-tweedie": ({"objective": "reg:tweedie"}, "positive", {}),
    "count-poisson": ({"objective": "count:poisson"}, "positive", {}),
    "survival-cox": ({"objective": "survival:cox"}, "positive", {}),
    "survival-aft": ({"objective": "survival:aft"}, "positive", {"bounds": True}),
    "binary-logistic": ({"objective": "binary:logistic"}, "two", {}),
    "binary-base-score": ({"objective": "binary:logistic", "base_score": 0.2}, "two", {}),
    "binary-logitraw": ({"objective": "binary:logitraw"}, "two", {}),
    "binary-hinge": ({"objective": "binary:hinge"}, "two", {}),
    "multi-softprob": ({"objective": "multi:softprob", "num_class": 3}, "three", {}),
    "multi-softmax": ({"objective": "multi:softmax", "num_class": 3}, "three", {}),
    "rank-pairwise": ({"objective": "rank:pairwise"}, "rank", {"group": True}),
    "dart": ({"objective": "binary:logistic", "booster": "dart", "rate_drop": 0.5, "skip_drop": 0.2}, "two", {}),
    "linear": ({"objective": "binary:logistic", "booster": "gblinear"}, "two", {}),
    "linear-three": ({"objective": "multi:softprob", "num_class": 3, "booster": "gblinear"}, "three", {}),
    "forest": ({"objective": "reg:squarederror", "num_parallel_tree": 4, "subsample": 0.6, "eta": 1.0}, "number", {"rounds": 2}),
    "categorical": ({"objective": "binary:logistic", "tree_method": "hist", "max_cat_to_onehot": 2}, "two", {"categorical": True}),
    "categorical-onehot": ({"objective": "reg:squarederror", "tree_method": "hist", "max_cat_to_onehot": 20}, "number", {"categorical": True}),
    "stopped-early": ({"objective": "binary:logistic"}, "two", {"stop": True}),
    "deep": ({"objective": "reg:squarederror", "max_depth": 6}, "number", {"rounds": 8}),
}
if MAJOR >= 2:
    MODELS["reg-quantile"] = ({"objective": "reg:quantileerror", "quantile_alpha": np.array([0.1, 0.5, 0.9])}, "number", {})
    MODELS["reg-two-targets"] = ({"objective": "reg:squarederror", "tree_method": "hist"}, "number", {"targets": 2})


def matrix(rows, target, extra):
    types = ["c" if extra.get("categorical") and i == 4 else "q" for i in range(FEATURES)]
    names = ["age", "income", "height", "weight", "colour"]
    data = xgb.DMatrix(rows, feature_names=names, feature_types=types, enable_categorical=bool(extra.get("categorical")))
    if target is not None:
        y = np.column_stack([target, -target]) if extra.get("targets") else target
        if extra.get("bounds"):
            data.set_float_info("label_lower_bound", y)
            data.set_float_info("label_upper_bound", y * 1.5)
        else:
            data.set_label(y)
        if extra.get("group"):
            data.set_group([50] * (len(rows) // 50))
    return data


def numbers(values):
    return [None if np.isnan(v) else float(v) for v in np.asarray(values, dtype=np.float64).ravel()]


def train(name, params, target, extra):
    y = TARGETS[target]
    rounds = extra.get("rounds", 5)
    data = matrix(X, y, extra)
    more = {}
    if extra.get("stop"):
        half = matrix(X[:150], rng.permutation(y[:150]), extra)
        more = {"evals": [(half, "half")], "early_stopping_rounds": 2, "verbose_eval": False}
        rounds = 20
    booster = xgb.train({**TREES, **params}, data, rounds, **more)
    # JSON was the default until 2.0, UBJSON is since; a few are kept in both.
    for kind in ("json", "ubj"):
        if name in BOTH or kind == ("ubj" if MAJOR >= 2 else "json"):
            booster.save_model(OUT / f"{name}.{kind}")
    kept = X[:KEPT]
    golden = {
        "features": FEATURES,
        "rows": numbers(kept),
        "predictions": numbers(booster.predict(matrix(kept, None, extra))),
        "objective": params["objective"],
        "version": VERSION,
    }
    (OUT / f"{name}.golden.json").write_text(json.dumps(golden) + "\n")


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    for name, (params, target, extra) in MODELS.items():
        try:
            train(name, params, target, extra)
        except Exception as error:
            print(f"{VERSION} {name}: {type(error).__name__}: {str(error)[:200]}")
            raise
    print(VERSION, len(MODELS), "models")


if __name__ == "__main__":
    main()
