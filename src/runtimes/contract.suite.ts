import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Deadline } from "../base/index.ts";
import { checkInputs } from "../model/index.ts";
import {
  DTYPES,
  encodeRaw,
  Strings,
  sliceRows,
  type Tensor,
  type Tensors,
  tensorOf,
} from "../tensor/index.ts";
import { isClose } from "./closeness.ts";
import type { RunResult, Runtime, Session } from "./contract.ts";
import { artifactAt, casesOf, columnsOf, fixture, picturesOf, samplesOf } from "./fixtures.suite.ts";

/** Where implementations differ, each with the reason that a skipped test prints; undefined: it can. */
export interface CannotDo {
  /** Strings that are not UTF-8, or hold NULs. */
  readonly anyBytes?: string;
  readonly bfloat16?: string;
  /** ZipMap outputs: sequence(map(…)). */
  readonly zipMap?: string;
}

/** What every runtime must do. Each runtime's own test calls this once. */
export function describeRuntime(name: string, create: () => Promise<Runtime>, cannot: CannotDo = {}): void {
  describe(`runtime contract: ${name}`, () => {
    let runtime: Runtime;
    const open: Session[] = [];
    const load = async (model: string, version?: number): Promise<Session> => {
      const session = await runtime.load(await fixture(model, version), new Deadline());
      open.push(session);
      return session;
    };
    before(async () => (runtime = await create()));
    after(async () => {
      for (const session of open) await session.close();
      await runtime.close();
    });
    const given: Given = { load, runtime: () => runtime, cannot };
    testValues(given);
    testBatches(given);
    testFailures(given);
    testStopping(given);
    testRealModels(given);
  });
}

interface Given {
  readonly load: (model: string, version?: number) => Promise<Session>;
  readonly runtime: () => Runtime;
  readonly cannot: CannotDo;
}

const skip = (reason: string | undefined) => ({ skip: reason ?? false });

/** Runs in a lane, and inline too where the runtime can; both must agree bit for bit. */
async function run(session: Session, parts: readonly Tensors[]): Promise<RunResult> {
  const result = await session.start(parts).done;
  const inline = session.runInline?.(parts);
  for (const [name, tensor] of inline?.outputs ?? []) assertSameBits(result.outputs.get(name), tensor);
  return result;
}

function assertSameBits(got: Tensor | undefined, expected: Tensor): void {
  assert.ok(got, "an output is missing");
  assert.equal(got.dtype, expected.dtype);
  assert.deepEqual([...got.shape], [...expected.shape]);
  assert.deepEqual(Buffer.from(encodeRaw(got)), Buffer.from(encodeRaw(expected)));
}

function assertClose(got: Tensor | undefined, expected: Tensor): void {
  assert.ok(
    got && isClose(got, expected),
    `${got?.dtype} [${got?.shape}] ${got?.data.length} is not as expected`,
  );
}

const only = (tensor: Tensor, name = "x"): Tensors => new Map([[name, tensor]]);

function testValues({ load, cannot }: Given): void {
  for (const dtype of DTYPES) {
    const model = `identity-${dtype === "BYTES" ? "string" : dtype.toLowerCase()}`;
    test(`${dtype} comes back bit by bit`, skip(dtype === "BF16" ? cannot.bfloat16 : undefined), async () => {
      const session = await load(model);
      assert.equal(session.signature.inputs[0]?.dtype, dtype);
      for (const { inputs, outputs } of await casesOf(model)) {
        assert.equal(checkInputs(session.signature, inputs), inputs.get("x")?.shape[0]);
        const result = await run(session, [inputs]);
        for (const [name, expected] of outputs) assertSameBits(result.outputs.get(name), expected);
      }
    });
    test(
      `${dtype} may have no rows and no columns`,
      skip(dtype === "BF16" ? cannot.bfloat16 : undefined),
      async () => {
        const session = await load(model);
        for (const shape of [
          [0, 3],
          [2, 0],
          [0, 0],
        ]) {
          const empty = tensorOf(dtype, shape, []);
          assertSameBits((await run(session, [only(empty)])).outputs.get("y"), empty);
        }
      },
    );
  }

  test("the ends of 64-bit integers come back", async () => {
    const signed = tensorOf("INT64", [1, 3], [-(2n ** 63n), 2n ** 63n - 1n, 2n ** 53n + 1n]);
    assertSameBits((await run(await load("identity-int64"), [only(signed)])).outputs.get("y"), signed);
    const unsigned = tensorOf("UINT64", [1, 2], [2n ** 64n - 1n, 2n ** 53n + 1n]);
    assertSameBits((await run(await load("identity-uint64"), [only(unsigned)])).outputs.get("y"), unsigned);
  });

  test("strings may hold NULs and bytes that are not UTF-8", skip(cannot.anyBytes), async () => {
    const items = ["a\0b", "\0", "", new Uint8Array([0xff, 0xfe, 0, 0x80]), "x".repeat(100_000), "\u{1f600}"];
    const data = Strings.from(items);
    const session = await load("identity-string");
    for (const shape of [
      [6, 1],
      [2, 3],
    ]) {
      const tensor: Tensor = { dtype: "BYTES", shape, data };
      assertSameBits((await run(session, [only(tensor)])).outputs.get("y"), tensor);
    }
    const tail = sliceRows({ dtype: "BYTES", shape: [6, 1], data }, 2, 5);
    assertSameBits((await run(session, [only(tail)])).outputs.get("y"), tail);
  });

  test("large tensors come back, one part or several", async () => {
    const session = await load("identity-fp32");
    const values = Float32Array.from({ length: 300_000 }, (_, i) => i / 7);
    const whole: Tensor = { dtype: "FP32", shape: [100, 3000], data: values };
    assertSameBits((await run(session, [only(whole)])).outputs.get("y"), whole);
    const parts = [sliceRows(whole, 0, 1), sliceRows(whole, 1, 60), sliceRows(whole, 60, 100)];
    assertSameBits(
      (
        await run(
          session,
          parts.map((part) => only(part)),
        )
      ).outputs.get("y"),
      whole,
    );
    const small = sliceRows(whole, 5, 6);
    assertSameBits((await run(session, [only(small)])).outputs.get("y"), small);
  });
}

function testBatches({ load }: Given): void {
  test("parts joined give what they give as one, and results own their memory", async () => {
    const session = await load("mixed");
    const [{ inputs, outputs } = assert.fail("no case")] = await casesOf("mixed");
    const rows = [0, 1, 2].map((row) => rowsOf(inputs, row, row + 1));
    const first = await run(session, rows);
    await run(session, rows.toReversed());
    for (const [name, expected] of outputs) assertSameBits(first.outputs.get(name), expected);
  });

  test("a batch gives what its rows give alone", async () => {
    const session = await load("flight-delay");
    const inputs = columnsOf(await samplesOf("flight-delay"), dtypesOf(session));
    const joined = await run(session, [inputs]);
    for (let row = 0; row < 8; row++) {
      const alone = await run(session, [rowsOf(inputs, row, row + 1)]);
      for (const [name, tensor] of joined.outputs) {
        assertClose(alone.outputs.get(name), sliceRows(tensor, row, row + 1));
      }
    }
  });

  test("models whose rows depend on each other, or that have no batch axis, are found", async () => {
    const found = async (model: string) => {
      const { rows, rowsReason } = await load(model);
      return [rows, rowsReason];
    };
    assert.deepEqual(await found("rows-differ"), [
      "none",
      'output "share" of a row depends on the other rows',
    ]);
    assert.deepEqual(await found("scalar"), ["none", 'input "factor" has no batch axis']);
    for (const model of ["add-sub", "mixed", "flight-delay", "identity-fp32", "spam", "fashion"]) {
      assert.deepEqual(await found(model), ["independent", ""], model);
    }
  });

  test("a scalar input is taken", async () => {
    const session = await load("scalar");
    const inputs = new Map([
      ["x", tensorOf("FP32", [1, 4], [1, 2, 3, 4])],
      ["factor", tensorOf("FP32", [], [2])],
    ]);
    assertSameBits((await run(session, [inputs])).outputs.get("y"), tensorOf("FP32", [1, 4], [2, 4, 6, 8]));
  });

  test("integers overflow as the operator says", async () => {
    const session = await load("add-sub");
    const max = 2 ** 31 - 1;
    const inputs = new Map([
      ["INPUT0", tensorOf("INT32", [1, 16], new Array<number>(16).fill(max))],
      ["INPUT1", tensorOf("INT32", [1, 16], new Array<number>(16).fill(1))],
    ]);
    const { outputs } = await run(session, [inputs]);
    assert.equal(outputs.get("OUTPUT0")?.data.at(0), -(2 ** 31));
    assert.equal(outputs.get("OUTPUT1")?.data.at(0), max - 1);
  });

  test("only the outputs asked for are computed", async () => {
    const session = await load("add-sub");
    const [{ inputs, outputs } = assert.fail("no case")] = await casesOf("add-sub");
    const result = await session.start([inputs], { outputs: ["OUTPUT1"] }).done;
    assert.deepEqual([...result.outputs.keys()], ["OUTPUT1"]);
    assertSameBits(result.outputs.get("OUTPUT1"), outputs.get("OUTPUT1") ?? assert.fail("no output"));
    await assert.rejects(session.start([inputs], { outputs: ["no"] }).done, { code: "invalid_argument" });
  });

  test("more runs than lanes wait for each other and all end right", async () => {
    const session = await load("slow-1ms");
    const inputs = (seed: number) =>
      tensorOf(
        "FP32",
        [1, 256],
        Array.from({ length: 256 }, (_, i) => (i * seed) % 7),
      );
    const runs = [1, 2, 3, 4, 5, 6, 7, 8].map((seed) => session.start([only(inputs(seed))]).done);
    for (const [i, result] of (await Promise.all(runs)).entries()) {
      const again = await session.start([only(inputs(i + 1))]).done;
      assertSameBits(result.outputs.get("y"), again.outputs.get("y") ?? assert.fail("no output"));
      assert.ok(result.cpuUs > 0 && result.computeUs > 0);
    }
  });
}

const rowsOf = (inputs: Tensors, start: number, end: number): Tensors =>
  new Map([...inputs].map(([name, tensor]) => [name, sliceRows(tensor, start, end)]));

const dtypesOf = ({ signature }: Session) =>
  new Map(signature.inputs.map((spec) => [spec.name, spec.dtype] as const));

function testFailures({ load, runtime }: Given): void {
  test("a run that fails on its inputs says so, and the session goes on", async () => {
    const session = await load("fails-on-negative");
    const index = (value: number) => only(tensorOf("INT64", [1], [value]), "index");
    const failed = {
      code: "invalid_argument",
      message: /does not take these inputs: .*out of (data )?bounds/,
    };
    await assert.rejects(session.start([index(-100)]).done, failed);
    await assert.rejects(session.start([index(1), index(-100)]).done, failed);
    if (session.runInline) assert.throws(() => session.runInline?.([index(-100)]), failed);
    const good = await run(session, [index(7)]);
    assertSameBits(good.outputs.get("row"), tensorOf("FP32", [1, 4], [7, 7.25, 7.5, 7.75]));
  });

  test("a file that is not a model is refused, without a path of this host", async () => {
    const hostile = ["garbage", "empty", "truncated", "zip-named", "unknown-domain", "opset-99", "cyclic"];
    for (const name of hostile) {
      const artifact = await artifactAt(`test/artifacts/hostile/${name}.onnx`);
      await assert.rejects(runtime().load(artifact, new Deadline()), (thrown: Error & { code?: string }) => {
        assert.equal(thrown.code, "failed_precondition", name);
        assert.match(thrown.message, /^(the model does not load: .|no output of the model)/, name);
        assert.doesNotMatch(thrown.message, /\/work|onnxruntime_src|\.(cc|h):\d/, name);
        return true;
      });
    }
  });
}

function testStopping({ load }: Given): void {
  test("a run that never ends is stopped, and the session goes on", { timeout: 60_000 }, async () => {
    const session = await load("endless-on-negative");
    const x = (value: number) => only(tensorOf("FP32", [1, 4], [value, 1, 2, 3]));
    const endless = session.start([x(-1)]);
    const stopped = assert.rejects(endless.done, { code: "cancelled" });
    // By the time another run has come back, this one is under way in its lane.
    await session.start([x(1)]).done;
    endless.terminate();
    endless.terminate();
    await stopped;
    assertSameBits((await run(session, [x(5)])).outputs.get("y"), tensorOf("FP32", [1, 4], [5, 1, 2, 3]));
  });

  test("a run that waits for a lane is stopped without having run", { timeout: 60_000 }, async () => {
    const session = await load("endless-on-negative");
    const x = (value: number) => only(tensorOf("FP32", [1, 4], [value, 1, 2, 3]));
    const endless = [1, 2, 3, 4].map(() => session.start([x(-1)]));
    const stopped = endless.map((run) => assert.rejects(run.done, { code: "cancelled" }));
    for (const run of endless.toReversed()) run.terminate();
    await Promise.all(stopped);
    await run(session, [x(1)]);
  });

  test("a model that never ends loads, and its rows are not joined", { timeout: 60_000 }, async () => {
    const session = await load("endless");
    assert.equal(session.rows, "none");
    assert.match(session.rowsReason, /did not end/);
  });
}

function testRealModels({ load, cannot }: Given): void {
  test("flight-delay, spam: labels and probabilities are those of the library that trained them", async () => {
    for (const model of ["flight-delay", "spam"]) {
      const session = await load(model);
      const samples = await samplesOf(model);
      const { outputs } = await run(session, [columnsOf(samples, dtypesOf(session))]);
      assertClose(outputs.get("probabilities"), columnOf(samples, "probabilities", "outputs"));
      const label = outputs.get("label") ?? assert.fail("no label");
      assertSameBits(
        label,
        labelsOf(
          samples.map((sample) => sample.outputs["label"]),
          label,
        ),
      );
    }
  });

  test("fashion: logits are those of the reference evaluator", async () => {
    const session = await load("fashion");
    const samples = await samplesOf("fashion");
    const { outputs } = await run(session, [only(await picturesOf(samples))]);
    assertClose(outputs.get("logits"), columnOf(samples, "logits", "outputs"));
  });

  test("churn: the ZipMap output is probabilities by label", skip(cannot.zipMap), async () => {
    const samples = await samplesOf("churn");
    const zipped = await load("churn", 1);
    const plain = await load("churn", 2);
    assert.deepEqual(zipped.signature.outputs[1]?.labels, ["no", "yes"]);
    const inputs = columnsOf(samples, dtypesOf(zipped));
    const one = (await run(zipped, [inputs])).outputs;
    const two = (await run(plain, [inputs])).outputs;
    const probabilities = two.get("probabilities") ?? assert.fail("no probabilities");
    assertSameBits(one.get("output_probability"), probabilities);
    assertSameBits(one.get("output_label"), two.get("label") ?? assert.fail("no label"));
    assertClose(probabilities, columnOf(samples, "probabilities", "version2"));
    assert.equal(zipped.rows, "independent");
  });
}

/** One output of samples as a tensor [n, k]. */
function columnOf(
  samples: Awaited<ReturnType<typeof samplesOf>>,
  name: string,
  key: "outputs" | "version2",
): Tensor {
  const rows = samples.map((sample) => sample[key]?.[name] as number[]);
  return tensorOf("FP32", [rows.length, rows[0]?.length ?? 0], rows.flat());
}

function labelsOf(values: readonly unknown[], like: Tensor): Tensor {
  return tensorOf(like.dtype, like.shape, values as (string | number)[]);
}
