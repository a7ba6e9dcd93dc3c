import assert from "node:assert/strict";
import { test } from "node:test";
import { sliceRows, tensorOf } from "../tensor/index.ts";
import { casesOf, columnsOf, samplesOf } from "./fixtures.suite.ts";
import {
  assertClose,
  assertSameBits,
  dtypesOf,
  type Given,
  only,
  rowsOf,
  runBoth,
} from "./suite-kit.suite.ts";

/** Parts joined into one run. */
export function testBatches({ load }: Given): void {
  test("parts joined give what they give as one, and results own their memory", async () => {
    const session = await load("mixed");
    const [{ inputs, outputs } = assert.fail("no case")] = await casesOf("mixed");
    const rows = [0, 1, 2].map((row) => rowsOf(inputs, row, row + 1));
    const first = await runBoth(session, rows);
    await runBoth(session, rows.toReversed());
    for (const [name, expected] of outputs) assertSameBits(first.outputs.get(name), expected);
  });

  test("a batch gives what its rows give alone", async () => {
    const session = await load("flight-delay");
    const inputs = columnsOf(await samplesOf("flight-delay"), dtypesOf(session));
    const joined = await runBoth(session, [inputs]);
    for (let row = 0; row < 8; row++) {
      const alone = await runBoth(session, [rowsOf(inputs, row, row + 1)]);
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
}

/** Single runs with their particularities. */
export function testRuns({ load }: Given): void {
  test("a scalar input is taken", async () => {
    const session = await load("scalar");
    const inputs = new Map([
      ["x", tensorOf("FP32", [1, 4], [1, 2, 3, 4])],
      ["factor", tensorOf("FP32", [], [2])],
    ]);
    assertSameBits(
      (await runBoth(session, [inputs])).outputs.get("y"),
      tensorOf("FP32", [1, 4], [2, 4, 6, 8]),
    );
  });

  test("integers overflow as the operator says", async () => {
    const session = await load("add-sub");
    const max = 2 ** 31 - 1;
    const inputs = new Map([
      [
        "INPUT0",
        tensorOf(
          "INT32",
          [1, 16],
          Array.from({ length: 16 }, () => max),
        ),
      ],
      [
        "INPUT1",
        tensorOf(
          "INT32",
          [1, 16],
          Array.from({ length: 16 }, () => 1),
        ),
      ],
    ]);
    const { outputs } = await runBoth(session, [inputs]);
    assert.equal(outputs.get("OUTPUT0")?.data.at(0), -(2 ** 31));
    assert.equal(outputs.get("OUTPUT1")?.data.at(0), max - 1);
  });
}

/** Some outputs only, and more runs than lanes. */
export function testChoices({ load }: Given): void {
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
