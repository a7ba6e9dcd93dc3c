import type { InferParameter } from "./infer-messages.ts";
import { EMPTY_FINAL, type ParameterValue, type ParameterWords, type TypedParameter } from "./parameters.ts";
import { refuse } from "./refusal.ts";

const EXPECTED: Record<TypedParameter, string> = {
  sequence_id: "int64_param or string_param",
  sequence_start: "bool_param",
  sequence_end: "bool_param",
  priority: "int64_param or uint64_param",
  timeout: "int64_param",
};

/** How gRPC says that a parameter is wrong. */
export const grpcWords: ParameterWords = {
  wrongType: (name) =>
    refuse("invalid_argument", `invalid value type for '${name}' parameter, expected ${EXPECTED[name]}.`, {
      field: name,
      expected: EXPECTED[name],
    }),
  invalid: (name) =>
    refuse(
      "invalid_argument",
      `invalid value type for '${name}' parameter, expected int64_param, bool_param, or string_param.`,
      { field: name },
    ),
  reserved: () =>
    refuse(
      "invalid_argument",
      `parameter keys starting with 'triton_' are reserved for Triton usage. Only the following keys starting with 'triton_' are allowed: ${EMPTY_FINAL}`,
    ),
};

/** The value of a parameter message, integers as numbers where those hold them; undefined if none is set. */
export function parameterValue(parameter: InferParameter): ParameterValue {
  const integer = parameter.int64_param ?? parameter.uint64_param;
  if (integer !== undefined) return Number.isSafeInteger(Number(integer)) ? Number(integer) : integer;
  return parameter.bool_param ?? parameter.string_param ?? parameter.double_param;
}
