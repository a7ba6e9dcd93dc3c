/** The file that a version is: a model, or code of the user's own. One of them lies in its folder. */
export const MAIN_FILES = ["model.onnx", "handler.js", "handler.mjs", "handler.ts", "handler.py"] as const;

/** Name of the file that a version is. */
export type MainFile = (typeof MAIN_FILES)[number];

/** The main file among a folder's names; a model counts before code. */
export function mainFileOf(names: readonly string[]): MainFile | undefined {
  return MAIN_FILES.find((name) => names.includes(name));
}

/** The engine of a path that is code of the user's own; undefined for a model, whose manifest names its engine. */
export function codeEngineOf(path: string): "script" | "python" | undefined {
  const [, suffix] = /(?:^|[/\\])handler\.(m?js|ts|py)$/.exec(path) ?? [];
  if (suffix === undefined) return undefined;
  return suffix === "py" ? "python" : "script";
}
