import type { Clock } from "../base/index.ts";
import type { RegistrySide } from "./admin/handlers.ts";
import { Replays } from "./admin/replays.ts";
import { writeArchive } from "./backup/write-archive.ts";
import type { Releases } from "./releases/contract.ts";
import type { Store } from "./store.ts";

/** What the management API works on where there is a registry. */
export function registrySide(
  { database, registry, artifacts, idempotency }: Store,
  releases: Releases,
  keys: RegistrySide["keys"],
  clock: Clock,
): RegistrySide {
  return {
    registry,
    artifacts,
    releases,
    keys,
    replays: new Replays(idempotency),
    backup: () => writeArchive({ database, blobs: artifacts.blobs, clock }),
  };
}
