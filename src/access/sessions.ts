import { randomBytes } from "node:crypto";
import { type Clock, PlatformError } from "../base/index.ts";
import { type Caller, ROLES, type Role } from "../model/index.ts";
import { printCookie, readCookie } from "./cookie.ts";
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

/** A session that was given back before its time. */
export interface EndedSession {
  readonly session: string;
  /** Milliseconds since 1970 at which it would have ended. */
  readonly until: number;
}

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

const NAME = "sirve_session";
const PURPOSE = "session";
const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);
/** Sessions that were ended before their time and are remembered. */
const MOST_ENDED = 100_000;
/** Browsers keep no cookie of more than 4096 with its name. */
const MOST_CHARACTERS = 4000;

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
    return this.#start({ key, stamp });
  }

  /**
   * Of somebody whom an issuer named: they keep role and models for as long as the session holds.
   *
   * @throws PlatformError `permission_denied` if they are for more models than fit into a cookie.
   */
  startOfToken({ id, role, models = ["*"] }: Caller): Session {
    const session = this.#start({ subject: id, role, models });
    if (session.cookie.length <= MOST_CHARACTERS) return session;
    throw new PlatformError("permission_denied", "the token is for more models than fit into a cookie", {
      field: "access.jwtModelsClaim",
      got: `${models.length} models`,
      expected: `a cookie of at most ${MOST_CHARACTERS} characters`,
      hint: 'use patterns such as "churn*"',
    });
  }

  /**
   * Who the cookie of a request says it is; undefined if it has none that is good.
   *
   * @throws PlatformError `permission_denied` if the request changes something and does not show the session's proof.
   */
  callerOf(headers: HeaderFields, method: string): Caller | undefined {
    const opened = this.#openIn(headers);
    const caller = opened && this.#callerOf(opened.content);
    if (!caller || SAFE.has(method)) return caller;
    if (!this.#isShown(opened.cookie, headers["x-csrf-token"])) throw noProof();
    return caller;
  }

  /** The session of a request, whether or not its key is still good. */
  of(headers: HeaderFields): Session | undefined {
    const opened = this.#openIn(headers);
    return opened && this.#session(opened.cookie, opened.content);
  }

  /** Ends the session of a request, if it has one; a copy of its cookie is worth nothing on this server from now on. */
  end(headers: HeaderFields): EndedSession | undefined {
    const opened = this.#openIn(headers);
    if (!opened) return undefined;
    const ended = { session: opened.content.id, until: opened.content.until };
    this.learnEnd(ended);
    return ended;
  }

  /** The same for one that was ended on another server. */
  learnEnd({ session, until }: EndedSession): void {
    if (this.#ended.size >= MOST_ENDED) this.#makeRoom();
    this.#ended.set(session, until);
  }

  /** Forgets those whose time is over, which no cookie opens any more; else the one that was ended first. */
  #makeRoom(): void {
    const now = this.#now();
    for (const [id, until] of this.#ended) if (until <= now) this.#ended.delete(id);
    if (this.#ended.size >= MOST_ENDED) this.#ended.delete(this.#ended.keys().next().value ?? "");
  }

  #start(holder: Holder): Session {
    const until = this.#now() + this.#options.hours * 3_600_000;
    const content: Content = { ...holder, id: randomBytes(16).toString("base64url"), until };
    return this.#session(this.#seal.seal(PURPOSE, content), content);
  }

  #session(cookie: string, { until }: Content): Session {
    return { cookie, proof: this.#seal.proofOf(cookie), expiresAt: new Date(until).toISOString() };
  }

  /** What the cookie of a request holds. Whatever opens was sealed here or by a server with the same secret. */
  #openIn(headers: HeaderFields): { readonly cookie: string; readonly content: Content } | undefined {
    const cookie = readCookie(headers["cookie"], NAME);
    if (cookie === undefined) return undefined;
    const content = this.#seal.open(PURPOSE, cookie) as Content | undefined;
    if (!content || content.until <= this.#now() || this.#ended.has(content.id)) return undefined;
    return { cookie, content };
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

/** A Set-Cookie header: of a session, or undefined to forget it. No script of the page can read it. */
export function setCookie(session: Session | undefined, isTls: boolean): string {
  const untilMs = session ? Date.parse(session.expiresAt) : 0;
  return printCookie({ name: NAME, value: session?.cookie ?? "", untilMs }, isTls);
}

function noProof(): PlatformError {
  return new PlatformError("permission_denied", "a change by a signed-in browser needs the session's proof", {
    field: "X-CSRF-Token",
    expected: "csrf of GET /api/v1/session",
    hint: "programs show a key in Authorization instead of a cookie",
  });
}
