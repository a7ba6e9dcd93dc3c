import { PlatformError } from "../error.ts";

/** The error for bytes that are not a message of the expected type. */
export function malformed(problem: string, field = ""): PlatformError {
  const at = field === "" ? "" : `${field}: `;
  return new PlatformError("invalid_argument", `malformed protobuf: ${at}${problem}`, {
    ...(field !== "" && { field }),
  });
}
