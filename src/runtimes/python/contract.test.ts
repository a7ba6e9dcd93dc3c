import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe } from "node:test";
import { conformancePython, needs } from "../../../test/kit/require.ts";
import { Deadline, systemClock } from "../../base/index.ts";
import type { Runtime, Session } from "../contract.ts";
import { testBatches, testChoices, testRuns } from "../contract-batches.suite.ts";
import { testStopping } from "../contract-failures.suite.ts";
import { testRealModels } from "../contract-models.suite.ts";
import { testEdges, testValues } from "../contract-values.suite.ts";
import { fixture } from "../fixtures.suite.ts";
import type { Given } from "../suite-kit.suite.ts";
import { createPythonRuntime } from "./runtime.ts";

/** Any ONNX model as a handler, by the engine's own Python. */
const ONNX_HANDLER = `
import numpy as np, onnxruntime
TYPES = {"float": "FP32", "double": "FP64", "float16": "FP16", "bool": "BOOL", "string": "BYTES",
         **{f"{sign}int{bits}": f"{sign.upper()}INT{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)}}
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 1
session = onnxruntime.InferenceSession(__file__.replace("handler.py", "model.onnx"), options)
def specs(values):
    return {one.name: {"dtype": TYPES[one.type[7:-1]], "shape": [size if isinstance(size, int) else -1 for size in one.shape]} for one in values}
inputs, outputs = specs(session.get_inputs()), specs(session.get_outputs())
def predict(given, state):
    return dict(zip(outputs, session.run(list(outputs), given)))
`;

describe("runtime contract: python", { skip: needs("scikit-learn") }, () => {
  const folder = mkdtempSync(join(tmpdir(), "sirve-test-contract-"));
  let runtime: Runtime;
  const open: Session[] = [];
  before(() => {
    runtime = createPythonRuntime({
      lanes: 2,
      allowCode: true,
      python: conformancePython,
      loadTimeoutMs: 60_000,
      buildTimeoutMs: 60_000,
      environment: process.env,
      print: () => {},
      clock: systemClock,
    });
  });
  after(async () => {
    for (const session of open) await session.close();
    await runtime.close();
    rmSync(folder, { recursive: true });
  });
  const load = async (model: string, version?: number): Promise<Session> => {
    const artifact = await fixture(model, version);
    const home = mkdtempSync(join(folder, `${model}-`));
    const path = join(home, "handler.py");
    writeFileSync(path, ONNX_HANDLER);
    symlinkSync(artifact.path, join(home, "model.onnx"));
    const session = await runtime.load({ ...artifact, path }, new Deadline());
    open.push(session);
    return session;
  };
  const given: Given = {
    load,
    runtime: () => runtime,
    cannot: {
      anyBytes: "onnxruntime takes text only",
      bfloat16: "numpy has no bfloat16",
      zipMap: "a handler gives tensors, and no maps",
    },
  };
  testValues(given);
  testEdges(given);
  testBatches(given);
  testRuns(given);
  testChoices(given);
  testStopping(given);
  testRealModels(given);
});
