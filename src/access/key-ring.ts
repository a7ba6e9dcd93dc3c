import type { Clock } from "../base/index.ts";
import type { Caller, Role } from "../model/index.ts";
import { unknownCredentials } from "./credentials.ts";
import { matcher } from "./patterns.ts";
import { Rate, type RateLimits } from "./rate.ts";
import { hashOf, idOf, isSameHash } from "./secret.ts";

/** A key as it is kept: without the key itself. */
export interface StoredKey extends RateLimits {
  readonly id: string;
  readonly name: string;
  /** SHA-256 of the secret, hex. */
  readonly hash: string;
  /** The one before the last rotation, which counts until `previousUntil`. */
  readonly previousHash?: string | undefined;
  readonly previousUntil?: string | undefined;
  readonly role: Role;
  readonly models: readonly string[];
  readonly expiresAt?: string | undefined;
  readonly revokedAt?: string | undefined;
}

interface Held {
  key: StoredKey;
  caller: Caller;
  readonly rate: Rate;
  lastUsedMs: number;
}

/** The keys in memory, where each request finds its own. */
export class KeyRing {
  readonly #clock: Clock;
  #held = new Map<string, Held>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many there are, revoked and expired ones too. */
  get size(): number {
    return this.#held.size;
  }

  /** Takes over all keys; counts of those that stay go on. */
  replace(keys: readonly StoredKey[]): void {
    this.#held = new Map(keys.map((key) => [key.id, this.#hold(key)]));
  }

  /** @throws PlatformError `unauthenticated`, or `resource_exhausted` if it asks too often. */
  callerOf(secret: string): Caller {
    const held = this.#held.get(idOf(secret) ?? "");
    const now = performance.timeOrigin + this.#clock.now();
    // Made for unknown keys too, so that they take as long.
    const hash = hashOf(secret);
    return this.#use(held, (one) => isSameHash(one, hash), now);
  }

  /**
   * The same for a key that was shown before, of whose hash `stamp` is the beginning.
   *
   * @throws PlatformError as {@link callerOf}.
   */
  callerOfStamp(id: string, stamp: string): Caller {
    const now = performance.timeOrigin + this.#clock.now();
    return this.#use(this.#held.get(id), (hash) => stampOf(hash) === stamp, now);
  }

  #use(held: Held | undefined, isShown: (hash: string) => boolean, now: number): Caller {
    if (!held || !isGood(held.key, isShown, now)) throw unknownCredentials();
    held.rate.take(held.key);
    held.lastUsedMs = now;
    return held.caller;
  }

  /** Rates by id, to be kept. */
  *rates(): Iterable<readonly [id: string, rate: Rate, lastUsedMs: number]> {
    for (const [id, { rate, lastUsedMs }] of this.#held) yield [id, rate, lastUsedMs];
  }

  today(id: string): number {
    return this.#held.get(id)?.rate.today ?? 0;
  }

  #hold(key: StoredKey): Held {
    const { rate = new Rate(this.#clock), lastUsedMs = 0 } = this.#held.get(key.id) ?? {};
    const { role, models } = key;
    const caller = Object.freeze({ id: `key:${key.id}`, role, models, mayUse: matcher(models) });
    return { key, caller, rate, lastUsedMs };
  }
}

/** What a session remembers of the secret that it began with. */
export const stampOf = (hash: string): string => hash.slice(0, 16);

function isGood(
  { hash, previousHash, previousUntil, expiresAt, revokedAt }: StoredKey,
  isShown: (hash: string) => boolean,
  now: number,
): boolean {
  if (revokedAt !== undefined) return false;
  if (expiresAt !== undefined && Date.parse(expiresAt) <= now) return false;
  if (isShown(hash)) return true;
  const overlaps = previousUntil !== undefined && Date.parse(previousUntil) > now;
  return overlaps && previousHash !== undefined && isShown(previousHash);
}
