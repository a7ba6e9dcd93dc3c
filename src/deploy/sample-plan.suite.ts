import { packagedModel } from "./packaged-model.ts";
import { makePlan, type PackagePlan } from "./plan.ts";
import type { Program } from "./program.ts";
import { textFile } from "./tree.ts";

/** A program of two files. */
export const PROGRAM: Program = {
  version: "1.2.3",
  own: [textFile("dist/cli/main.js", "// main\n", true)],
  dependencies: [textFile("node_modules/koffi/index.js", "// koffi\n")],
  lock: [{ name: "koffi", version: "3.3.4", licence: "MIT", digest: "0".repeat(64) }],
};

/** A plan of two models without files. */
export function aPlan(change: Partial<Parameters<typeof makePlan>[0]> = {}): PackagePlan {
  return makePlan({
    models: [packagedModel("churn", 7, []), packagedModel("fashion", 2, [])],
    program: PROGRAM,
    architecture: "x64",
    environment: {},
    ...change,
  });
}
