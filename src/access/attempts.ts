import { isIPv6 } from "node:net";
import { type Clock, PlatformError } from "../base/index.ts";

/** Failures that an address may have at once, and how soon one of them is forgotten. */
const AT_ONCE = 10;
const FORGOTTEN_MS = 6000;
/** Addresses that are remembered: those that failed last. */
const MOST_ADDRESSES = 10_000;

interface Bucket {
  left: number;
  filledMs: number;
}

/** Failed sign-ins by the address that they came from. */
export class Attempts {
  readonly #clock: Clock;
  readonly #buckets = new Map<string, Bucket>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Does what may turn out to be a wrong guess.
   *
   * @throws PlatformError `resource_exhausted`, without doing it, if the address has guessed wrong too often; what
   *   `work` throws.
   */
  async limit<T>(address: string | undefined, work: () => Promise<T>): Promise<T> {
    const network = networkOf(address ?? "");
    // Taken before, so that many at once count as many.
    this.#take(network);
    try {
      const result = await work();
      this.#giveBack(network);
      return result;
    } catch (thrown) {
      if (PlatformError.from(thrown).code !== "unauthenticated") this.#giveBack(network);
      throw thrown;
    }
  }

  #take(network: string): void {
    const bucket = this.#filled(network);
    if (bucket.left < 1) throw tooMany((1 - bucket.left) * FORGOTTEN_MS);
    bucket.left -= 1;
    this.#buckets.delete(network);
    this.#buckets.set(network, bucket);
    if (this.#buckets.size > MOST_ADDRESSES) this.#buckets.delete(this.#buckets.keys().next().value ?? "");
  }

  #giveBack(network: string): void {
    const bucket = this.#filled(network);
    bucket.left = Math.min(AT_ONCE, bucket.left + 1);
    if (bucket.left === AT_ONCE) this.#buckets.delete(network);
  }

  #filled(network: string): Bucket {
    const now = this.#clock.now();
    const { left, filledMs } = this.#buckets.get(network) ?? { left: AT_ONCE, filledMs: now };
    const bucket = { left: Math.min(AT_ONCE, left + (now - filledMs) / FORGOTTEN_MS), filledMs: now };
    if (this.#buckets.has(network)) this.#buckets.set(network, bucket);
    return bucket;
  }
}

/** An IPv4 address as it is; of an IPv6 address its first 64 bits, which one customer usually has for themselves. */
export function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=[0-9.]+$)/i, "").replace(/%.*$/, "");
  if (!isIPv6(plain)) return plain;
  const [head = "", tail] = plain.split("::");
  const groups = head === "" ? [] : head.split(":");
  const behind =
    tail === undefined || tail === "" ? 0 : tail.split(":").length + (tail.includes(".") ? 1 : 0);
  const zeros = tail === undefined ? 0 : 8 - groups.length - behind;
  const all = [...groups, ...Array<string>(zeros).fill("0"), ...(tail ?? "").split(":")];
  return all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":");
}

function tooMany(waitMs: number): PlatformError {
  return new PlatformError("resource_exhausted", "too many failed sign-ins from this address", {
    field: "key",
    expected: `at most ${AT_ONCE} at once, and one in ${FORGOTTEN_MS / 1000} seconds`,
    retryAfterMs: Math.ceil(waitMs),
  });
}
