export type { Artifact, Run, RunOptions, RunResult, Runtime, Session } from "./contract.ts";
