import assert from "node:assert/strict";
import { test } from "node:test";
import { checkInputs } from "../model/index.ts";
import { DTYPES, Strings, sliceRows, type Tensor, tensorOf } from "../tensor/index.ts";
import { casesOf } from "./fixtures.suite.ts";
import { assertSameBits, type Given, only, runBoth, skip } from "./suite-kit.suite.ts";

/** Every dtype there and back. */
export function testValues({ load, cannot }: Given): void {
  for (const dtype of DTYPES) {
    const model = `identity-${dtype === "BYTES" ? "string" : dtype.toLowerCase()}`;
    test(`${dtype} comes back bit by bit`, skip(dtype === "BF16" ? cannot.bfloat16 : undefined), async () => {
      const session = await load(model);
      assert.equal(session.signature.inputs[0]?.dtype, dtype);
      for (const { inputs, outputs } of await casesOf(model)) {
        assert.equal(checkInputs(session.signature, inputs), inputs.get("x")?.shape[0]);
        const result = await runBoth(session, [inputs]);
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
          assertSameBits((await runBoth(session, [only(empty)])).outputs.get("y"), empty);
        }
      },
    );
  }
}

/** Values at the edges of their types and sizes. */
export function testEdges({ load, cannot }: Given): void {
  test("the ends of 64-bit integers come back", async () => {
    const signed = tensorOf("INT64", [1, 3], [-(2n ** 63n), 2n ** 63n - 1n, 2n ** 53n + 1n]);
    assertSameBits((await runBoth(await load("identity-int64"), [only(signed)])).outputs.get("y"), signed);
    const unsigned = tensorOf("UINT64", [1, 2], [2n ** 64n - 1n, 2n ** 53n + 1n]);
    assertSameBits(
      (await runBoth(await load("identity-uint64"), [only(unsigned)])).outputs.get("y"),
      unsigned,
    );
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
      assertSameBits((await runBoth(session, [only(tensor)])).outputs.get("y"), tensor);
    }
    const tail = sliceRows({ dtype: "BYTES", shape: [6, 1], data }, 2, 5);
    assertSameBits((await runBoth(session, [only(tail)])).outputs.get("y"), tail);
  });

  test("large tensors come back, one part or several", async () => {
    const session = await load("identity-fp32");
    const values = Float32Array.from({ length: 300_000 }, (_, i) => i / 7);
    const whole: Tensor = { dtype: "FP32", shape: [100, 3000], data: values };
    assertSameBits((await runBoth(session, [only(whole)])).outputs.get("y"), whole);
    const parts = [sliceRows(whole, 0, 1), sliceRows(whole, 1, 60), sliceRows(whole, 60, 100)];
    assertSameBits(
      (
        await runBoth(
          session,
          parts.map((part) => only(part)),
        )
      ).outputs.get("y"),
      whole,
    );
    const small = sliceRows(whole, 5, 6);
    assertSameBits((await runBoth(session, [only(small)])).outputs.get("y"), small);
  });
}
