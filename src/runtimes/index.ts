export type { Artifact, Run, RunOptions, RunResult, Runtime, Session } from "./contract.ts";
export { cpuQuota } from "./cpu-quota.ts";
export { createOnnxRuntime, type OnnxRuntimeOptions } from "./onnx/runtime.ts";
export { sampleInputs } from "./sample-inputs.ts";
export { createStockRuntime, type StockRuntimeOptions } from "./stock/runtime.ts";
