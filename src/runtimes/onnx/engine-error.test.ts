import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { cleanMessage, loadError, runError } from "./engine-error.ts";

const PATH = "/srv/models/x/1/model.onnx";

/** As ONNX Runtime 1.30 says it, and what people read. */
const CLEANED: readonly (readonly [string, string])[] = [
  [
    `Load model from ${PATH} failed:This is an invalid model. Error: the graph is not acyclic.`,
    "This is an invalid model. Error: the graph is not acyclic.",
  ],
  [
    `Load model from ${PATH} failed:/onnxruntime_src/onnxruntime/core/graph/model.cc:187 onnxruntime::Model::Model(onnx::ModelProto&&, const onnxruntime::PathString&, const onnxruntime::logging::Logger&) ModelProto does not have a graph.\n`,
    "ModelProto does not have a graph.",
  ],
  [
    "/onnxruntime_src/include/x/op.h:12 auto ns::F::operator()(const A&, int) const [with T = float] sizes differ",
    "sizes differ",
  ],
  [
    'External data path validation failed for initializer: w. Error: tensorprotoutils.cc:461 ValidateExternalDataPathFromDir External data path does not exist: "/srv/models/x/1/w.bin"',
    'External data path validation failed for initializer: w. Error: External data path does not exist: "w.bin"',
  ],
  [
    "Non-zero status code returned while running Gather node. Name:'/embed/Gather' Status Message: indices element out of data bounds, idx=9 must be within the inclusive range [-8,7]",
    "Gather '/embed/Gather': indices element out of data bounds, idx=9 must be within the inclusive range [-8,7]",
  ],
  ["\u0000\u0007 \n", "no reason given"],
];

for (const [said, read] of CLEANED) {
  test(`people read: ${read.slice(0, 60)}`, () => assert.equal(cleanMessage(said, PATH), read));
}

test("a missing locale has its remedy", () => {
  const error = loadError({ code: 6, message: "Failed to construct locale with name:en_US.UTF-8" }, PATH);
  assert.equal(error.code, "failed_precondition");
  assert.match(error.details.hint ?? "", /locales-all.*StringNormalizer/);
});

test("inputs are told apart from the model as far as the text tells", () => {
  const codes = (message: string, code = 1) => runError({ code, message }).code;
  assert.equal(codes("indices element out of data bounds, idx=9"), "invalid_argument");
  assert.equal(codes("Got invalid dimensions for input: x"), "invalid_argument");
  assert.equal(codes("anything", 2), "invalid_argument");
  assert.equal(codes("Failed to allocate memory for requested buffer of size 12"), "internal");
});

test("whatever the engine says, the text is one line, short, and tells no path of the model", () => {
  const pieces = fc.constantFrom(
    PATH,
    "model.cc:1 ",
    "/a/b.h:7 ",
    "f(",
    ")",
    "\n",
    "'",
    "Name:'x'",
    " const ",
  );
  const text = fc.array(fc.oneof(pieces, fc.string({ unit: "binary" })), { maxLength: 12 });
  fc.assert(
    fc.property(text, (parts) => {
      const cleaned = cleanMessage(parts.join(""), PATH);
      assert.doesNotMatch(cleaned, /\p{Cc}/u);
      assert.ok(cleaned.length > 0 && cleaned.length <= 502);
      assert.ok(!cleaned.includes(PATH));
    }),
  );
});
