export type { ModelFiles, Preparation, Prepared, RunModel } from "./contract.ts";
