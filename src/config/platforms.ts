import { settingByKey } from "./settings.ts";
import type { Entry, Environment, SourceReading } from "./sources.ts";

/** What a variable that a platform sets in its containers says. */
interface PlatformVariable {
  readonly name: string;
  /** The setting that takes its value. */
  readonly key: string;
  /** Value of the setting, where it is not the variable's own. */
  readonly value?: string;
  /** Only where this variable is set too: others use the name as well. */
  readonly beside?: string;
}

/**
 * Variables by which platforms tell their containers where to listen and what for. They come before the settings
 * file and `SIRVE_…`, which overrule them.
 *
 * Source: Vertex AI, "Custom container requirements"; SageMaker Developer Guide, "How your container should respond";
 * Cloud Run, "Container runtime contract".
 */
const VARIABLES: readonly PlatformVariable[] = [
  { name: "PORT", key: "http.port", beside: "K_SERVICE" },
  { name: "K_SERVICE", key: "http.host", value: "0.0.0.0" },
  { name: "SAGEMAKER_BIND_TO_PORT", key: "http.port" },
  { name: "SAGEMAKER_BIND_TO_PORT", key: "compat", value: "sagemaker" },
  { name: "SAGEMAKER_BIND_TO_PORT", key: "http.host", value: "0.0.0.0" },
  { name: "AIP_HTTP_PORT", key: "http.port" },
  { name: "AIP_HTTP_PORT", key: "http.host", value: "0.0.0.0" },
  { name: "AIP_HTTP_PORT", key: "compat", value: "vertex" },
  { name: "AIP_HEALTH_ROUTE", key: "vertex.healthRoute" },
  { name: "AIP_PREDICT_ROUTE", key: "vertex.predictRoute" },
];

/** Reads what a platform says. */
export function readPlatform(env: Environment): SourceReading {
  const entries = VARIABLES.flatMap(({ name, key, value, beside }): Entry[] => {
    const text = env[name];
    const setting = settingByKey.get(key);
    if (!setting || text === undefined || text === "") return [];
    if (beside !== undefined && (env[beside] ?? "") === "") return [];
    const given = value ?? (setting.kind === "integer" && /^[0-9]{1,9}$/.test(text) ? Number(text) : text);
    return [{ setting, value: given, origin: { source: "environment", where: name } }];
  });
  return { entries, problems: [] };
}
