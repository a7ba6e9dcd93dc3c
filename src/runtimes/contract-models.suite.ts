import assert from "node:assert/strict";
import { test } from "node:test";
import { type Tensor, tensorOf } from "../tensor/index.ts";
import { columnsOf, picturesOf, samplesOf } from "./fixtures.suite.ts";
import { assertClose, assertSameBits, dtypesOf, type Given, only, runBoth, skip } from "./suite-kit.suite.ts";

/** Models against the answers of the library that made them. */
export function testRealModels({ load, cannot }: Given): void {
  test("flight-delay, spam: labels and probabilities are those of the library that trained them", async () => {
    for (const model of ["flight-delay", "spam"]) {
      const session = await load(model);
      const samples = await samplesOf(model);
      const { outputs } = await runBoth(session, [columnsOf(samples, dtypesOf(session))]);
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
    const { outputs } = await runBoth(session, [only(await picturesOf(samples))]);
    assertClose(outputs.get("logits"), columnOf(samples, "logits", "outputs"));
  });

  test("churn: the ZipMap output is probabilities by label", skip(cannot.zipMap), async () => {
    const samples = await samplesOf("churn");
    const zipped = await load("churn", 1);
    const plain = await load("churn", 2);
    assert.deepEqual(zipped.signature.outputs[1]?.labels, ["no", "yes"]);
    const inputs = columnsOf(samples, dtypesOf(zipped));
    const one = (await runBoth(zipped, [inputs])).outputs;
    const two = (await runBoth(plain, [inputs])).outputs;
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
