import { randomBytes } from "node:crypto";
import { type Clock, PlatformError } from "../base/index.ts";
import { type Caller, ROLES, type Role } from "../model/index.ts";
import type { HeaderFields } from "./credentials.ts";
import { matcher } from "./patterns.ts";
import { Seal } from "./seal.ts";
import { isSameHash } from "./secret.ts";

/** Who signed in: by a key, whose rights are looked up at each request, or by a token, whose rights the session holds. */
type Holder =
  | { readonly key: string; readonly stamp: string }
  | { readonly subject: string; readonly role: Role; readonly models: readonly string[] };

/** What a cookie holds. */
type Content = Holder & { readonly id: string; readonly until: number };

/** A person's browser that has signed in. */
export interface Session {
  /** The cookie's value. */
  readonly cookie: string;
  /** What requests that change something show in X-CSRF-Token: a page of another origin cannot know it. */
  readonly proof: string;
  readonly expiresAt: string;
}

export interface SessionOptions {
  /** Undefined: sessions end with the process, and hold on this server alone. */
  readonly secret?: string | undefined;
  readonly hours: number;
  readonly clock: Clock;
  /** The caller of a key that is good now, as `stamp` was of it at the sign-in. @throws PlatformError if it is not. */
  readonly callerOfKey: (id: string, stamp: string) => Caller;
}

const PURPOSE = "session";
const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);
/** Sessions that were ended before their time and are remembered. */
const MOST_ENDED = 100_000;

/** Browsers that have signed in. The cookie is the session: it is sealed, and nothing else is kept. */
export class Sessions {
  readonly #options: SessionOptions;
  readonly #seal: Seal;
  /** Ids of sessions that were ended, by when they would have. */
  readonly #ended = new Map<string, number>();

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#seal = new Seal(options.secret);
  }

  startOfKey(key: string, stamp: string): Session {
    return this.#start({ key, stamp }, Number.POSITIVE_INFINITY);
  }

  /** `untilMs`: when the token that it is of expires. */
  startOfToken({ id, role, models = ["*"] }: Caller, untilMs: number): Session {
    return this.#start({ subject: id, role, models }, untilMs);
  }

  /**
   * Who the cookie of a request says it is; undefined if it has none that is good.
   *
   * @throws PlatformError `permission_denied` if the request changes something and does not show the session's proof.
   */
  callerOf(headers: HeaderFields, method: string): Caller | undefined {
    const cookie = sessionCookie(headers["cookie"]);
    const content = cookie === undefined ? undefined : this.#read(cookie);
    if (!content || cookie === undefined) return undefined;
    const caller = this.#callerOf(content);
    if (caller && !SAFE.has(method) && !this.#isShown(cookie, headers["x-csrf-token"])) throw noProof();
    return caller;
  }

  /** The session of a request, whether or not its key is still good. */
  of(headers: HeaderFields): Session | undefined {
    const cookie = sessionCookie(headers["cookie"]);
    const content = cookie === undefined ? undefined : this.#read(cookie);
    return content && cookie !== undefined ? this.#session(cookie, content) : undefined;
  }

  /** Ends the session of a request; a copy of its cookie is worth nothing on this server from now on. */
  end(headers: HeaderFields): void {
    const cookie = sessionCookie(headers["cookie"]);
    const content = cookie === undefined ? undefined : this.#read(cookie);
    if (!content) return;
    const now = this.#now();
    for (const [id, until] of this.#ended) if (until <= now) this.#ended.delete(id);
    if (this.#ended.size >= MOST_ENDED) this.#ended.delete(this.#ended.keys().next().value ?? "");
    this.#ended.set(content.id, content.until);
  }

  #start(holder: Holder, untilMs: number): Session {
    const until = Math.min(this.#now() + this.#options.hours * 3_600_000, untilMs);
    const content: Content = { ...holder, id: randomBytes(16).toString("base64url"), until };
    return this.#session(this.#seal.seal(PURPOSE, content), content);
  }

  #session(cookie: string, { until }: Content): Session {
    return { cookie, proof: this.#seal.proofOf(cookie), expiresAt: new Date(until).toISOString() };
  }

  /** Whatever opens was sealed here or by a server with the same secret. */
  #read(cookie: string): Content | undefined {
    const content = this.#seal.open(PURPOSE, cookie) as Content | undefined;
    if (!content || content.until <= this.#now() || this.#ended.has(content.id)) return undefined;
    return content;
  }

  #callerOf(content: Content): Caller | undefined {
    if (!("key" in content)) {
      const { subject, role, models } = content;
      return ROLES.includes(role) ? { id: subject, role, models, mayUse: matcher(models) } : undefined;
    }
    try {
      return this.#options.callerOfKey(content.key, content.stamp);
    } catch (thrown) {
      // A key that is no longer good ends its sessions; one that asks too often does not.
      if (PlatformError.from(thrown).code === "unauthenticated") return undefined;
      throw thrown;
    }
  }

  #isShown(cookie: string, shown: string | undefined): boolean {
    return shown !== undefined && isSameHash(this.#seal.proofOf(cookie), shown);
  }

  #now(): number {
    return performance.timeOrigin + this.#options.clock.now();
  }
}

/** Under TLS a name that browsers take only from this very host, and only over TLS. */
const NAMES = { plain: "sirve_session", tls: "__Host-sirve_session" } as const;

/** The value of the session's cookie in a Cookie header. */
function sessionCookie(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const pairs = header.split(";").map((pair) => pair.trim());
  for (const name of [NAMES.tls, NAMES.plain]) {
    const pair = pairs.find((one) => one.startsWith(`${name}=`));
    if (pair) return pair.slice(name.length + 1);
  }
  return undefined;
}

/** A Set-Cookie header: of a session, or undefined to forget it. No script of the page can read it. */
export function setCookie(session: Session | undefined, isTls: boolean): string {
  const value = session?.cookie ?? "";
  const expires = session ? new Date(session.expiresAt) : new Date(0);
  return [
    `${isTls ? NAMES.tls : NAMES.plain}=${value}`,
    "Path=/",
    "HttpOnly",
    "SameSite=Lax",
    `Expires=${expires.toUTCString()}`,
    ...(isTls ? ["Secure"] : []),
  ].join("; ");
}

function noProof(): PlatformError {
  return new PlatformError("permission_denied", "a change by a signed-in browser needs the session's proof", {
    field: "X-CSRF-Token",
    expected: "csrf of GET /api/v1/session",
    hint: "programs show a key in Authorization instead of a cookie",
  });
}
