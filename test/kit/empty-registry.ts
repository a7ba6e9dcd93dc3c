import { PlatformError } from "../../src/base/index.ts";
import type { RegistrySide } from "../../src/server/admin/handlers.ts";
import type { KeyKeeper } from "../../src/server/admin/keys.ts";
import { Replays } from "../../src/server/admin/replays.ts";

/** Has no record of anything: whatever is asked for is not found, and a list is empty. */
function nothing<T extends object>(answers: Partial<T> = {}): T {
  return new Proxy(answers, {
    get: (known, name) => {
      if (name === "then") return undefined;
      return Reflect.get(known, name) ?? (async () => Promise.reject(missing()));
    },
  }) as T;
}

const missing = () => new PlatformError("not_found", "there is no such thing", { field: "name" });
const empty = async () => ({ items: [] });

/** A registry without anything in it, for tests of what comes before it. */
export function emptyRegistry(): RegistrySide {
  const registry = nothing<RegistrySide["registry"]>({
    listModels: empty,
    listEndpoints: empty,
    audit: empty,
    changesAfter: async () => [],
    lastChangeId: async () => 0,
  });
  return {
    registry,
    artifacts: nothing<RegistrySide["artifacts"]>({
      uploadStatus: async () => ({ offset: 0, isComplete: false }),
      upload: async (_digest, offset, bytes) => {
        let size = offset;
        for await (const part of bytes) size += part.length;
        return { offset: size, isComplete: false };
      },
    }),
    releases: nothing<RegistrySide["releases"]>(),
    keys: nothing<KeyKeeper>({ list: async () => [] }),
    replays: new Replays({
      begin: async () => ({ kind: "fresh" }),
      finish: async () => {},
      forget: async () => {},
      close: () => {},
    }),
    async *backup() {
      yield new Uint8Array(512);
    },
  };
}
