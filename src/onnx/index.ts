export { type CheckedModel, type CheckOptions, checkModelFile } from "./check.ts";
export { decodeModel } from "./decode.ts";
export { encodeModel, encodeModelChunks } from "./encode.ts";
export { inspectModel, type ModelInfo } from "./inspect.ts";
export type { ModelLimits } from "./limits.ts";
export type { ModelProto } from "./proto.ts";
export { type FileSignature, type FileTensorSpec, signatureOf, unservedOutputs } from "./signature.ts";
export type { ValueKind, ValueSpec } from "./value-spec.ts";
export type { ModelWarning } from "./warnings.ts";
