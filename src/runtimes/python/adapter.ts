import { basename } from "node:path";
import { PlatformError } from "../../base/index.ts";

/** What a version in Python is, by its file: the name of a file in worker/adapters. */
const ADAPTERS = new Map([
  ["handler.py", "handler"],
  ["inference.py", "sagemaker"],
  ["MLmodel", "mlflow"],
  ["model.joblib", "pickled"],
  ["model.pkl", "pickled"],
]);

/** The adapter of a version's file. @throws PlatformError `failed_precondition` for a file that is no Python. */
export function adapterOf(path: string): string {
  const name = basename(path);
  const adapter = ADAPTERS.get(name);
  if (adapter !== undefined) return adapter;
  throw new PlatformError("failed_precondition", `${name} is nothing that Python runs`, {
    field: "engine",
    got: name,
    expected: [...ADAPTERS.keys()].join(", "),
    hint: "leave engine out of model.json: the file says by itself what runs it",
  });
}
