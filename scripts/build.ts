// npm run build: the command line and the files that threads and child processes start with, bundled into
// dist/cli/, so that a start reads a few files and not hundreds. What loads native code or data files stays outside.

import { execFileSync } from "node:child_process";
import { chmodSync, readFileSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import { build, type Plugin } from "esbuild";
import { EXTERNAL_PACKAGES } from "../src/deploy/external-packages.ts";

const ENTRIES = [
  "src/cli/main.ts",
  "src/onnx/check-main.ts",
  "src/runtimes/onnx/lane-main.ts",
  "src/runtimes/onnx/loader-main.ts",
  "src/runtimes/onnx/probe-main.ts",
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

/** What the client does not use of other folders is left out, so that nothing of Node's own is in it. */
const onlyWhatIsUsed: Plugin = {
  name: "only-what-is-used",
  setup(bundler) {
    bundler.onResolve({ filter: /^\./ }, ({ path, resolveDir }) => ({
      path: resolve(resolveDir, path),
      sideEffects: false,
    }));
    bundler.onResolve({ filter: /^node:/ }, ({ path }) => ({ path, external: true, sideEffects: false }));
  },
};

// sirve/client: one file for Node and browsers.
await build({
  entryPoints: ["src/client/index.ts"],
  outfile: "dist/client/index.js",
  bundle: true,
  format: "esm",
  platform: "browser",
  target: "es2022",
  plugins: [onlyWhatIsUsed],
  sourcemap: true,
  sourcesContent: false,
  logLevel: "warning",
});
if (/\bfrom\s*"node:/.test(readFileSync("dist/client/index.js", "utf8"))) {
  throw new Error("sirve/client must run in browsers, and imports a module of Node's own");
}
execFileSync(process.execPath, ["node_modules/typescript/bin/tsc", "--project", "tsconfig.client.json"]);
chmodSync("dist/cli/main.js", 0o755);
process.exitCode = errors.length > 0 ? 1 : 0;
