import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decodeNpy, encodeNpy } from "./npy.ts";
import { tensorOf } from "./tensor.ts";

/** A file with this header and so many bytes of data. */
function fileOf(header: string, dataBytes = 0): Buffer {
  const head = Buffer.alloc(10);
  head.write("\u0093NUMPY", "latin1");
  head[6] = 1;
  head.writeUInt16LE(header.length, 8);
  return Buffer.concat([head, Buffer.from(header, "latin1"), Buffer.alloc(dataBytes)]);
}

const headerOf = (shape: string, descr = "<f4", order = "False") =>
  `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': (${shape}), }`;
const refusal = { code: "invalid_argument", message: /no numpy file that is taken/ };

test("what is written is read again: values, type and shape", () => {
  const dtypes = fc.constantFrom("FP32", "FP64", "INT8", "UINT16", "INT32", "BOOL");
  const shapes = fc.array(fc.nat(4), { maxLength: 4 });
  fc.assert(
    fc.property(dtypes, shapes, (dtype, shape) => {
      const count = shape.reduce((product, size) => product * size, 1);
      const tensor = tensorOf(
        dtype,
        shape,
        Array.from({ length: count }, (_, i) => i % 2),
      );
      const again = decodeNpy(Buffer.concat(encodeNpy(tensor)));
      assert.deepEqual(again, tensor);
    }),
  );
});

test("a header is at a multiple of 64 bytes, as numpy maps it", () => {
  const [head, text] = encodeNpy(tensorOf("FP32", [2, 3], [1, 2, 3, 4, 5, 6]));
  assert.equal(((head?.length ?? 0) + (text?.length ?? 0)) % 64, 0);
});

test("objects, big-endian numbers, Fortran order and sizes that are none are refused", () => {
  const bad = [
    fileOf(headerOf("2,", "|O"), 8),
    fileOf(headerOf("2,", ">f4"), 8),
    fileOf(headerOf("2, 1", "<f4", "True"), 8),
    fileOf(headerOf("-2,"), 8),
    fileOf(headerOf("3,"), 8),
    fileOf(headerOf("9007199254740991, 9007199254740991, 0")),
    fileOf(headerOf("1, ".repeat(33)), 4),
    fileOf(headerOf("99999999999999999999, 0")),
    fileOf("", 8),
  ];
  for (const file of bad) assert.throws(() => decodeNpy(file), refusal, file.toString("latin1"));
});

test("bytes of any kind are read or refused, and nothing else", () => {
  const bytes = fc.uint8Array({ maxLength: 200 });
  const headed = fc.tuple(fc.string({ maxLength: 120 }), bytes).map(([header, data]) => {
    return Buffer.concat([fileOf(header), data]);
  });
  fc.assert(
    fc.property(fc.oneof(bytes, headed), (file) => {
      try {
        decodeNpy(file);
      } catch (thrown) {
        assert.equal((thrown as { code?: string }).code, "invalid_argument", String(thrown));
      }
    }),
    { numRuns: 500 },
  );
});
