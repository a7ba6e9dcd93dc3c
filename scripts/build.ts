// npm run build: the command line and the files that threads and child processes start with, bundled into
// dist/cli/, so that a start reads a few files and not hundreds. What loads native code or data files stays outside.
import { chmodSync, rmSync } from "node:fs";
import { build } from "esbuild";

const ENTRIES = [
  "src/cli/main.ts",
  "src/onnx/check-main.ts",
  "src/runtimes/onnx/lane-main.ts",
  "src/runtimes/onnx/loader-main.ts",
  "src/runtimes/onnx/probe-main.ts",
  "src/runtimes/stock/child-main.ts",
];

const OUTSIDE = ["koffi", "onnxruntime-node", "sharp", "swagger-ui-dist", "@huggingface/tokenizers"];

/** Packages of the older module kind look for `require`, which modules of the newer one lack. */
const BANNER =
  'import { createRequire as makeRequire } from "node:module";const require = makeRequire(import.meta.url);';

rmSync("dist", { recursive: true, force: true });
const { errors } = await build({
  entryPoints: ENTRIES,
  entryNames: "[name]",
  outdir: "dist/cli",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node22.22",
  external: OUTSIDE,
  banner: { js: BANNER },
  sourcemap: true,
  sourcesContent: false,
  logLevel: "warning",
});
chmodSync("dist/cli/main.js", 0o755);
process.exitCode = errors.length > 0 ? 1 : 0;
