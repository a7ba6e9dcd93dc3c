import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { conformancePython, needs } from "../../../test/kit/require.ts";
import { Strings, type Tensor, type Tensors, tensorOf } from "../../tensor/index.ts";
import { handlerOf, row, valuesOf, withPython } from "./python-kit.suite.ts";

const skip = needs("scikit-learn");
const python = conformancePython;

/** Runs Python with a folder as its first argument; gives what it prints. */
const runPython = (code: string, folder: string): string =>
  execFileSync(python, ["-c", code, folder], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });

/** Values as JavaScript says them. */
function plain(tensor: Tensor | undefined): unknown[] {
  assert.ok(tensor);
  return tensor.data instanceof Strings ? tensor.data.toArray() : [...(tensor.data as Float64Array)];
}

const column = (dtype: "FP64" | "BYTES", ...values: readonly (number | string)[]): Tensor =>
  tensorOf(dtype, [values.length, 1], values);

test("arrays of numpy go in and out: other kinds are rounded, others refused, scalars and slices taken", {
  skip,
}, async () => {
  const body = [
    'x = inputs["x"]',
    "assert isinstance(x, np.ndarray) and x.dtype == np.float32 and x.flags.writeable",
    'if x[0, 0] == 100: return {"y": np.array([["text"]])}',
    'if x[0, 0] == 101: return {"y": np.array([[1 + 2j]])}',
    'if x[0, 0] == 102: return {"y": [[1, 2.5]] * len(x)}',
    'return {"y": (x.astype(np.float64) * 2)[:, ::-1]}',
  ].join("\n");
  await withPython(
    async ({ load }) => {
      const session = await load({ "handler.py": handlerOf(body, { head: "import numpy as np" }) });
      assert.equal(session.rows, "independent", session.rowsReason);
      const ask = async (...values: number[]) =>
        valuesOf((await session.start([row(...values)]).done).outputs);
      assert.deepEqual(await ask(1, 2, 3), [6, 4, 2]);
      assert.deepEqual(await ask(102, 0), [1, 2.5]);
      await assert.rejects(ask(100), /"y" is <U4, expected FP32/);
      await assert.rejects(ask(101), /"y" is complex128, expected FP32/);
      const large = Array.from({ length: 200_000 }, (_, i) => i);
      const { outputs } = await session.start([new Map([["x", tensorOf("FP32", [1, large.length], large)]])])
        .done;
      assert.deepEqual(valuesOf(outputs).slice(0, 2), [399_998, 399_996]);
    },
    { python },
  );
});

const CLASSIFIER = `
import sys, joblib, json, pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
table = pd.DataFrame({"age": [20, 30, 40, 50.0], "town": ["Rome", "Oslo", "Oslo", "Rome"]})
columns = ColumnTransformer([("n", StandardScaler(), ["age"]), ("w", OneHotEncoder(), ["town"])])
model = make_pipeline(columns, LogisticRegression()).fit(table, ["no", "yes", "yes", "no"])
joblib.dump(model, sys.argv[1] + "/model.joblib")
print(json.dumps([model.predict(table).tolist(), model.predict_proba(table).tolist()]))
`;

test("a pipeline of scikit-learn takes its columns by name and answers as in Python, labels named", {
  skip,
}, async () => {
  await withPython(
    async ({ loadMade }) => {
      let expected = "";
      const session = await loadMade("model.joblib", (folder) => (expected = runPython(CLASSIFIER, folder)));
      const inputs: Tensors = new Map([
        ["age", column("FP64", 20, 30, 40, 50)],
        ["town", column("BYTES", "Rome", "Oslo", "Oslo", "Rome")],
      ]);
      assert.equal(session.rows, "independent", session.rowsReason);
      const { outputs } = await session.start([inputs]).done;
      const [labels, probabilities] = JSON.parse(expected) as [string[], number[][]];
      assert.deepEqual(plain(outputs.get("label")), labels);
      assert.deepEqual(plain(outputs.get("probabilities")), probabilities.flat());
      assert.deepEqual(session.signature.outputs[1]?.labels, ["no", "yes"]);
      const unknown = new Map([
        ...inputs,
        ["town", column("BYTES", "Bern", "Oslo", "Oslo", "Rome")] as const,
      ]);
      await assert.rejects(session.start([unknown]).done, {
        code: "invalid_argument",
        message: /unknown categories \['Bern'\]/,
      });
    },
    { python },
  );
});

const REGRESSOR = `
import sys, pickle
from sklearn.linear_model import LinearRegression
model = LinearRegression().fit([[0, 0], [1, 0], [0, 1.0]], [1, 3, 4])
pickle.dump(model, open(sys.argv[1] + "/model.pkl", "wb"))
`;

test("an estimator without column names takes a matrix", { skip }, async () => {
  await withPython(
    async ({ loadMade }) => {
      const session = await loadMade("model.pkl", (folder) => runPython(REGRESSOR, folder));
      const x = tensorOf("FP64", [2, 2], [1, 1, 2, 0]);
      const { outputs } = await session.start([new Map([["x", x]])]).done;
      assert.deepEqual(
        plain(outputs.get("prediction")).map((value) => Math.round(Number(value) * 1e9) / 1e9),
        [6, 5],
      );
    },
    { python },
  );
});

test("a pickle without its library says what is missing, and one that is no model what it is", {
  skip,
}, async () => {
  await withPython(async ({ loadMade }) => {
    await assert.rejects(
      loadMade("model.pkl", (folder) => runPython(REGRESSOR, folder)),
      /No module named '(?:sklearn|numpy)[^']*': name it in a requirements\.txt/,
    );
  });
  await withPython(
    async ({ loadMade }) => {
      const list = 'import sys, pickle; pickle.dump([1], open(sys.argv[1] + "/model.pkl", "wb"))';
      await assert.rejects(
        loadMade("model.pkl", (folder) => runPython(list, folder)),
        /it holds a list, which has no method predict/,
      );
    },
    { python },
  );
});

const INFERENCE = `
import json
def model_fn(model_dir): return 3
def input_fn(body, content_type):
    if content_type == "text/csv": return [float(one) for one in body.split(",")]
    return json.loads(body)["instances"]
def predict_fn(data, model, context): return [one * model for one in data]
def output_fn(prediction, accept): return json.dumps({"predictions": prediction}), accept
`;

test("inference.py of SageMaker takes bodies through its functions", { skip }, async () => {
  const text = (value: string) => tensorOf("BYTES", [1], [value]);
  await withPython(async ({ load }) => {
    const session = await load({ "inference.py": INFERENCE });
    const ask = async (inputs: Tensors) => {
      const { outputs } = await session.start([inputs]).done;
      return [plain(outputs.get("body"))[0], plain(outputs.get("content_type"))[0]];
    };
    const json = new Map([["body", text('{"instances": [1, 2]}')]]);
    assert.deepEqual(await ask(json), ['{"predictions": [3, 6]}', "application/json"]);
    const csv = new Map([
      ["body", text("1,2")],
      ["content_type", text("text/csv")],
    ]);
    assert.deepEqual(await ask(csv), ['{"predictions": [3.0, 6.0]}', "application/json"]);
  });
});

test("inference.py that declares its tensors takes them as they are, and its rows are joined", {
  skip,
}, async () => {
  const specs = '{"dtype": "FP32", "shape": [-1, 2]}';
  const code = `inputs = {"x": ${specs}}\noutputs = {"y": ${specs}}\ndef model_fn(d): return 3\ndef predict_fn(x, model): return x * model\n`;
  await withPython(
    async ({ load }) => {
      const session = await load({ "inference.py": code });
      assert.equal(session.rows, "independent", session.rowsReason);
      assert.deepEqual(valuesOf((await session.start([row(1, 2)]).done).outputs), [3, 6]);
      await assert.rejects(load({ "inference.py": "x = 1" }), /no function model_fn/);
    },
    { python },
  );
});

const MLFLOW = `
import sys, os, pandas as pd, mlflow.pyfunc
from mlflow.models import infer_signature
class Doubler(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input, params=None):
        return pd.DataFrame({"twice": model_input["n"] * 2, "word": model_input["word"].str.upper()})
table = pd.DataFrame({"n": [1.5, 2.0], "word": ["a", "b"]})
signature = infer_signature(table, Doubler().predict(None, table)) if sys.argv[1] else None
mlflow.pyfunc.save_model(sys.argv[1] + "/saved", python_model=Doubler(), signature=signature, pip_requirements=["mlflow-skinny"])
for name in os.listdir(sys.argv[1] + "/saved"): os.rename(sys.argv[1] + "/saved/" + name, sys.argv[1] + "/" + name)
os.remove(sys.argv[1] + "/requirements.txt")
`;

test("a model of MLflow takes the columns of its signature and answers those of its outputs", {
  skip,
}, async () => {
  await withPython(
    async ({ loadMade }) => {
      const session = await loadMade("MLmodel", (folder) => runPython(MLFLOW, folder));
      const inputs: Tensors = new Map([
        ["n", column("FP64", 1.5, 4)],
        ["word", column("BYTES", "x", "y")],
      ]);
      const { outputs } = await session.start([inputs]).done;
      assert.deepEqual(plain(outputs.get("twice")), [3, 8]);
      assert.deepEqual(plain(outputs.get("word")), ["X", "Y"]);
    },
    { python },
  );
});

const SERVICE = `
import os
class Service:
    def initialize(self, context):
        self.factor = len(context.manifest["model"]["serializedFile"])
        assert os.path.isdir(context.system_properties["model_dir"])
    def preprocess(self, data): return [row.get("body") for row in data]
    def inference(self, rows): return [row["x"] * self.factor if isinstance(row, dict) else 0 for row in rows]
    def postprocess(self, rows): return [{"y": row} for row in rows]
`;

const FUNCTION = `
state = {}
def handle(data, context):
    if data is None:
        state["ready"] = True
        return None
    return [b"%d %s" % (len(data), str(state["ready"]).encode()) for _ in data]
`;

test("a handler.py of TorchServe is taken as it is: its class with steps, or its function", {
  skip: needs("python"),
}, async () => {
  await withPython(async ({ load }) => {
    const bodies = (...texts: string[]): Tensors =>
      new Map([["body", tensorOf("BYTES", [texts.length], texts)]]);
    const service = await load({ "handler.py": SERVICE, "net.pt": "weights" });
    const { outputs } = await service.start([bodies('{"x": 2}', '{"x": 3}', "none")]).done;
    assert.deepEqual(plain(outputs.get("body")), ['{"y": 12}', '{"y": 18}', '{"y": 0}']);
    const handle = await load({ "handler.py": FUNCTION });
    const answer = await handle.start([bodies("a", "b")]).done;
    assert.deepEqual(plain(answer.outputs.get("body")), ["2 True", "2 True"]);
    assert.equal(handle.rows, "none");
  });
});
