import type { PlatformError } from "../../base/index.ts";
import type { InferOptions } from "./infer-call.ts";
import { refuse } from "./refusal.ts";

/** A parameter's value on either wire; undefined: a type that parameters do not have. */
export type ParameterValue = string | number | bigint | boolean | undefined;

/** Parameters of the protocol whose values have stated types. */
export type TypedParameter = "sequence_id" | "sequence_start" | "sequence_end" | "priority" | "timeout";

/** How one wire says that a parameter is wrong. */
export interface ParameterWords {
  readonly wrongType: (name: TypedParameter) => PlatformError;
  readonly invalid: (name: string) => PlatformError;
  readonly reserved: () => PlatformError;
}

/** The parameter that makes the server end a stream's answer with an empty response; gRPC only. */
export const EMPTY_FINAL = "triton_enable_empty_final_response";

/** Reserved names without meaning here, or read elsewhere. */
const IGNORED = new Set(["headers", "binary_data_output", EMPTY_FINAL]);

const SEQUENCE = new Set(["sequence_id", "sequence_start", "sequence_end"]);

/**
 * What the parameters of a request ask for.
 *
 * @throws PlatformError `invalid_argument` in the wire's words; `unimplemented` for sequences,
 *   whose state this server does not keep.
 */
export function readOptions(
  parameters: Iterable<readonly [string, ParameterValue]>,
  words: ParameterWords,
): InferOptions {
  let priority = 0;
  let timeoutUs = 0;
  const custom = new Map<string, string | number | bigint | boolean>();
  for (const [name, value] of parameters) {
    if (name === "priority") priority = level(name, value, words);
    else if (name === "timeout") timeoutUs = level(name, value, words);
    else if (SEQUENCE.has(name)) checkSequence(name as TypedParameter, value, words);
    else if (name.startsWith("triton_") && name !== EMPTY_FINAL) throw words.reserved();
    else if (value === undefined) throw words.invalid(name);
    else if (!IGNORED.has(name)) custom.set(name, value);
  }
  return { priority, timeoutUs, custom };
}

/** The platform's priority, where larger is first, of a wire's level, where 1 is first: 1 → 1, default 0 → 0, 2 → -1 … */
export function platformPriority(wireLevel: number): number {
  return wireLevel <= 1 ? wireLevel : 1 - wireLevel;
}

function level(name: "priority" | "timeout", value: ParameterValue, words: ParameterWords): number {
  if (typeof value !== "number" && typeof value !== "bigint") throw words.wrongType(name);
  const number = Number(value);
  if (!Number.isInteger(number)) throw words.wrongType(name);
  if (number >= 0) return number;
  throw refuse("invalid_argument", `invalid value for '${name}', expected value >= 0.`, {
    field: name,
    got: String(value),
    expected: "0 or more",
  });
}

function checkSequence(name: TypedParameter, value: ParameterValue, words: ParameterWords): void {
  if (name !== "sequence_id") {
    if (typeof value !== "boolean") throw words.wrongType(name);
    return;
  }
  if (value === undefined || typeof value === "boolean") throw words.wrongType(name);
  if (value === "" || value === 0 || value === 0n) return;
  throw refuse("unimplemented", "sequences are not supported: parameter 'sequence_id' must be 0 or absent", {
    field: name,
    got: String(value),
    expected: "0 or no 'sequence_id'",
  });
}
