/** What computes a version, by the file that it is, where the file's name says so. */
const ENGINES = {
  "pipeline.json": "pipeline",
  "remote.json": "remote",
  "handler.js": "script",
  "handler.mjs": "script",
  "handler.ts": "script",
  "handler.py": "python",
  "inference.py": "python",
  MLmodel: "python",
  "model.joblib": "python",
  "model.pkl": "python",
} as const;

type NamedFile = keyof typeof ENGINES;

/**
 * The file that a version is: a model, a graph of models, another server's, or code of the user's own. The first of them that lies in its
 * folder counts: `inference.py` and `MLmodel` read the pickle beside them.
 */
export const MAIN_FILES = ["model.onnx", ...(Object.keys(ENGINES) as NamedFile[])] as const;

/** Name of the file that a version is. */
export type MainFile = (typeof MAIN_FILES)[number];

/** The main file among a folder's names; a model counts before code. */
export function mainFileOf(names: readonly string[]): MainFile | undefined {
  return MAIN_FILES.find((name) => names.includes(name));
}

/** The engine that a file asks for by its name; undefined: the manifest says which. */
export function engineOfFile(path: string): "script" | "python" | "pipeline" | "remote" | undefined {
  const name = path.split(/[/\\]/).at(-1) ?? "";
  return Object.hasOwn(ENGINES, name) ? ENGINES[name as NamedFile] : undefined;
}

/** Whether a path is that of code of the user's own in JavaScript or TypeScript. */
export const isHandler = (path: string): boolean => engineOfFile(path) === "script";

/** The handler beside a model among a folder's names; undefined: there is none, or the handler is the version. */
export function handlerBeside(names: readonly string[]): MainFile | undefined {
  if (mainFileOf(names) !== "model.onnx") return undefined;
  return MAIN_FILES.find((name) => isHandler(name) && names.includes(name));
}
