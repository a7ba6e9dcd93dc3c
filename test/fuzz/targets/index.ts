import type { FuzzTarget } from "../target.ts";
import { adminTarget } from "./admin.ts";
import {
  archiveTarget,
  lightgbmTarget,
  pickleTarget,
  xgboostJsonTarget,
  xgboostUbjTarget,
} from "./convert.ts";
import { grpcInferTarget } from "./grpc-infer.ts";
import { jsonTarget } from "./json.ts";
import { manifestTarget } from "./manifest.ts";
import { csvTarget, multipartTarget, nativeJsonTarget } from "./native.ts";
import { onnxCheckTarget, onnxCodecTarget } from "./onnx.ts";
import { platformsTarget } from "./platforms.ts";
import { preparationTarget } from "./preparation.ts";
import { protobufTarget } from "./protobuf.ts";
import { v2BinaryTarget, v2JsonTarget } from "./v2-rest.ts";
import { wavTarget } from "./wav.ts";

/** Every parser that is fuzzed. */
export const TARGETS: readonly FuzzTarget[] = [
  jsonTarget,
  protobufTarget,
  manifestTarget,
  v2JsonTarget,
  v2BinaryTarget,
  grpcInferTarget,
  nativeJsonTarget,
  csvTarget,
  multipartTarget,
  preparationTarget,
  wavTarget,
  onnxCodecTarget,
  onnxCheckTarget,
  platformsTarget,
  adminTarget,
  xgboostUbjTarget,
  xgboostJsonTarget,
  lightgbmTarget,
  pickleTarget,
  archiveTarget,
];
