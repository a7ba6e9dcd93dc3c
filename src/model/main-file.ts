/** The file that a version is: a model, a graph of models, or code of the user's own. One of them lies in its folder. */
export const MAIN_FILES = [
  "model.onnx",
  "pipeline.json",
  "handler.js",
  "handler.mjs",
  "handler.ts",
  "handler.py",
] as const;

/** Name of the file that a version is. */
export type MainFile = (typeof MAIN_FILES)[number];

/** The main file among a folder's names; a model counts before code. */
export function mainFileOf(names: readonly string[]): MainFile | undefined {
  return MAIN_FILES.find((name) => names.includes(name));
}

/** Whether a path is that of code of the user's own in JavaScript or TypeScript. */
export const isHandler = (path: string): boolean => /(?:^|[/\\])handler\.(?:m?js|ts)$/.test(path);

/** The handler beside a model among a folder's names; undefined: there is none, or the handler is the version. */
export function handlerBeside(names: readonly string[]): MainFile | undefined {
  if (mainFileOf(names) !== "model.onnx") return undefined;
  return MAIN_FILES.find((name) => isHandler(name) && names.includes(name));
}

/** The engine that a file asks for by its name; undefined: the manifest says which. */
export function engineOfFile(path: string): "script" | "python" | "pipeline" | undefined {
  if (isHandler(path)) return "script";
  const name = path.split(/[/\\]/).at(-1);
  if (name === "handler.py") return "python";
  return name === "pipeline.json" ? "pipeline" : undefined;
}
