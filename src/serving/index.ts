export { Bill } from "./bill.ts";
export { createControlPlane } from "./control-plane.ts";
export { createDataPlane } from "./data-plane.ts";
export { type FoundVersion, scanFolder } from "./folder.ts";
export { createEngine, type Engine, type LoaderOptions, loadVersion } from "./load-version.ts";
export { Models } from "./models.ts";
export { type VersionMeter, VersionObserver } from "./observed.ts";
export { parseVersionPolicy } from "./version-policy.ts";
export { FolderWatcher } from "./watcher.ts";
