export type { Json } from "../base/index.ts";
export { type Access, ANYONE, type Caller, NOBODY, ROLES, type Role, reaches } from "./caller.ts";
export { type Column, type RowLayout, rowLayout } from "./columns.ts";
export type {
  BatchingStatus,
  ControlPlane,
  DurationStat,
  LoadState,
  ModelStatus,
  VersionDescription,
  VersionStatistics,
  VersionStatus,
} from "./control-plane.ts";
export type {
  Content,
  DataPlane,
  Payload,
  PredictRequest,
  PredictResponse,
  RequestContext,
  Timing,
} from "./data-plane.ts";
export type { LoadTestProgress, LoadTestReport, LoadTestSettings } from "./load-test.ts";
export {
  engineOfFile,
  handlerBeside,
  isHandler,
  MAIN_FILES,
  type MainFile,
  mainFileOf,
} from "./main-file.ts";
export { emptyManifest, type Manifest, manifestSchema, parseManifest } from "./manifest.ts";
export { isModelName, modelNotFound, NAME_RULE, parseVersion } from "./name.ts";
export { ownContext } from "./own-context.ts";
export {
  checkInputs,
  checkOutputs,
  fits,
  type Signature,
  type TensorSpec,
  unknownOutput,
} from "./signature.ts";
export {
  ALIAS_PATTERN,
  ALIAS_RULE,
  CHAMPION,
  isAliasName,
  type ModelTarget,
  parseModelTarget,
  TARGET_RULE,
} from "./target.ts";
