export { type Clock, systemClock } from "./clock.ts";
export { Deadline, Deadlines } from "./deadline.ts";
export { type Compression, decompress } from "./decompress.ts";
export { type ErrorCode, type ErrorDetails, PlatformError, STATUS } from "./error.ts";
export {
  type Filled,
  type FloatArray,
  fillBooleans,
  fillFloats,
  fillIntegers,
  fillLongs,
  type IntegerArray,
  type LongArray,
  type PackedTexts,
  readTexts,
} from "./json/fill.ts";
export { shortestFloat32 } from "./json/float32.ts";
export { type Json, JsonSpan, type SpannedJson } from "./json/json.ts";
export { parseJson, parseJsonWithSpans } from "./json/parse.ts";
export { writeFloat32, writeJson } from "./json/write.ts";
export { isKeptMemory, keepMemory } from "./kept-memory.ts";
export { nearest } from "./nearest.ts";
export { decodeMessage } from "./protobuf/decode.ts";
export { encodeChunks, encodeMessage } from "./protobuf/encode.ts";
export {
  type Draft,
  type EnumTable,
  enumeration,
  type FieldTable,
  type MessageTable,
  message,
  protoFieldName,
} from "./protobuf/table.ts";
export { Turnstile } from "./turnstile.ts";
export { Waiters } from "./waiters.ts";
export { workerFile } from "./worker-file.ts";
