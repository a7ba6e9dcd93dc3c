// npm run build: the command line and the files that threads and child processes start with, bundled into
// dist/cli/, so that a start reads a few files and not hundreds. What loads native code or data files stays outside.

import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { EXTERNAL_PACKAGES } from "../src/deploy/external-packages.ts";
import { bundleClient, nodeImports } from "./bundle-client.ts";

const ENTRIES = [
  "src/cli/main.ts",
  "src/onnx/check-main.ts",
  "src/runtimes/onnx/lane-main.ts",
  "src/runtimes/onnx/loader-main.ts",
  "src/runtimes/onnx/probe-main.ts",
  "src/runtimes/script/script-main.ts",
  "src/runtimes/script/orphan-main.ts",
  "src/runtimes/stock/child-main.ts",
];

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
  external: [...EXTERNAL_PACKAGES],
  banner: { js: BANNER },
  sourcemap: true,
  sourcesContent: false,
  logLevel: "warning",
});

// Python reads its files as they are, from beside the module that starts it.
cpSync("src/runtimes/python/worker", "dist/cli/worker", {
  recursive: true,
  filter: (source) => !source.includes("__pycache__"),
});

for (const name of readdirSync("src/convert/python").filter((one) => /\.(?:py|txt)$/.test(one))) {
  cpSync(join("src/convert/python", name), join("dist/cli", name));
}

// sirve/client: one file for Node and browsers.
const CLIENT = "dist/client/index.js";
await bundleClient({ outfile: CLIENT, sourcemap: true, sourcesContent: false });
if (nodeImports(readFileSync(CLIENT, "utf8")).length > 0) {
  throw new Error("sirve/client must run in browsers, and imports a module of Node's own");
}
execFileSync(process.execPath, ["node_modules/typescript/bin/tsc", "--project", "tsconfig.client.json"]);
execFileSync(process.execPath, ["scripts/build-page.ts"], { stdio: "inherit" });
chmodSync("dist/cli/main.js", 0o755);
process.exitCode = errors.length > 0 ? 1 : 0;
