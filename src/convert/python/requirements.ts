import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** The program that converts. */
export const SKLEARN_PROGRAM: string = here("./convert_sklearn.py");

/** The release that all packages beside it are locked for. */
const LOCKED = "1.9.1";

/**
 * What is installed to open and convert a model of this release of scikit-learn. Pickles are read by the release that
 * wrote them; what converts is always the same.
 */
export function sklearnRequirements(version: string): string {
  const locked = readFileSync(here(`./sklearn-${LOCKED}.txt`), "utf8");
  if (version === LOCKED) return locked;
  const converter = locked.split("\n").filter((line) => /^(?:skl2onnx|onnx|joblib)==/.test(line));
  return [`scikit-learn==${version}`, "pandas", ...converter, ""].join("\n");
}
