export { artifactDigest } from "./artifact-digest.ts";
export { type ArtifactsOptions, openArtifacts } from "./artifacts/artifacts.ts";
export { diskError } from "./artifacts/disk-error.ts";
export { folderBlobs } from "./artifacts/folder-blobs.ts";
export { type S3Options, s3Blobs } from "./artifacts/s3-blobs.ts";
export type {
  Actor,
  AliasMove,
  AliasMoved,
  AliasRecord,
  ArtifactFile,
  Artifacts,
  AuditEntry,
  BlobStore,
  EndpointRecord,
  EndpointSpec,
  HeldArtifact,
  Lineage,
  ModelRecord,
  NewVersion,
  Page,
  Paged,
  Registry,
  RegistryState,
  Shadow,
  UploadStatus,
  Variant,
  VersionRecord,
} from "./contract.ts";
export { type Begun, type Idempotency, type IdempotencyOptions, openIdempotency } from "./idempotency.ts";
export { brokenInvariants, inspectRecords } from "./inspect.ts";
export { openRegistry, type RegistryOptions } from "./registry.ts";
