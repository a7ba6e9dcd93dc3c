/** What runs code of the user's own, by the file that a version is. */
const CODE_ENGINES = {
  "handler.js": "script",
  "handler.mjs": "script",
  "handler.ts": "script",
  "handler.py": "python",
  "inference.py": "python",
  MLmodel: "python",
  "model.joblib": "python",
  "model.pkl": "python",
} as const;

type CodeFile = keyof typeof CODE_ENGINES;

/**
 * The file that a version is: a model, or code of the user's own. The first of them that lies in its folder counts:
 * `inference.py` and `MLmodel` read the pickle beside them.
 */
export const MAIN_FILES = ["model.onnx", ...(Object.keys(CODE_ENGINES) as CodeFile[])] as const;

/** Name of the file that a version is. */
export type MainFile = (typeof MAIN_FILES)[number];

/** The main file among a folder's names; a model counts before code. */
export function mainFileOf(names: readonly string[]): MainFile | undefined {
  return MAIN_FILES.find((name) => names.includes(name));
}

/** The engine of a path that is code of the user's own; undefined for a model, whose manifest names its engine. */
export function codeEngineOf(path: string): "script" | "python" | undefined {
  const name = path.split(/[/\\]/).at(-1) ?? "";
  return Object.hasOwn(CODE_ENGINES, name) ? CODE_ENGINES[name as CodeFile] : undefined;
}
