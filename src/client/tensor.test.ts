import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decodeTensor, encodeTensor } from "./tensor.ts";

const head = (datatype: string, count: number) => ({ name: "x", datatype, shape: [count] });

test("every half of 16 bits survives decoding and encoding", () => {
  const bits = Uint16Array.from({ length: 65_536 }, (_, i) => i).filter((one) => (one & 0x7fff) <= 0x7c00);
  const bytes = new Uint8Array(bits.buffer);
  for (const datatype of ["FP16", "BF16"]) {
    const spec = head(datatype, bits.length);
    const values = decodeTensor(bytes, spec);
    assert.deepEqual(encodeTensor({ ...spec, data: values }), bytes);
  }
});

test("strings and 64-bit integers come back as they went", () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array()),
      fc.array(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n)),
      (texts, longs) => {
        const strings = head("BYTES", texts.length);
        assert.deepEqual(decodeTensor(encodeTensor({ ...strings, data: texts }), strings), texts);
        const numbers = { ...head("INT64", longs.length), data: BigInt64Array.from(longs) };
        assert.deepEqual(decodeTensor(encodeTensor(numbers), numbers), numbers.data);
      },
    ),
  );
});

test("hostile bytes are refused and never read past their end", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat(5), (bytes, count) => {
      try {
        const items = decodeTensor(bytes, head("BYTES", count)) as Uint8Array[];
        assert.equal(
          items.reduce((sum, item) => sum + 4 + item.length, 0),
          bytes.length,
        );
      } catch (thrown) {
        assert.match(String(thrown), /tensor x does not fit/);
      }
    }),
  );
});

test("an array of the wrong kind or length is named", () => {
  assert.throws(() => encodeTensor({ ...head("FP32", 1), data: new Float64Array(1) }), /Float32Array/);
  assert.throws(() => encodeTensor({ ...head("FP32", 2), data: new Float32Array(1) }), /1 values/);
});
