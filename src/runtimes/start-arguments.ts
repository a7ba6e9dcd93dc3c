import { join } from "node:path";

/**
 * Arguments for Node in a thread or process of an engine: compiled code is kept under `cacheDir`, so
 * that the next one starts in a third of the CPU time. Without `cacheDir` nothing is kept.
 */
export function startArguments(cacheDir: string | undefined): string[] {
  if (cacheDir === undefined) return [];
  const code = `import{enableCompileCache as keep}from"node:module";keep(${JSON.stringify(join(cacheDir, "code"))})`;
  return ["--import", `data:text/javascript,${encodeURIComponent(code)}`];
}
