export { addKeyToFile } from "../access/index.ts";
export { type RunningApp, startApp } from "./app.ts";
export { backupData, inspectData, restoreData } from "./backup/offline.ts";
export type { Restored } from "./backup/read-archive.ts";
export { type ArtifactDiagnosis, diagnoseEngine, diagnoseModels, type EngineDiagnosis } from "./diagnose.ts";
export { importFormat, isSavedModel } from "./import-format.ts";
export { importInPython } from "./import-in-python.ts";
export { importModel } from "./import-model.ts";
export type { Imported } from "./imported.ts";
