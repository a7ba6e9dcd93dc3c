import { basename } from "node:path";

/** What a version in Python is, by its file: the name of a file in worker/adapters. */
const ADAPTERS = new Map([
  ["handler.py", "handler"],
  ["inference.py", "sagemaker"],
  ["MLmodel", "mlflow"],
  ["model.joblib", "pickled"],
  ["model.pkl", "pickled"],
]);

/** The adapter of a version's file; that of handlers for any other, which no loader brings. */
export const adapterOf = (path: string): string => ADAPTERS.get(basename(path)) ?? "handler";
