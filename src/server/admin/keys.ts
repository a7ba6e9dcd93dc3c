import type { KeyRecord, KeySpec } from "../../admin/index.ts";
import { PlatformError } from "../../base/index.ts";
import type { Caller } from "../../model/index.ts";
import type { Actor } from "../../registry/index.ts";
import { EMPTY_OUTCOME, type Frozen, type HandlersOf } from "./contract.ts";
import { checkPatterns } from "./scope.ts";

type KeyHandlers = HandlersOf<"whoAmI" | "listKeys" | "createKey" | "rotateKey" | "revokeKey">;

type Shown = Frozen<KeyRecord>;
type Secret = Shown & { readonly secret: string };

/** API keys as a registry keeps them. */
export interface KeyKeeper {
  list(): Promise<readonly Shown[]>;
  create(spec: KeySpec, actor: Actor): Promise<Secret>;
  /** @throws PlatformError `not_found`, `failed_precondition` if it is revoked. */
  rotate(id: string, overlapSeconds: number, actor: Actor): Promise<Secret>;
  /** @throws PlatformError `not_found`. */
  revoke(id: string, actor: Actor): Promise<void>;
}

/** Keys: who may do what. */
export function keyHandlers(keeper: KeyKeeper | undefined): KeyHandlers {
  const keys = keeper ?? NO_KEYS;
  return {
    async whoAmI(_input, { caller: { id, role, models = ["*"] } }) {
      return { body: { id, role, models } };
    },
    async listKeys(_input, { caller }) {
      const all = await keys.list();
      return { body: { keys: all.filter((key) => isWithin(caller, key)) } };
    },
    async createKey({ body }, { caller, actor }) {
      checkPatterns(caller, body.models);
      return { body: await keys.create(body, actor) };
    },
    async rotateKey({ params: { key }, body: { overlapSeconds } }, { caller, actor }) {
      await checkKey(keys, key, caller);
      return { body: await keys.rotate(key, overlapSeconds, actor) };
    },
    async revokeKey({ params: { key } }, { caller, actor }) {
      await checkKey(keys, key, caller);
      await keys.revoke(key, actor);
      return EMPTY_OUTCOME;
    },
  };
}

const refuse = async () =>
  Promise.reject(
    new PlatformError("failed_precondition", "this server keeps no API keys", { field: "keys", got: "none" }),
  );

/** Keys of a server that has none. */
const NO_KEYS: KeyKeeper = { list: refuse, create: refuse, rotate: refuse, revoke: refuse };

/** A key that reaches beyond the caller's models does not exist for it. */
async function checkKey(keys: KeyKeeper, id: string, caller: Caller): Promise<void> {
  const found = (await keys.list()).find((key) => key.id === id);
  if (found && isWithin(caller, found)) return;
  throw new PlatformError("not_found", `there is no key "${id}"`, { field: "key", got: id });
}

function isWithin(caller: Caller, { models }: Shown): boolean {
  try {
    checkPatterns(caller, models);
    return true;
  } catch {
    return false;
  }
}
