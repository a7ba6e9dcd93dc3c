import { Attempts, openAccess } from "../../src/access/index.ts";
import { systemClock } from "../../src/base/index.ts";
import { loadConfig } from "../../src/config/index.ts";
import { modelNotFound } from "../../src/model/index.ts";
import type { HttpProtocol, Planes } from "../../src/protocols/index.ts";
import { ChangeFeed } from "../../src/server/admin/change-feed.ts";
import { createHandlers, type RegistrySide } from "../../src/server/admin/handlers.ts";
import { adminProtocol } from "../../src/server/admin/protocol.ts";
import { silentLogger } from "../../src/telemetry/index.ts";

/** The management API over planes: of a folder, or of a registry. */
export function adminOver(planes: Pick<Planes, "control">, side?: RegistrySide): HttpProtocol {
  const feed = new ChangeFeed(side?.registry, systemClock, silentLogger);
  const handlers = createHandlers({
    version: "0.0.0-test",
    startedAt: "2026-11-26T12:00:00.000Z",
    clock: systemClock,
    feed,
    load: { since: () => [], listen: () => () => {} },
    loadTests: {
      begin: async ({ model }) => {
        throw modelNotFound(model);
      },
    },
    logger: silentLogger,
    maxUploadBytes: 1 << 20,
    control: (caller) => planes.control(caller),
    needsCredentials: () => false,
    signIns: openAccess.signIns,
    attempts: new Attempts(systemClock),
    isTls: false,
    config: loadConfig({ env: {}, flags: {} }),
    side,
  });
  return adminProtocol({
    handlers,
    isRegistry: side !== undefined,
    replays: side?.replays,
    maxUploadBytes: 1 << 20,
    maxBodyBytes: 1 << 26,
    pages: [],
    onChange: () => feed.poke(),
  });
}
