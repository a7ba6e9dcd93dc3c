// sirve/client as one file for Node and browsers; used by the build and by the test that it fits a browser.

import { resolve } from "node:path";
import { type BuildOptions, type BuildResult, build, type Plugin } from "esbuild";

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

/** Bundles src/client as `options` say, for browsers. */
export async function bundleClient(options: BuildOptions): Promise<BuildResult> {
  return build({
    entryPoints: ["src/client/index.ts"],
    bundle: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    plugins: [onlyWhatIsUsed],
    logLevel: "warning",
    ...options,
  });
}

/** Modules of Node's own that a bundle imports. */
export function nodeImports(code: string): string[] {
  return [...code.matchAll(/\b(?:from|import)\s*\(?\s*"(node:[^"]+)"/g)].map(([, name = ""]) => name);
}
