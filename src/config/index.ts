export { cacheFolder, processEnvironment } from "./environment.ts";
export { type SettingInForce, settingsInForce, valueOf } from "./in-force.ts";
export {
  type ConfigSources,
  configError,
  describeProblem,
  findSettingsFile,
  loadConfig,
  maskSecrets,
  readConfig,
} from "./load.ts";
export { configJsonSchema, configReference } from "./reference.ts";
export { type Config, configSchema } from "./schema.ts";
export { type Setting, type SettingValue, settings } from "./settings.ts";
export { type Environment, type Flags, type Origin, splitList } from "./sources.ts";
