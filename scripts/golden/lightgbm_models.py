"""Trains small LightGBM models of every objective that is converted, with the installed version, and keeps each with
rows and the library's own predictions: test/artifacts/convert/lightgbm/<version>/<name>.{txt,golden.json}.

Run once for each version, in an environment of its own:
    python -m venv env && env/bin/pip install "numpy<2" scipy lightgbm==4.6.0
    env/bin/python scripts/golden/lightgbm_models.py
"""

import json
import pathlib

import lightgbm as lgb
import numpy as np

VERSION = lgb.__version__
OUT = pathlib.Path(__file__).parents[2] / "test/artifacts/convert/lightgbm" / VERSION
ROWS, FEATURES, KEPT = 400, 5, 24

rng = np.random.default_rng(11)
X = rng.normal(size=(ROWS, FEATURES)).astype(np.float32)
X[:, 3] = np.where(rng.random(ROWS) < 0.4, 0, X[:, 3])
X[:, 4] = rng.integers(0, 12, ROWS)
signal = X[:, 0] - 2 * (X[:, 1] > 0.3) + 0.5 * X[:, 2] * X[:, 3] + np.isin(X[:, 4], [1, 5, 7])
WITH_NAN = X.copy()
WITH_NAN[rng.random(X.shape) < 0.08] = np.nan

TARGETS = {
    "number": signal,
    "positive": np.exp(signal / 2),
    "share": 1 / (1 + np.exp(-signal)),
    "two": (signal > 0).astype(int),
    "three": np.digitize(signal, [-0.7, 0.7]),
    "rank": np.digitize(signal, [-1, 0, 1]),
}

BASE = {"num_leaves": 7, "learning_rate": 0.3, "min_data_in_leaf": 5, "num_threads": 1, "seed": 3, "verbosity": -1, "deterministic": True}

MODELS = {
    "regression": ({"objective": "regression"}, "number", {}),
    "regression-sqrt": ({"objective": "regression", "reg_sqrt": True}, "number", {}),
    "regression-l1": ({"objective": "regression_l1"}, "number", {}),
    "huber": ({"objective": "huber"}, "number", {}),
    "fair": ({"objective": "fair"}, "number", {}),
    "quantile": ({"objective": "quantile", "alpha": 0.8}, "number", {}),
    "mape": ({"objective": "mape"}, "positive", {}),
    "poisson": ({"objective": "poisson"}, "positive", {}),
    "gamma": ({"objective": "gamma"}, "positive", {}),
    "tweedie": ({"objective": "tweedie"}, "positive", {}),
    "binary": ({"objective": "binary"}, "two", {}),
    "binary-sigmoid": ({"objective": "binary", "sigmoid": 2.0}, "two", {}),
    "multiclass": ({"objective": "multiclass", "num_class": 3}, "three", {}),
    "multiclassova": ({"objective": "multiclassova", "num_class": 3, "sigmoid": 1.5}, "three", {}),
    "cross-entropy": ({"objective": "cross_entropy"}, "share", {}),
    "cross-entropy-lambda": ({"objective": "cross_entropy_lambda"}, "share", {}),
    "lambdarank": ({"objective": "lambdarank"}, "rank", {"group": True}),
    "xendcg": ({"objective": "rank_xendcg"}, "rank", {"group": True}),
    "no-missing": ({"objective": "regression"}, "number", {"nan": False}),
    "zero-as-missing": ({"objective": "regression", "zero_as_missing": True}, "number", {}),
    "ignore-missing": ({"objective": "regression", "use_missing": False}, "number", {}),
    "dart": ({"objective": "binary", "boosting": "dart", "drop_rate": 0.5}, "two", {}),
    "forest": ({"objective": "binary", "boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.6}, "two", {}),
    "forest-regression": ({"objective": "regression", "boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.6}, "number", {}),
    "categorical": ({"objective": "binary", "max_cat_to_onehot": 1, "cat_smooth": 1, "min_data_per_group": 5}, "two", {"categorical": True}),
    "categorical-onehot": ({"objective": "regression", "max_cat_to_onehot": 20}, "number", {"categorical": True}),
    "stump": ({"objective": "regression", "min_data_in_leaf": 1000}, "number", {}),
    "deep": ({"objective": "regression", "num_leaves": 31}, "number", {"rounds": 8}),
}


def numbers(values):
    return [None if np.isnan(v) else float(v) for v in np.asarray(values, dtype=np.float64).ravel()]


def train(name, params, target, extra):
    rows = WITH_NAN if extra.get("nan", True) else X
    names = ["age", "income", "height", "weight", "colour"]
    categorical = [4] if extra.get("categorical") else "auto"
    group = [50] * (ROWS // 50) if extra.get("group") else None
    data = lgb.Dataset(rows.astype(np.float64), TARGETS[target], feature_name=names, categorical_feature=categorical, group=group, free_raw_data=False)
    booster = lgb.train({**BASE, **params}, data, extra.get("rounds", 5))
    booster.save_model(OUT / f"{name}.txt")
    # Missing values are asked for too where none were learned from.
    kept = WITH_NAN[:KEPT]
    golden = {
        "features": FEATURES,
        "rows": numbers(kept),
        "predictions": numbers(booster.predict(kept.astype(np.float64))),
        "objective": params["objective"],
        "version": VERSION,
    }
    (OUT / f"{name}.golden.json").write_text(json.dumps(golden) + "\n")


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    for name, (params, target, extra) in MODELS.items():
        train(name, params, target, extra)
    print(VERSION, len(MODELS), "models")


if __name__ == "__main__":
    main()
