import { maskSecrets } from "./load.ts";
import type { Config } from "./schema.ts";
import { type Setting, type SettingValue, settings } from "./settings.ts";

/** A setting with what it is. */
export interface SettingInForce {
  readonly key: string;
  readonly value: SettingValue;
  readonly isDefault: boolean;
  readonly description: string;
}

/** Every setting of a configuration, in the order of the schema; passwords are masked. */
export function settingsInForce(config: Config): SettingInForce[] {
  return settings.map((setting) => {
    const value = valueOf(config, setting);
    const isDefault = JSON.stringify(value) === JSON.stringify(setting.defaultValue);
    return { key: setting.key, value: masked(value), isDefault, description: setting.description };
  });
}

/** The value of one setting. */
export function valueOf(config: Config, { key }: Pick<Setting, "key">): SettingValue {
  return key
    .split(".")
    .reduce<unknown>((node, name) => (node as Record<string, unknown>)[name], config) as SettingValue;
}

function masked(value: SettingValue): SettingValue {
  if (typeof value === "string") return maskSecrets(value);
  return Array.isArray(value) ? value.map((one: string) => maskSecrets(one)) : value;
}
