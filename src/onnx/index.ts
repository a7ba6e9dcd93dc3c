export { checkModelFile } from "./check.ts";
export { decodeModel } from "./decode.ts";
export { encodeModel } from "./encode.ts";
export { inspectModel, type ModelInfo } from "./inspect.ts";
export type { AttributeProto, GraphProto, ModelProto, NodeProto, TensorProto } from "./proto.ts";
export { signatureOf, unservedOutputs } from "./signature.ts";
export { SNIFF_BYTES, wrongFormat } from "./sniff.ts";
