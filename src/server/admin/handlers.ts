import type { Attempts, SignIns } from "../../access/index.ts";
import type { Clock } from "../../base/index.ts";
import type { Config } from "../../config/index.ts";
import type { Caller, ControlPlane } from "../../model/index.ts";
import type { Artifacts, Registry } from "../../registry/index.ts";
import type { LoadTests } from "../../serving/index.ts";
import type { Logger } from "../../telemetry/index.ts";
import type { LoadSource } from "../load-history.ts";
import type { Releases } from "../releases/contract.ts";
import { backupHandlers } from "./backup.ts";
import type { ChangeFeed } from "./change-feed.ts";
import type { Handlers } from "./contract.ts";
import { endpointHandlers } from "./endpoints.ts";
import { eventHandlers } from "./events.ts";
import { type KeyKeeper, keyHandlers } from "./keys.ts";
import { loadTestHandlers } from "./load-tests.ts";
import { modelHandlers } from "./models.ts";
import type { Replays } from "./replays.ts";
import { serverHandlers } from "./server.ts";
import { sessionHandlers } from "./session.ts";
import { uploadHandlers } from "./uploads.ts";
import { versionHandlers } from "./versions.ts";

/** What a server with a registry has beside its planes. */
export interface RegistrySide {
  readonly registry: Registry;
  readonly artifacts: Artifacts;
  readonly releases: Releases;
  /** Undefined: callers are told apart by other means than keys. */
  readonly keys: KeyKeeper | undefined;
  readonly replays: Replays;
  /** Everything in one archive, part by part. */
  backup(): AsyncIterable<Uint8Array>;
}

export interface HandlerParts {
  readonly version: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly clock: Clock;
  readonly signIns: SignIns;
  readonly attempts: Attempts;
  /** Cookies go over TLS only. */
  readonly isTls: boolean;
  readonly feed: ChangeFeed;
  readonly load: LoadSource;
  readonly loadTests: Pick<LoadTests, "begin">;
  readonly logger: Logger;
  readonly config: Config;
  readonly maxUploadBytes: number;
  readonly control: (caller: Caller) => ControlPlane;
  /** Whether callers must say who they are. */
  readonly needsCredentials: () => boolean;
  /** Undefined: the server serves a folder. */
  readonly side: RegistrySide | undefined;
}

/** Every operation of the management API. */
export function createHandlers(parts: HandlerParts): Handlers {
  const { control, feed, clock, load, maxUploadBytes } = parts;
  const registry = parts.side?.registry;
  const releases = parts.side?.releases;
  // Without a registry the protocol refuses before it asks a handler that needs one.
  const side = (parts.side ?? {}) as RegistrySide;
  return {
    ...modelHandlers({ control, registry, sync: async () => releases?.sync() }),
    ...loadTestHandlers({ ...parts, registry }),
    ...versionHandlers({ control, registry, releases }),
    ...endpointHandlers(side.registry, side.releases),
    ...uploadHandlers({ ...side, maxUploadBytes }),
    ...keyHandlers(side.keys),
    ...sessionHandlers(parts),
    ...serverHandlers({ ...parts, registry }),
    ...eventHandlers({ feed, registry, clock, load }),
    ...backupHandlers(() => side.backup()),
  };
}
