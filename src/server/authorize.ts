import type { Access as Guard, Peer } from "../access/index.ts";
import { PlatformError } from "../base/index.ts";
import { type Access, ANYONE, type Caller, modelNotFound, NOBODY, reaches } from "../model/index.ts";
import type { HeaderFields } from "./context.ts";

/** What is asked for, before its body is read. */
export interface Asked {
  readonly access: Access;
  /** Of HTTP; undefined: it may change something. */
  readonly method?: string | undefined;
  /** The model or endpoint in its path, if there is one. */
  readonly name?: string | undefined;
  readonly headers: HeaderFields;
  readonly peer: () => Peer;
}

/**
 * Who asks, once it is sure that they may. A promise only where a token has to be verified.
 *
 * @throws PlatformError `unauthenticated`, `permission_denied`, `resource_exhausted`; `not_found` for a model
 *   that does not exist for the caller.
 */
export function authorize(guard: Guard, asked: Asked): Caller | Promise<Caller> {
  if (guard.isOpen) return ANYONE;
  if (asked.access === "public") return NOBODY;
  if (asked.access === "anyone") return known(guard, asked);
  const caller = guard.authenticate(asked.headers, asked.peer(), asked.method);
  return caller instanceof Promise ? caller.then((found) => checked(found, asked)) : checked(caller, asked);
}

/** Who asks, where it may be nobody. */
async function known(guard: Guard, { headers, peer, method }: Asked): Promise<Caller> {
  try {
    return await guard.authenticate(headers, peer(), method);
  } catch (thrown) {
    if (PlatformError.from(thrown).code === "unauthenticated") return NOBODY;
    throw thrown;
  }
}

function checked(caller: Caller, { access, name }: Asked): Caller {
  if (!reaches(caller.role, access)) throw roleTooLow(caller, access);
  if (name === undefined) return caller;
  const at = name.indexOf("@");
  if (!caller.mayUse(at < 0 ? name : name.slice(0, at))) throw modelNotFound(name);
  return caller;
}

function roleTooLow({ role }: Caller, access: Access): PlatformError {
  return new PlatformError("permission_denied", `this is for role ${access}, the caller's is ${role}`, {
    field: "role",
    got: role,
    expected: access,
    hint: "ask an administrator for a key of that role: sirve keys create",
  });
}
