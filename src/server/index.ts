export { type RunningApp, startApp } from "./app.ts";
export { type ArtifactDiagnosis, diagnoseEngine, diagnoseModels, type EngineDiagnosis } from "./diagnose.ts";
