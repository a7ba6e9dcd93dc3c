import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  appendFileSync,
  copyFileSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { ManualClock } from "../../test/kit/manual-clock.ts";
import { Deadlines, type Draft, PlatformError } from "../base/index.ts";
import { checkModelFile } from "./check.ts";
import { checkFile } from "./check-file.ts";
import { checkInThread } from "./check-thread.ts";
import { encodeModel } from "./encode.ts";
import { DEFAULT_LIMITS, MAX_FILE_BYTES } from "./limits.ts";
import { NEWEST_OPSET } from "./operator-check.ts";
import type { GraphProto, ModelProto, NodeProto, TensorProto } from "./proto.ts";

const HOSTILE = "test/artifacts/hostile";
const root = mkdtempSync(join(tmpdir(), "sirve-onnx-"));
const folder = join(root, "models");
mkdirSync(folder);
for (const file of readdirSync(HOSTILE)) copyFileSync(join(HOSTILE, file), join(folder, file));
writeFileSync(join(root, "secret"), "SECRET-SECRET-16");
symlinkSync("../secret", join(folder, "symlink.bin"));
linkSync(join(root, "secret"), join(folder, "hardlink.bin"));
after(() => rmSync(root, { recursive: true }));

/** What is said of each hostile file; "" where it is accepted. */
const ANSWERS: Readonly<Record<string, string>> = {
  "constant-of-shape-2-40.onnx": "",
  "cyclic.onnx": 'graph "g" has a cycle: node "a" waits for itself',
  "declared-huge.onnx": 'tensor "w" declares 1099511627776 elements by its shape [1099511627776] and holds 0',
  "duplicate-names.onnx": 'two nodes have the name "same"',
  "duplicate-outputs.onnx": 'tensor "y" is defined twice in graph "g"',
  "empty.onnx": "empty.onnx is empty",
  "external-absolute.onnx": 'external data of tensor "w" lies at "/etc/passwd"',
  "external-hardlink.onnx":
    "external data file hardlink.bin is a hard link: another name of the same file exists",
  "external-parent.onnx": 'external data of tensor "w" lies at "../secret"',
  "external-symlink.onnx": "external data file symlink.bin is a symbolic link",
  "garbage.onnx": "garbage.onnx is not an ONNX file (malformed protobuf: onnx.ModelProto: field number 0)",
  "name-with-newline.onnx": 'graph "g\\u001b[31m<script>" holds a control character',
  "nested-200.onnx":
    "nested-200.onnx is nested too deep (malformed protobuf: onnx.GraphProto: messages are nested too deep)",
  "nested-30.onnx": "",
  "opset-99.onnx": "the model uses opset 99 of ai.onnx, the newest supported is 26",
  "truncated.onnx":
    "truncated.onnx is cut short at 102 bytes, or damaged (malformed protobuf: onnx.ModelProto.graph: length 143 passes the end, 81 bytes are left)",
  "unknown-domain.onnx": 'operator "com.example.unknown:Mystery" is of an unknown domain',
  "zip-named.onnx": "zip-named.onnx is a ZIP archive, not an ONNX file",
};

/** The error of a file that is refused: always one of ours, never with a path of this machine. */
async function refused(path: string): Promise<PlatformError> {
  const error = await checkModelFile(path).then(
    () => assert.fail("was accepted"),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof PlatformError, String(error));
  assert.ok(!JSON.stringify([error.message, error.details]).includes(root));
  return error;
}

for (const [file, answer] of Object.entries(ANSWERS)) {
  test(`${file} is ${answer === "" ? "accepted" : "refused with its reason"}`, async () => {
    if (answer === "") {
      await checkModelFile(join(folder, file));
      return;
    }
    const error = await refused(join(folder, file));
    assert.deepEqual([error.code, error.message], ["failed_precondition", answer]);
  });
}

test("every hostile file has its answer here", () => {
  const files = readdirSync(HOSTILE).filter((file) => file.endsWith(".onnx"));
  assert.deepEqual(files.toSorted(), Object.keys(ANSWERS).toSorted());
});

test("a shape that asks for terabytes is warned about, and Loop, Scan and If are named", async () => {
  const { info } = await checkModelFile(join(folder, "constant-of-shape-2-40.onnx"));
  assert.deepEqual(
    info.warnings.map(({ message }) => message),
    ["ConstantOfShape makes 1099511627776 elements in every run"],
  );
  assert.deepEqual((await checkModelFile("test/artifacts/models/endless/1/model.onnx")).info.controlFlow, [
    "Loop",
  ]);
  assert.deepEqual((await checkModelFile(join(folder, "nested-30.onnx"))).info.controlFlow, ["If"]);
});

test("every model of the tests is accepted, with the SHA-256 of its file", async () => {
  const models = readdirSync("test/artifacts/models");
  for (const model of models) {
    const path = join("test/artifacts/models", model, "1/model.onnx");
    const bytes = readFileSync(path);
    const checked = await checkModelFile(path);
    assert.equal(checked.digest, createHash("sha256").update(bytes).digest("hex"), model);
    assert.equal(checked.bytes, bytes.length);
  }
  assert.ok(models.length >= 28);
});

const INPUT = { name: "x", type: { tensorType: { elemType: 1, shape: { dim: [{ dimParam: "N" }] } } } };

function modelOf(graph: Draft<GraphProto>, rest: Draft<ModelProto> = {}): Draft<ModelProto> {
  return {
    irVersion: 8,
    opsetImport: [{ domain: "", version: 17 }],
    graph: { name: "g", input: [INPUT], ...graph },
    ...rest,
  };
}

const node = (opType: string, input: string[], output: string[], more: Draft<NodeProto> = {}) => ({
  opType,
  input,
  output,
  ...more,
});

let count = 0;
function write(model: Draft<ModelProto>): string {
  const path = join(folder, `made-${count++}.onnx`);
  writeFileSync(path, encodeModel(model));
  return path;
}

const weight = (tensor: Draft<TensorProto>) =>
  modelOf({
    node: [node("Add", ["x", "w"], ["y"])],
    output: [{ name: "y" }],
    initializer: [{ name: "w", ...tensor }],
  });

const four = { dataType: 1, dims: [4] };
const made: readonly (readonly [string, Draft<ModelProto>, RegExp | undefined])[] = [
  ["weights as raw bytes", weight({ ...four, rawData: new Uint8Array(16) }), undefined],
  ["weights as floats", weight({ ...four, floatData: [1, 2, 3, 4] }), undefined],
  ["half floats as int32", weight({ dataType: 10, dims: [2, 2], int32Data: [1, 2, 3, 4] }), undefined],
  [
    "three 4-bit integers in two bytes",
    weight({ dataType: 22, dims: [3], rawData: new Uint8Array(2) }),
    undefined,
  ],
  ["no elements with a huge other size", weight({ dataType: 1, dims: [0, 2 ** 50] }), undefined],
  [
    "raw bytes too few",
    weight({ ...four, rawData: new Uint8Array(12) }),
    /declares 16 bytes by its shape \[4\] and holds 12/,
  ],
  [
    "floats too many",
    weight({ ...four, floatData: [1, 2, 3, 4, 5] }),
    /declares 4 elements by its shape \[4\] and holds 5/,
  ],
  [
    "sizes whose product is beyond numbers",
    weight({ dataType: 1, dims: Array(20).fill(2 ** 52) }),
    /tensor "w" declares/,
  ],
  ["a negative size", weight({ dataType: 1, dims: [-1] }), /tensor "w" has a negative size/],
  ["an unknown element type", weight({ dataType: 99, dims: [] }), /tensor "w" has element type number 99/],
  [
    "a name that nothing writes",
    modelOf({ node: [node("Neg", ["z"], ["y"])], output: [{ name: "y" }] }),
    /the graph uses tensor "z", which nothing writes/,
  ],
  [
    "a cycle through the branch of an If",
    modelOf({
      node: [
        node("If", ["x"], ["a"], {
          attribute: [
            {
              name: "then_branch",
              type: 5,
              g: { name: "t", node: [node("Neg", ["b"], ["c"])], output: [{ name: "c" }] },
            },
          ],
        }),
        node("Neg", ["a"], ["b"]),
      ],
    }),
    /graph "g" has a cycle/,
  ],
  [
    "a function that calls itself",
    modelOf(
      { node: [node("F", ["x"], ["y"], { domain: "own" })] },
      {
        functions: [
          {
            name: "F",
            domain: "own",
            input: ["a"],
            output: ["b"],
            node: [node("F", ["a"], ["b"], { domain: "own" })],
          },
        ],
      },
    ),
    /function "F" calls itself/,
  ],
  [
    "functions of 10^13 nodes",
    modelOf(
      { node: [node("F0", ["x"], ["y"], { domain: "own" })] },
      {
        functions: Array.from({ length: 13 }, (_, level) => ({
          name: `F${level}`,
          domain: "own",
          input: ["a0"],
          output: ["a10"],
          node: Array.from({ length: 10 }, (_unused, i) =>
            level === 12
              ? node("Neg", [`a${i}`], [`a${i + 1}`])
              : node(`F${level + 1}`, [`a${i}`], [`a${i + 1}`], { domain: "own" }),
          ),
        })),
      },
    ),
    /the model has 10000000000000 nodes once its functions are put in/,
  ],
  [
    "a training domain that is only imported",
    modelOf(
      { node: [node("Neg", ["x"], ["y"])] },
      { opsetImport: [{ version: 17 }, { domain: "ai.onnx.training", version: 1 }] },
    ),
    undefined,
  ],
  [
    "a training operator",
    modelOf({ node: [node("Adam", ["x"], ["y"], { domain: "ai.onnx.training" })] }),
    /operator "ai.onnx.training:Adam"/,
  ],
  [
    "opset 0",
    modelOf({}, { opsetImport: [{ version: 0 }] }),
    /opset 0 of ai.onnx, the newest supported is 26/,
  ],
  [
    "an operator with a line end",
    modelOf({ node: [node("Neg\n", ["x"], ["y"])] }),
    /operator "Neg\\n" holds a control character/,
  ],
  ["no graph", { irVersion: 8 }, /is not an ONNX file: it has no graph/],
];

for (const [title, model, problem] of made) {
  test(`${title}: ${problem ? "refused" : "accepted"}`, async () => {
    const path = write(model);
    if (!problem) await checkModelFile(path);
    else assert.match((await refused(path)).message, problem);
  });
}

const external = (entries: Record<string, string>, dims = [4]) =>
  weight({
    dataType: 1,
    dims,
    dataLocation: 1,
    externalData: Object.entries(entries).map(([key, value]) => ({ key, value })),
  });

test("external data in a plain file is accepted, and is part of digest and size", async () => {
  writeFileSync(join(folder, "weights.bin"), "0123456789abcdefXY");
  const path = write(external({ location: "weights.bin", offset: "2", length: "16" }));
  const first = await checkModelFile(path);
  assert.deepEqual(first.externalFiles, ["weights.bin"]);
  assert.equal(first.bytes, readFileSync(path).length + 18);
  appendFileSync(join(folder, "weights.bin"), "Z");
  const second = await checkModelFile(path);
  assert.notEqual(second.digest, first.digest);
});

const wrongData: readonly (readonly [Record<string, string>, RegExp])[] = [
  [{ location: "missing.bin" }, /external data file missing.bin is missing/],
  [{ location: "weights.bin", offset: "4" }, /ends at byte 20, weights.bin has 19/],
  [{ location: "weights.bin", length: "15" }, /is 15 bytes, its shape says 16/],
  [{ location: "weights.bin", offset: "-1" }, /its shape says 16/],
  [{ location: "weights.bin", offset: "1e3" }, /its shape says 16/],
  [{ location: "a/weights.bin" }, /lies at "a\/weights.bin"/],
  [{ location: "a\\weights.bin" }, /lies at/],
  [{ location: ".hidden" }, /lies at ".hidden"/],
  [{ location: "weights.bin\0" }, /lies at "weights.bin\\u0000"/],
  [{ location: "folder" }, /external data file folder is not a regular file/],
  [{}, /lies at ""/],
];
for (const [entries, problem] of wrongData) {
  test(`external data at ${JSON.stringify(entries)} is refused`, async () => {
    mkdirSync(join(folder, "folder"), { recursive: true });
    writeFileSync(join(folder, "weights.bin"), "0123456789abcdefXYZ");
    assert.match((await refused(write(external(entries)))).message, problem);
  });
}

test("a model above its limits is refused", async () => {
  const path = "test/artifacts/models/churn/1/model.onnx";
  await assert.rejects(checkModelFile(path, { limits: { maxBytes: 3189 } }), { code: "too_large" });
  await assert.rejects(checkModelFile(path, { limits: { maxNodes: 5 } }), /more than 5 nodes/);
  await assert.rejects(
    checkModelFile("test/artifacts/models/fashion/1/model.onnx", { limits: { maxTensors: 2 } }),
    /more than 2 tensors/,
  );
  await assert.rejects(
    checkModelFile(join(folder, "nested-30.onnx"), { limits: { maxDepth: 29 } }),
    /more than 29 deep/,
  );
});

test("a missing file is not found, and a folder is no file", async () => {
  await assert.rejects(checkModelFile(join(folder, "nothing.onnx")), { code: "not_found" });
  await assert.rejects(checkModelFile(folder), { code: "failed_precondition" });
});

test("a file that is checked in a thread gets the same answer", async () => {
  const path = "test/artifacts/models/flight-delay/1/model.onnx";
  const checked = await checkInThread(path, DEFAULT_LIMITS);
  assert.deepEqual(checked, await checkFile(path, DEFAULT_LIMITS));
  assert.deepEqual(checked.info.labels.get("probabilities"), ["0", "1"]);
  const large = join(folder, "large.onnx");
  const padded = { name: "pad", dataType: 2, dims: [3_000_000], rawData: new Uint8Array(3_000_000) };
  writeFileSync(large, encodeModel(modelOf({ node: [node("Neg", ["x"], ["y"])], initializer: [padded] })));
  assert.equal((await checkModelFile(large)).info.operators.get("Neg"), 1);
  writeFileSync(large, readFileSync(large).subarray(0, 2_500_000));
  assert.match((await refused(large)).message, /^large.onnx is cut short at 2500000 bytes/);
});

test("a deadline that ends stops the check of a large file", async () => {
  const clock = new ManualClock();
  const deadline = new Deadlines(clock).start(5);
  const checking = checkInThread("test/artifacts/models/fashion/1/model.onnx", DEFAULT_LIMITS, deadline);
  clock.advance(20);
  await assert.rejects(checking, { code: "deadline_exceeded" });
});

test("a file of too many parts is refused before it fills the memory", async () => {
  const path = join(folder, "parts.onnx");
  // A graph of half a million empty nodes: one megabyte.
  const nodes = Buffer.alloc(1_000_000);
  for (let at = 0; at < nodes.length; at += 2) nodes[at] = 0x0a;
  writeFileSync(path, Buffer.concat([Buffer.from([0x08, 8, 0x3a, 0xc0, 0x84, 0x3d]), nodes]));
  const limits = { maxParts: 100_000 };
  await assert.rejects(checkModelFile(path, { limits }), /parts.onnx holds too many nodes/);
});

test("docs/model-files.md has every limit and every opset", () => {
  const page = readFileSync("docs/model-files.md", "utf8");
  for (const limit of [...Object.values(DEFAULT_LIMITS), MAX_FILE_BYTES]) {
    assert.match(page, new RegExp(`\\| ${limit} \\|`));
  }
  for (const [domain, newest] of NEWEST_OPSET) {
    assert.ok(page.includes(newest === 1 ? `\`${domain}\`` : `${newest} of ${domain}`), domain);
  }
});
