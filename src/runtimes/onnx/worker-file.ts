import { extname } from "node:path";

/** A file of this folder that a thread or process starts with: TypeScript from source, JavaScript once built. */
export function workerFile(name: string): URL {
  return new URL(`./${name}${extname(import.meta.filename)}`, import.meta.url);
}
