import { PlatformError } from "../base/index.ts";

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

/** The name grammar of models, in words, for messages and docs. */
export const NAME_RULE = "1 to 128 letters, digits, '.', '_' or '-', the first a letter or digit";

/** Whether `text` may name a model. The grammar keeps names safe in paths, logs, metrics and pages. */
export function isModelName(text: string): boolean {
  return NAME.test(text) && !text.includes("..");
}

/** A positive version number, or undefined if `text` is none (leading zeros are not accepted). */
export function parseVersion(text: string): number | undefined {
  if (!/^[1-9][0-9]{0,14}$/.test(text)) return undefined;
  return Number(text);
}

/** `not_found` for a model, or one of its versions, that this server does not have. */
export function modelNotFound(model: string, version?: number): PlatformError {
  const what = version === undefined ? `model '${model}'` : `model '${model}' version ${version}`;
  return new PlatformError("not_found", `${what} is not found`, {
    field: version === undefined ? "model" : "version",
    got: version === undefined ? model : String(version),
    hint: "GET /api/v1/models lists what is served.",
  });
}
