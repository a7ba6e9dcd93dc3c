import { PlatformError } from "../base/index.ts";
import { type Caller, ROLES } from "../model/index.ts";

/**
 * Callers by the common name of their certificate, from settings such as "billing=predictor".
 *
 * @throws PlatformError `invalid_argument` for a setting that is none.
 */
export function certificateCallers(settings: readonly string[]): ReadonlyMap<string, Caller> {
  return new Map(settings.map((text) => [nameOf(text), callerOf(text)]));
}

const nameOf = (text: string) => text.slice(0, text.lastIndexOf("="));

function callerOf(text: string): Caller {
  const role = ROLES.find((one) => one === text.slice(text.lastIndexOf("=") + 1));
  const name = nameOf(text);
  if (role && name !== "") return Object.freeze({ id: `certificate:${name}`, role, mayUse: () => true });
  throw new PlatformError("invalid_argument", `access.certificateRoles has "${text}"`, {
    field: "access.certificateRoles",
    got: text,
    expected: `a common name, "=" and one of ${ROLES.join(", ")}`,
  });
}
