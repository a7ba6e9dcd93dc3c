import assert from "node:assert/strict";
import { test } from "node:test";
import { zipOf } from "../../../test/kit/zip.ts";
import { archiveKind } from "./archive-kind.ts";

const kindOf = async (file: Uint8Array) =>
  archiveKind("model.zip", { size: file.length, read: async (at, length) => file.subarray(at, at + length) });

/** A pickle that names a function. */
const pickle = (module: string, name: string) => Buffer.from(`\u0080\u0002c${module}\n${name}\n.`, "latin1");

test("an archive is told by the files in it, whatever its folder and its name", async () => {
  assert.equal(await kindOf(zipOf({ "m/models/model.json": "{}", "m/archive_format": "pt2" })), "torch");
  assert.equal(await kindOf(zipOf({ "serialized_exported_program.json": "{}" })), "torch");
  assert.equal(await kindOf(zipOf({ "x/data.pkl": "", "x/constants.pkl": "" })), "torch");
  assert.equal(await kindOf(zipOf({ "config.json": "{}", "model.weights.h5": "" })), "tensorflow");
  assert.equal(await kindOf(zipOf({ "arr_0.npy": "" })), undefined);
  assert.equal(await kindOf(zipOf({})), undefined);
});

test("a state_dict is told from a pickled module, and neither is taken", async () => {
  const weights = pickle("torch._utils", "_rebuild_tensor_v2");
  await assert.rejects(kindOf(zipOf({ "w/data.pkl": weights })), {
    code: "unimplemented",
    message: /weights of PyTorch \(a state_dict\): it has no module that computes with them/,
  });
  await assert.rejects(kindOf(zipOf({ "w/data.pkl": pickle("nets", "Wide") })), {
    code: "unimplemented",
    message: /which names nets\.Wide: the code of its module is not in it/,
  });
});

test("archives that are cut, have no directory, or lie about it are refused, and cost what they are long", async () => {
  const whole = zipOf({ "x/data.pkl": "abc", "x/constants.pkl": "" });
  await assert.rejects(kindOf(whole.subarray(0, 60)), {
    code: "invalid_argument",
    message: /without a directory/,
  });
  const more = Buffer.from(whole);
  more.writeUInt16LE(65_535, more.length - 12);
  await assert.rejects(kindOf(more), {
    code: "invalid_argument",
    message: /entry 2 of the archive is broken/,
  });
  const far = Buffer.from(whole);
  far.writeUInt32LE(0xffff_ffff, far.length - 6);
  await assert.rejects(kindOf(far), { code: "invalid_argument" });
});
