import { PlatformError } from "../../base/index.ts";
import { type PredictRequest, parseVersion } from "../../model/index.ts";
import type { HttpRequest } from "../contract.ts";
import type { JsonRequest } from "./decode-json.ts";

/** What a decoded body asks of the model that the path names. */
export function predictRequest(
  params: HttpRequest["params"],
  { payload }: JsonRequest,
  outputs: readonly string[] | undefined,
): PredictRequest {
  const model = params["model"] ?? "";
  const version = versionOf(params["version"]);
  return { model, payload, ...(version !== undefined && { version }), ...(outputs && { outputs }) };
}

/** The version in a path; undefined if there is none. @throws PlatformError `invalid_argument`. */
export function versionOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const version = parseVersion(text);
  if (version !== undefined) return version;
  throw new PlatformError(
    "invalid_argument",
    `version "${text.slice(0, 40)}" is no version, expected 1, 2, 3 …`,
    {
      field: "version",
      got: text.slice(0, 40),
      expected: "a whole number from 1",
    },
  );
}
