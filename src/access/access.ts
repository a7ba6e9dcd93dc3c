import { PlatformError } from "../base/index.ts";
import type { Database } from "../database/index.ts";
import { ANYONE, type Caller, type Role } from "../model/index.ts";
import type { Logger } from "../telemetry/index.ts";
import { certificateCallers } from "./certificates.ts";
import {
  type HeaderFields,
  noCredentials,
  type Peer,
  shownSecret,
  unknownCredentials,
} from "./credentials.ts";
import { keyFileStamp, readKeyFile } from "./key-file.ts";
import {
  type KeyActor,
  KeyRecords,
  type KeySpec,
  type ShownKey,
  shownKey,
  storedKey,
} from "./key-records.ts";
import { KeyRing } from "./key-ring.ts";
import { type IssuerSettings, openIssuer } from "./open-issuer.ts";
import { dayOf } from "./rate.ts";
import { sessionSecret } from "./session-secret.ts";
import { Sessions } from "./sessions.ts";
import { createSignIns, noSignIns, type SignIns } from "./sign-ins.ts";
import { Tokens } from "./tokens.ts";

export interface AccessOptions extends Omit<IssuerSettings, "secret"> {
  /** Undefined: keys come from the file alone. */
  readonly database?: Database | undefined;
  readonly keysFile: string;
  readonly anonymousRole: "none" | Role;
  readonly certificateRoles: readonly string[];
  /** How often changes of others are looked for. */
  readonly pollMs: number;
  /** File with the secret that cookies are sealed with; empty: one of this process. */
  readonly sessionSecretFile: string;
  /** How long a sign-in holds. */
  readonly sessionHours: number;
  readonly logger: Logger;
}

/** Who may do what on this server. */
export interface Access {
  /** Nobody is asked who they are: there are no keys, tokens or certificates. */
  readonly isOpen: boolean;
  /**
   * Who asks, by a method of HTTP: a browser that is signed in shows its proof where the method may change something.
   * A promise only where a token has to be verified.
   *
   * @throws PlatformError `unauthenticated`, `resource_exhausted` if a key asks too often, `permission_denied` without
   *   the proof, `unavailable` if a token's issuer cannot be reached.
   */
  authenticate(headers: HeaderFields, peer: Peer, method?: string): Caller | Promise<Caller>;
  /** People who sign in with a browser. */
  readonly signIns: SignIns;
  /** Undefined where keys have no records. */
  readonly keys: Keys | undefined;
  /** Keeps what was counted. */
  close(): Promise<void>;
}

/** Keys of a registry, as its management sees them. */
export interface Keys {
  list(): Promise<readonly (ShownKey & { readonly requestsToday: number })[]>;
  create(spec: KeySpec, actor: KeyActor): Promise<ShownKey & { readonly secret: string }>;
  /** @throws PlatformError `not_found`, `failed_precondition` if it is revoked. */
  rotate(
    id: string,
    overlapSeconds: number,
    actor: KeyActor,
  ): Promise<ShownKey & { readonly secret: string }>;
  /** @throws PlatformError `not_found`. */
  revoke(id: string, actor: KeyActor): Promise<void>;
}

const FLUSH_MS = 10_000;

/** The access of a server where nobody is asked who they are. */
export const openAccess: Access = Object.freeze({
  isOpen: true,
  authenticate: () => ANYONE,
  keys: undefined,
  signIns: noSignIns,
  close: async () => {},
});

/**
 * Reads keys and settings. Changes in the records and in the file are followed.
 *
 * @throws PlatformError if the file of keys or a setting is wrong, or the records cannot be read.
 */
export async function createAccess(options: AccessOptions): Promise<Access> {
  const guard = new Guard(options);
  await guard.open();
  return guard;
}

class Guard implements Access {
  readonly #options: AccessOptions;
  readonly #ring: KeyRing;
  readonly #records: KeyRecords | undefined;
  readonly #tokens: Tokens | undefined;
  readonly #certificates: ReadonlyMap<string, Caller>;
  readonly #anonymous: Caller | undefined;
  #seen = "";
  /** The last change whose ends of sessions are known. */
  #endsSeen = 0;
  #flushedMs: number;
  #cancel: () => void = () => {};
  #isClosed = false;
  #reading: Promise<void> = Promise.resolve();
  readonly keys: Keys | undefined;
  readonly signIns: SignIns;
  readonly #sessions: Sessions;

  constructor(options: AccessOptions) {
    const { database, clock, anonymousRole, certificateRoles } = options;
    this.#options = options;
    this.#ring = new KeyRing(clock);
    this.#records = database && new KeyRecords(database, clock);
    const secret = sessionSecret(options.sessionSecretFile);
    const issuer = openIssuer({ ...options, secret });
    this.#tokens = issuer?.tokens;
    this.#certificates = certificateCallers(certificateRoles);
    this.#anonymous =
      anonymousRole === "none"
        ? undefined
        : Object.freeze({ id: "anonymous", role: anonymousRole, mayUse: () => true });
    this.#flushedMs = clock.now();
    this.keys = this.#records && this.#management(this.#records);
    this.#sessions = new Sessions({
      secret,
      hours: options.sessionHours,
      clock,
      callerOfKey: (id, stamp) => this.#ring.callerOfStamp(id, stamp),
    });
    this.signIns = createSignIns({
      isOpen: () => this.isOpen,
      ring: this.#ring,
      sessions: this.#sessions,
      issuer: issuer?.signIn,
      note: async (action, actor, ended) => this.#records?.noteSession(action, actor, ended),
    });
  }

  get isOpen(): boolean {
    const { keysFile, jwtIssuer } = this.#options;
    return this.#ring.size === 0 && keysFile === "" && jwtIssuer === "" && this.#certificates.size === 0;
  }

  authenticate(headers: HeaderFields, { certificateName }: Peer, method = "POST"): Caller | Promise<Caller> {
    if (this.isOpen) return ANYONE;
    const secret = shownSecret(headers);
    if (secret !== undefined) {
      if (this.#tokens && Tokens.isToken(secret)) return this.#tokens.callerOf(secret);
      return this.#ring.callerOf(secret);
    }
    const signedIn = this.#sessions.callerOf(headers, method);
    if (signedIn) return signedIn;
    if (certificateName !== undefined) return this.#certified(certificateName);
    if (this.#anonymous) return this.#anonymous;
    throw noCredentials();
  }

  async open(): Promise<void> {
    await this.#read();
    this.#arm();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancel();
    await this.#flush();
  }

  #certified(name: string): Caller {
    const caller = this.#certificates.get(name) ?? this.#anonymous;
    if (caller) return caller;
    throw unknownCredentials();
  }

  #arm(): void {
    if (this.#isClosed) return;
    this.#cancel = this.#options.clock.after(this.#options.pollMs, () => {
      // Reports its own errors and never rejects.
      void this.#look().then(() => this.#arm());
    });
  }

  async #look(): Promise<void> {
    const { clock, logger } = this.#options;
    try {
      await this.#read();
      if (clock.now() - this.#flushedMs >= FLUSH_MS) await this.#flush();
    } catch (thrown) {
      // What was known goes on: a lost connection neither opens nor closes the door.
      logger.error("keys cannot be read", { reason: PlatformError.from(thrown).message });
    }
  }

  /** Reads the keys if something has changed; one after another, so that no older reading replaces a newer one. */
  async #read(): Promise<void> {
    const turn = this.#reading.then(async () => this.#readOnce());
    this.#reading = turn.catch(() => {});
    await turn;
  }

  async #readOnce(): Promise<void> {
    const { keysFile, clock } = this.#options;
    const changeId = (await this.#records?.changeId()) ?? 0;
    const stamp = `${keysFile === "" ? "" : keyFileStamp(keysFile)} ${changeId}`;
    if (stamp === this.#seen) return;
    await this.#readEnds(changeId);
    const rows = (await this.#records?.all()) ?? [];
    const filed = keysFile === "" ? [] : readKeyFile(keysFile);
    this.#ring.replace([...filed, ...rows.map(storedKey)]);
    const day = dayOf(clock);
    const used = await this.#records?.usedToday(day);
    for (const [id, rate] of this.#ring.rates()) rate.setToday(day, used?.get(id) ?? 0);
    this.#seen = stamp;
  }

  /** Learns which sessions were ended up to a change, here before a restart or on another server. */
  async #readEnds(changeId: number): Promise<void> {
    const { clock, sessionHours } = this.#options;
    const since = performance.timeOrigin + clock.now() - sessionHours * 3_600_000;
    const ends = await this.#records?.sessionsEnded(this.#endsSeen, new Date(since).toISOString());
    for (const ended of ends ?? []) this.#sessions.learnEnd(ended);
    this.#endsSeen = changeId;
  }

  /** Adds what was counted to the records; what cannot be added is tried again. */
  async #flush(): Promise<void> {
    this.#flushedMs = this.#options.clock.now();
    if (!this.#records) return;
    for (const [id, rate, lastUsedMs] of this.#ring.rates()) {
      const counted = rate.unsaved();
      if (!counted) continue;
      try {
        rate.setToday(counted.day, await this.#records.addUsage(id, counted.day, counted.requests));
        await this.#records.setLastUsed(id, new Date(lastUsedMs).toISOString());
      } catch (thrown) {
        rate.restore(counted);
        this.#options.logger.warn("use of a key is not kept yet", {
          reason: PlatformError.from(thrown).message,
        });
      }
    }
  }

  #management(records: KeyRecords): Keys {
    const after = async <T>(change: Promise<T>): Promise<T> => {
      const result = await change;
      await this.#read();
      return result;
    };
    return {
      list: async () => {
        await this.#flush();
        const rows = await records.all();
        return rows.map((row) => ({ ...shownKey(row), requestsToday: this.#ring.today(row.id) }));
      },
      create: async (spec, actor) => {
        if (this.isOpen) checkFirst(spec);
        return await after(records.create(spec, actor));
      },
      rotate: async (id, overlapSeconds, actor) => after(records.rotate(id, overlapSeconds, actor)),
      revoke: async (id, actor) => after(records.revoke(id, actor)),
    };
  }
}

/** From the first key on everybody is asked for one: without an administrator nobody could make a second. */
function checkFirst({ role, models }: KeySpec): void {
  if (role === "admin" && models.includes("*")) return;
  throw new PlatformError("failed_precondition", "the first key is for an administrator of all models", {
    field: "role",
    got: role,
    expected: "admin",
    hint: "sirve keys create --name me --role admin, then others with that key",
  });
}
