import type { AuditEntry as ShownEntry } from "../../admin/index.ts";
import { type Config, settingsInForce } from "../../config/index.ts";
import type { Caller, ControlPlane } from "../../model/index.ts";
import { reaches } from "../../model/index.ts";
import type { AuditEntry, Registry } from "../../registry/index.ts";
import { LOAD_INTERVAL_MS, type LoadSample, type LoadSource } from "../load-history.ts";
import type { Frozen, HandlersOf } from "./contract.ts";
import { isUnscoped } from "./scope.ts";

type ServerHandlers = HandlersOf<"showServer" | "showConfiguration" | "listAudit" | "showLoad">;

export interface ServerParts {
  readonly version: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly control: (caller: Caller) => ControlPlane;
  /** Whether callers must say who they are. */
  readonly needsCredentials: () => boolean;
  readonly registry: Registry | undefined;
  readonly load: LoadSource;
  readonly config: Config;
}

/** The server itself, and what was changed on it. */
export function serverHandlers(parts: ServerParts): ServerHandlers {
  const { version, startedAt, control, registry, load, config } = parts;
  return {
    async showServer(_input, { caller }) {
      const mode = registry ? ("registry" as const) : ("folder" as const);
      const ready = control(caller).isReady();
      return {
        body: {
          version,
          mode,
          ready,
          startedAt,
          authentication: parts.needsCredentials(),
          grpcPort: grpcPortOf(config),
        },
      };
    },
    async showConfiguration() {
      return { body: { settings: settingsInForce(config) } };
    },
    async showLoad({ query }, { caller }) {
      const samples = load.since(query.seconds).map((sample) => visibleLoad(sample, caller));
      return { body: { intervalMs: LOAD_INTERVAL_MS, samples } };
    },
    async listAudit({ query }, { caller }) {
      const { items, next } = await (registry as Registry).audit(query);
      const entries = items.filter((entry) => maySee(caller, entry)).map(shownEntry);
      return { body: { entries, ...(next !== undefined && { next }) } };
    },
  };
}

/** Null: it does not listen, or on a port that the system chose. */
const grpcPortOf = ({ grpc: { enabled, port } }: Config) => (enabled && port > 0 ? port : null);

/** A sample without models that do not exist for the caller. */
export const visibleLoad = ({ at, versions }: LoadSample, caller: Caller): LoadSample => ({
  at,
  versions: versions.filter(({ model }) => caller.mayUse(model)),
});

/** Whether a change is the caller's to know of: of its models; of keys and of the server only for administrators. */
export function maySee(caller: Caller, { model, action }: AuditEntry): boolean {
  if (model !== "" && !action.startsWith("key.")) return caller.mayUse(model);
  return reaches(caller.role, "admin") && isUnscoped(caller);
}

/** Details are JSON: the registry reads them from there. */
const shownEntry = (entry: AuditEntry): Frozen<ShownEntry> => entry as Frozen<ShownEntry>;
