import { type Access, Attempts } from "../../access/index.ts";
import type { VersionStatus } from "../../model/index.ts";
import type { HttpProtocol } from "../../protocols/index.ts";
import type { Foundation } from "../foundation.ts";
import { LoadHistory } from "../load-history.ts";
import type { ModelService } from "../model-service.ts";
import { OriginRules } from "../origin.ts";
import { ChangeFeed } from "./change-feed.ts";
import { createHandlers, type RegistrySide } from "./handlers.ts";
import { issuerPages } from "./issuer-pages.ts";
import { adminProtocol } from "./protocol.ts";

export interface AdminServiceOptions extends Foundation {
  readonly models: Pick<ModelService, "control" | "loadTests">;
  readonly access: Access;
  /** Undefined: the server serves a folder. */
  readonly side: RegistrySide | undefined;
}

/** The management API with its streams of events. */
export interface AdminService {
  readonly protocol: HttpProtocol;
  /** A version of this server is in another state. */
  stateChanged(status: VersionStatus): void;
  /** Ends the streams of events, which would go on as long as their clients wish. */
  close(): void;
}

/** Makes the management API over a server's models and, if it has one, its registry. */
export function createAdminService(options: AdminServiceOptions): AdminService {
  const { config, clock, logger, side, models, access } = options;
  const feed = new ChangeFeed(side?.registry, clock, logger);
  const load = new LoadHistory(options.metrics, clock);
  const { maxUploadBytes } = config.artifacts;
  const startedAt = new Date(performance.timeOrigin + clock.now()).toISOString();
  const { signIns } = access;
  const attempts = new Attempts(clock);
  const { publicUrl } = config.access;
  const isTls = config.tls.certFile !== "" || publicUrl.startsWith("https:");
  const handlers = createHandlers({
    ...options,
    signIns,
    attempts,
    needsCredentials: () => !access.isOpen,
    isTls,
    startedAt,
    feed,
    load,
    loadTests: models.loadTests,
    maxUploadBytes,
    control: (caller) => models.control(caller),
  });
  return {
    protocol: adminProtocol({
      handlers,
      replays: side?.replays,
      isRegistry: side !== undefined,
      maxUploadBytes,
      maxBodyBytes: config.http.maxBodyBytes,
      pages: issuerPages({
        signIns,
        attempts,
        isTls,
        publicUrl,
        logger,
        scheme: config.tls.certFile === "" ? "http" : "https",
        rules: new OriginRules(config.http),
      }),
      onChange: () => feed.poke(),
    }),
    stateChanged: (status) => feed.stateChanged(status),
    close() {
      feed.close();
      load.close();
    },
  };
}
