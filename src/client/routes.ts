import type { OperationId } from "../admin/index.ts";

/** Where an operation is, without the schemas, so that the client needs no validator. */
export interface Route {
  readonly method: string;
  readonly path: string;
  /** Whether it takes an Idempotency-Key. */
  readonly isKeyed: boolean;
}

const route = (method: string, path: string, isKeyed = false): Route => ({ method, path, isKeyed });

/** Every operation of the management API; a test compares them with the schemas. */
export const ROUTES: Readonly<Record<OperationId, Route>> = {
  listModels: route("GET", "/api/v1/models"),
  showModel: route("GET", "/api/v1/models/{model}"),
  changeModel: route("PATCH", "/api/v1/models/{model}"),
  deleteModel: route("DELETE", "/api/v1/models/{model}"),
  modelStatistics: route("GET", "/api/v1/models/{model}/statistics"),
  versionStatistics: route("GET", "/api/v1/models/{model}/versions/{version}/statistics"),
  allStatistics: route("GET", "/api/v1/statistics"),
  loadModel: route("POST", "/api/v1/models/{model}/load"),
  unloadModel: route("POST", "/api/v1/models/{model}/unload"),
  loadVersion: route("POST", "/api/v1/models/{model}/versions/{version}/load"),
  unloadVersion: route("POST", "/api/v1/models/{model}/versions/{version}/unload"),
  runLoadTest: route("POST", "/api/v1/models/{model}/load-tests"),
  addVersion: route("POST", "/api/v1/models/{model}/versions", true),
  listVersions: route("GET", "/api/v1/models/{model}/versions"),
  showVersion: route("GET", "/api/v1/models/{model}/versions/{version}"),
  changeVersion: route("PATCH", "/api/v1/models/{model}/versions/{version}"),
  deleteVersion: route("DELETE", "/api/v1/models/{model}/versions/{version}"),
  diffVersions: route("GET", "/api/v1/models/{model}/diff"),
  checkVersion: route("POST", "/api/v1/models/{model}/versions/{version}/check"),
  promote: route("POST", "/api/v1/models/{model}/promote", true),
  rollback: route("POST", "/api/v1/models/{model}/rollback", true),
  listAliases: route("GET", "/api/v1/models/{model}/aliases"),
  deleteAlias: route("DELETE", "/api/v1/models/{model}/aliases/{alias}"),
  downloadFile: route("GET", "/api/v1/models/{model}/versions/{version}/files/{file}"),
  uploadStatus: route("HEAD", "/api/v1/uploads/{digest}"),
  upload: route("PUT", "/api/v1/uploads/{digest}"),
  listEndpoints: route("GET", "/api/v1/endpoints"),
  showEndpoint: route("GET", "/api/v1/endpoints/{endpoint}"),
  setEndpoint: route("PUT", "/api/v1/endpoints/{endpoint}"),
  deleteEndpoint: route("DELETE", "/api/v1/endpoints/{endpoint}"),
  whoAmI: route("GET", "/api/v1/me"),
  listKeys: route("GET", "/api/v1/keys"),
  createKey: route("POST", "/api/v1/keys"),
  rotateKey: route("POST", "/api/v1/keys/{key}/rotate"),
  revokeKey: route("DELETE", "/api/v1/keys/{key}"),
  showServer: route("GET", "/api/v1/server"),
  listAudit: route("GET", "/api/v1/audit"),
  showSession: route("GET", "/api/v1/session"),
  startSession: route("POST", "/api/v1/session"),
  endSession: route("DELETE", "/api/v1/session"),
  showConfiguration: route("GET", "/api/v1/configuration"),
  showLoad: route("GET", "/api/v1/load"),
  events: route("GET", "/api/v1/events"),
  backup: route("GET", "/api/v1/backup"),
};
