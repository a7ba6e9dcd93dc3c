import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { test } from "node:test";
import { needs } from "../../../test/kit/require.ts";
import { PlatformError } from "../../base/index.ts";
import { DTYPES, decodeRaw, encodeRaw, type Tensor, type Tensors, tensorOf } from "../../tensor/index.ts";
import { handlerOf, row, valuesOf, withPython } from "./python-kit.suite.ts";

const skip = needs("python");

const ECHO = handlerOf('return {"y": inputs["x"]}');

/** One echoing tensor of every dtype. */
const EVERY_DTYPE = `
specs = {name: {"dtype": name, "shape": [-1, 2]} for name in ${JSON.stringify(DTYPES)}}
inputs = outputs = specs
def predict(inputs, state):
    return inputs
`;

function everyDtype(): Tensors {
  const valuesFor = (dtype: string) => (dtype === "BYTES" ? ["é\0", ""] : [1, 0]);
  return new Map(DTYPES.map((dtype) => [dtype, tensorOf(dtype, [1, 2], valuesFor(dtype))]));
}

test("every dtype goes to plain Python and back bit for bit", { skip }, async () => {
  await withPython(async ({ load }) => {
    const session = await load({ "handler.py": EVERY_DTYPE });
    const given = everyDtype();
    const { outputs } = await session.start([given]).done;
    for (const [name, tensor] of given) {
      assert.deepEqual(
        Buffer.from(encodeRaw(outputs.get(name) as Tensor)),
        Buffer.from(encodeRaw(tensor)),
        name,
      );
    }
  });
});

test("bytes that are no text come back as they were", { skip }, async () => {
  const code = `inputs = outputs = {"x": {"dtype": "BYTES", "shape": [-1]}}\npredict = lambda inputs, state: inputs`;
  await withPython(async ({ load }) => {
    const session = await load({ "handler.py": code });
    const raw = Buffer.from([3, 0, 0, 0, 0xff, 0x00, 0xfe]);
    const given = decodeRaw("BYTES", [1], raw);
    const { outputs } = await session.start([new Map([["x", given]])]).done;
    assert.deepEqual(Buffer.from(encodeRaw(outputs.get("x") as Tensor)), raw);
  });
});

test("large tensors come back whole through shared memory, and parts are joined", { skip }, async () => {
  await withPython(async ({ load }) => {
    const session = await load({ "handler.py": ECHO });
    const part = (from: number) => row(...Array.from({ length: 100_000 }, (_, i) => (from + i) % 8192));
    const { outputs } = await session.start([part(0), part(5)]).done;
    assert.deepEqual(outputs.get("y")?.shape, [2, 100_000]);
    const values = valuesOf(outputs);
    assert.ok(values.every((value, i) => value === (i < 100_000 ? i % 8192 : (5 + i - 100_000) % 8192)));
    assert.deepEqual(valuesOf((await session.start([row(1, 2)]).done).outputs), [1, 2]);
  });
});

test("what load gives is the state, and files beside the handler can be read and imported", {
  skip,
}, async () => {
  const code = handlerOf('return {"y": [[v * state for v in r] for r in inputs["x"].tolist()]}', {
    head: 'import helper, os\ndef load(context):\n    return helper.FACTOR + len(open(os.path.join(context.folder, "four.txt")).read())',
  });
  await withPython(async ({ load }) => {
    const session = await load({ "handler.py": code, "helper.py": "FACTOR = 6", "four.txt": "four" });
    assert.equal(session.rows, "independent", session.rowsReason);
    assert.deepEqual(valuesOf((await session.start([row(1, 2)]).done).outputs), [10, 20]);
  });
});

test("rows that depend on each other are not joined", { skip }, async () => {
  const body = 'rows = inputs["x"].tolist()\nreturn {"y": [[v + len(rows) for v in r] for r in rows]}';
  await withPython(async ({ load }) => {
    const session = await load({ "handler.py": handlerOf(body) });
    assert.equal(session.rows, "none");
    assert.match(session.rowsReason, /depends on the other rows/);
  });
});

test("an exception fails its call alone; one with a code blames the caller; stacks are causes", {
  skip,
}, async () => {
  const body = [
    'v = inputs["x"].tolist()[0][0]',
    'if v == 100: raise InvalidInput("100 is too much")',
    'if v == 101: raise KeyError("lost")',
    'if v == 102: return {"y": inputs["x"].tolist()[0]}',
    'if v == 103: return {"z": 1}',
    'if v == 104: return {"y": [["text"]]}',
    'return {"y": inputs["x"]}',
  ].join("\n");
  const code = handlerOf(body, { head: "from sirve.handler import InvalidInput" });
  await withPython(async ({ load }) => {
    const session = await load({ "handler.py": code });
    const failure = async (value: number) => {
      const thrown: unknown = await session.start([row(value)]).done.then(
        () => undefined,
        (error: unknown) => error,
      );
      assert.ok(thrown instanceof PlatformError);
      return thrown;
    };
    const blamed = await failure(100);
    assert.equal(blamed.code, "invalid_argument");
    assert.match(blamed.message, /: 100 is too much$/);
    const lost = await failure(101);
    assert.equal(lost.code, "internal");
    assert.match(lost.message, /KeyError: 'lost'$/);
    assert.doesNotMatch(lost.message, /Traceback/);
    assert.match((lost.cause as Error).stack ?? "", /Traceback[^]*handler\.py/);
    assert.match((await failure(102)).message, /the shape \[1\] as "y"/);
    assert.match((await failure(103)).message, /no output "y"/);
    assert.match((await failure(104)).message, /"y" is not FP32/);
    assert.deepEqual(valuesOf((await session.start([row(7)]).done).outputs), [7]);
  });
});

test("a process sees no variable of the server's but an allow-list, and a home of its own", {
  skip,
}, async () => {
  const code = `
import os, tempfile
inputs = {"x": {"dtype": "FP32", "shape": [-1]}}
outputs = {"y": {"dtype": "BYTES", "shape": [-1]}}
def predict(inputs, state):
    told = [os.environ.get("SECRET", "none"), os.environ["OMP_NUM_THREADS"], os.environ["HOME"], tempfile.mkdtemp()]
    return {"y": [" ".join(told)] * len(inputs["x"])}
`;
  const environment = { ...process.env, SECRET: "hunter2" };
  await withPython(
    async ({ load }) => {
      const session = await load({ "handler.py": code });
      const { outputs } = await session.start([new Map([["x", tensorOf("FP32", [1], [0])]])]).done;
      const [secret, threads, home = "", temporary = ""] = (outputs.get("y") as Tensor<"BYTES">).data
        .at(0)
        .split(" ");
      assert.deepEqual([secret, threads], ["none", "1"]);
      assert.match(home, /\/sirve-python-/);
      assert.ok(temporary.startsWith(home), temporary);
    },
    { environment },
  );
  assert.deepEqual(
    readdirSync(tmpdir()).filter(
      (name) => name.includes(`-${process.pid}-`) && name.startsWith("sirve-python"),
    ),
    [],
  );
});

test("an unknown output is refused, and code that is not allowed is not run", { skip }, async () => {
  await withPython(async ({ load }) => {
    const session = await load({ "handler.py": ECHO });
    await assert.rejects(session.start([row(1)], { outputs: ["nope"] }).done, { code: "invalid_argument" });
    assert.deepEqual(valuesOf((await session.start([row(1)], { outputs: ["y"] }).done).outputs), [1]);
  });
  await withPython(
    async ({ load }) => assert.rejects(load({ "handler.py": ECHO }), /runs no code of users/),
    { allowCode: false },
  );
});

test("a file that is no Python is refused before anything is started", { skip }, async () => {
  await withPython(async ({ load }) =>
    assert.rejects(
      load({ "model.onnx": "" }, { engine: "python" }),
      /model\.onnx is nothing that Python runs/,
    ),
  );
});

test("a Python that is not there is refused with what to do", { skip }, async () => {
  await withPython(
    async ({ load }) =>
      assert.rejects(load({ "handler.py": ECHO }), (error: unknown) => {
        assert.ok(error instanceof PlatformError);
        assert.match(error.message, /needs Python, and "no-such-python" cannot be run/);
        assert.match(error.details.hint ?? "", /--engine-python/);
        return true;
      }),
    { python: "no-such-python" },
  );
});
