import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { isPickle, pickleRefusal } from "./pickle-refusal.ts";
import { readPickleGlobals } from "./read-globals.ts";

const read = (name: string) => readFileSync(`test/artifacts/convert/pickle/${name}`);
const globalsIn = (text: string) => readPickleGlobals(Buffer.from(text, "latin1")).globals;

test("a pickle is named by its first model, with the way of its library", () => {
  for (const [name, model] of [
    ["rf.pkl", "sklearn.ensemble._forest.RandomForestClassifier"],
    ["logreg_pipe.p5.pkl", "sklearn.pipeline.Pipeline"],
    ["logreg_pipe.joblib", "sklearn.pipeline.Pipeline"],
  ] as const) {
    assert.ok(isPickle(read(name)));
    const { message, details } = pickleRefusal(name, read(name));
    assert.ok(message.startsWith(`${name} is a Python pickle of ${model};`), message);
    assert.match(details.hint ?? "", /skl2onnx/);
  }
});

test("a pickle that attacks is told by what it would call, and calls nothing", () => {
  const { message, details } = pickleRefusal("evil.pkl", read("evil.pkl"));
  assert.match(message, /would call posix\.system/);
  assert.match(details.hint ?? "", /do not open/);
});

test("names are found however they are written: as lines, from the stack, and from the memo", () => {
  assert.deepEqual(globalsIn("cos\nsystem\n."), ["os.system"]);
  assert.deepEqual(globalsIn("(ios\nsystem\n."), ["os.system"]);
  assert.deepEqual(globalsIn("\x80\x04\x8c\x05posix\x8c\x06system\x93."), ["posix.system"]);
  const memo = "\x80\x04\x8c\x05posix\x94\x8c\x06system\x94000h\x00h\x01\x93.";
  assert.deepEqual(globalsIn(memo), ["posix.system"]);
  assert.deepEqual(globalsIn("Vos\np0\nVsystem\np1\n\x93."), ["os.system"]);
});

test("a file that ends early, or claims more than it has, is read as far as it goes", () => {
  const whole = read("rf.pkl");
  for (const length of [0, 1, 2, 50, 1000]) {
    const { isWhole } = readPickleGlobals(whole.subarray(0, length));
    assert.equal(isWhole, false);
  }
  const huge = Buffer.from("\x80\x04\x8d\xff\xff\xff\xff\xff\xff\xff\x7f", "latin1");
  assert.deepEqual(readPickleGlobals(huge), { protocol: 4, globals: [], isWhole: false });
});
