import type { Json, SpannedJson } from "../../base/index.ts";
import { type JsonObject, wrongKind } from "./json-fields.ts";
import type { ParameterValue, ParameterWords } from "./parameters.ts";
import { refuse } from "./refusal.ts";

/** How REST says that a parameter is wrong. */
export const jsonWords: ParameterWords = {
  wrongType: (name) => {
    const isBoolean = name === "sequence_start" || name === "sequence_end";
    return wrongKind(name, isBoolean ? "non-boolean as boolean" : "non-unsigned-integer as unsigned-integer");
  },
  invalid: (name) =>
    refuse(
      "invalid_argument",
      `parameter '${name}' has invalid type. It should be either 'int', 'bool', or 'string'.`,
      { field: name, expected: "an integer, a boolean or a string" },
    ),
  reserved: () =>
    refuse(
      "invalid_argument",
      "parameter keys starting with 'triton_' are reserved for Triton usage and should not be specified.",
    ),
};

/** The parameters of a JSON request; values of other types become undefined. */
export function* parameterEntries(parameters: JsonObject): Iterable<readonly [string, ParameterValue]> {
  for (const [name, value] of Object.entries(parameters)) {
    if (name.startsWith("triton_")) throw jsonWords.reserved();
    yield [name, isParameter(value) ? value : undefined];
  }
}

function isParameter(value: SpannedJson | Json): value is string | number | bigint | boolean {
  if (typeof value === "number") return Number.isInteger(value);
  return typeof value === "string" || typeof value === "boolean" || typeof value === "bigint";
}
