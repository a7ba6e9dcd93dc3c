export type { Preparation, Prepared, RunModel } from "./contract.ts";
