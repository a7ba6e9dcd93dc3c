import { extname } from "node:path";

/**
 * The file that a thread or process starts with, beside the module of `meta`: TypeScript from
 * source, JavaScript once built.
 */
export function workerFile(meta: ImportMeta, name: string): URL {
  return new URL(`./${name}${extname(meta.filename)}`, meta.url);
}
