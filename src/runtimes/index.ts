export type { Artifact, Run, RunOptions, RunResult, Runtime, Session } from "./contract.ts";
export { cpuQuota } from "./cpu-quota.ts";
export { createOnnxRuntime } from "./onnx/runtime.ts";
export { remoteSchema } from "./remote/remote-file.ts";
export { createRemoteRuntime } from "./remote/runtime.ts";
export { sampleInputs } from "./sample-inputs.ts";
export { createScriptRuntime } from "./script/runtime.ts";
export { createStockRuntime } from "./stock/runtime.ts";
