export { cacheFolder, processEnvironment } from "./environment.ts";
export {
  type ConfigReading,
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
export type { ConfigProblem, Environment, Flags, Origin } from "./sources.ts";
