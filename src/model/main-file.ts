/** The file that a version is: a model, or code of the user's own. One of them lies in its folder. */
export const MAIN_FILES = ["model.onnx", "handler.js", "handler.mjs", "handler.ts", "remote.json"] as const;

/** Name of the file that a version is. */
export type MainFile = (typeof MAIN_FILES)[number];

/** The main file among a folder's names; a model counts before code. */
export function mainFileOf(names: readonly string[]): MainFile | undefined {
  return MAIN_FILES.find((name) => names.includes(name));
}

/** Whether a path is that of code of the user's own. */
export const isHandler = (path: string): boolean => /(?:^|[/\\])handler\.(?:m?js|ts)$/.test(path);

/** Whether a path is that of a model which another server runs. */
export const isRemote = (path: string): boolean => /(?:^|[/\\])remote\.json$/.test(path);
