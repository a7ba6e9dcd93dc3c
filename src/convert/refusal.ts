import { PlatformError } from "../base/index.ts";

/** A file that cannot be converted: what it is, and what to do instead. */
export function cannotConvert(reason: string, field: string, hint?: string): PlatformError {
  return new PlatformError("unimplemented", `this model cannot be converted: ${reason}`, {
    field,
    ...(hint !== undefined && { hint }),
  });
}

/** A file that is not what it seems to be. */
export function damaged(field: string, got: string, expected: string): PlatformError {
  const shown = got.slice(0, 100);
  return new PlatformError(
    "invalid_argument",
    `the model file is damaged: ${field} is ${shown}, expected ${expected}`,
    {
      field,
      got: shown,
      expected,
    },
  );
}
