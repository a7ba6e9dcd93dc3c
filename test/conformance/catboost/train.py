"""Trains models of CatBoost, saves them, and tells what they answer on rows they were not trained on."""

import json
import sys
from pathlib import Path

import numpy as np
from catboost import CatBoostClassifier, CatBoostRegressor

FOLDER = Path(sys.argv[1])
ROWS = 24
ANSWERS = {}
NAMES = ["age", "income", "height", "weight"]
random = np.random.default_rng(3)
x = random.normal(size=(400, 4)).astype(np.float32)
x[random.random(x.shape) < 0.1] = np.nan
score = np.nan_to_num(x[:, 0]) + np.nan_to_num(x[:, 1]) * np.nan_to_num(x[:, 2])
SETTINGS = {"iterations": 40, "depth": 4, "verbose": 0, "allow_writing_files": False, "random_seed": 0, "thread_count": 1}


def keep(name, model, y, **settings):
    model = model(**{**SETTINGS, **settings}).fit(x[ROWS:], y[ROWS:])
    is_json = name.endswith("json")
    file = f"{name}.json" if is_json else f"{name}.cbm"
    model.save_model(str(FOLDER / file), format="json" if is_json else "cbm")
    values = model.predict_proba(x[:ROWS]) if hasattr(model, "predict_proba") else model.predict(x[:ROWS])
    rows = [{k: None if np.isnan(v) else float(v) for k, v in zip(model.feature_names_, row)} for row in x[:ROWS]]
    ANSWERS[name] = {"file": file, "rows": rows, "answers": np.asarray(values, np.float64).reshape(ROWS, -1).tolist()}


kinds = np.digitize(score, [-0.5, 0.5])
keep("binary", CatBoostClassifier, (score > 0).astype(int))
keep("binary-json", CatBoostClassifier, np.where(score > 0, "yes", "no"))
keep("cross-entropy", CatBoostClassifier, 1 / (1 + np.exp(-score)), loss_function="CrossEntropy")
keep("multiclass", CatBoostClassifier, np.array(["low", "middle", "high"])[kinds])
keep("one-against-all", CatBoostClassifier, kinds, loss_function="MultiClassOneVsAll")
keep("deep", CatBoostClassifier, (score > 0).astype(int), depth=10, iterations=200)
keep("rmse", CatBoostRegressor, score)
keep("missing-last", CatBoostRegressor, score, nan_mode="Max")
keep("poisson", CatBoostRegressor, np.round(np.exp(score / 2)), loss_function="Poisson")
keep("tweedie", CatBoostRegressor, np.exp(score / 2), loss_function="Tweedie:variance_power=1.5")
keep("quantile", CatBoostRegressor, score, loss_function="Quantile:alpha=0.9")
(FOLDER / "answers.json").write_text(json.dumps(ANSWERS))

table = [[city, float(age)] for city, age in zip(random.choice(["Lima", "Quito"], 400), x[:, 1])]
CatBoostClassifier(**SETTINGS, cat_features=[0]).fit(table, score > 0).save_model(str(FOLDER / "categories.cbm"))
lopsided = CatBoostClassifier(**SETTINGS, grow_policy="Lossguide").fit(x, score > 0)
lopsided.save_model(str(FOLDER / "lossguide.cbm"))
two = CatBoostRegressor(**SETTINGS, loss_function="MultiRMSE").fit(x, np.stack([score, -score], axis=1))
two.save_model(str(FOLDER / "two-targets.cbm"))
np.save(FOLDER / "samples.npy", x[:7])
