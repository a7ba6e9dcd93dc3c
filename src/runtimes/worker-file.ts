import { extname, join } from "node:path";

/**
 * The file that a thread or process starts with, beside the module of `meta`: TypeScript from
 * source, JavaScript once built.
 */
export function workerFile(meta: ImportMeta, name: string): URL {
  return new URL(`./${name}${extname(meta.filename)}`, meta.url);
}

/**
 * Arguments for Node in such a thread or process: compiled code is kept under `cacheDir`, so that
 * the next one starts in a third of the CPU time. Without `cacheDir` nothing is kept.
 */
export function startArguments(cacheDir: string | undefined): string[] {
  if (cacheDir === undefined) return [];
  const code = `import{enableCompileCache as keep}from"node:module";keep(${JSON.stringify(join(cacheDir, "code"))})`;
  return ["--import", `data:text/javascript,${encodeURIComponent(code)}`];
}
