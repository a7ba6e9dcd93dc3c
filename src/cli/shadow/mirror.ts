import { type Clock, PlatformError } from "../../base/index.ts";
import { type SirveClient, SirveError } from "../../client/index.ts";
import { outputsOf, type RawAnswer } from "./answer-values.ts";
import { compareOutputs } from "./compare.ts";
import type { Tally } from "./tally.ts";
import type { ShadowWire } from "./wire.ts";

/** A request that the old server has answered. */
export interface Exchanged {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly answer: RawAnswer;
  readonly tookMs: number;
}

export interface MirrorOptions {
  readonly client: SirveClient;
  readonly wire: ShadowWire;
  /** Where the new model is asked. */
  readonly path: string;
  readonly tolerance: number;
  readonly tally: Tally;
  readonly clock: Clock;
}

/** Requests to the new model at once. */
const CONCURRENCY = 4;
/** What may wait for it; more is dropped, so that the old server's clients never wait. */
const MAX_WAITING = 256;
const MAX_WAITING_BYTES = 64 * 1024 * 1024;

/** Repeats what the old server has answered to the new model, and compares. */
export class Mirror {
  readonly #options: MirrorOptions;
  readonly #waiting: Exchanged[] = [];
  #waitingBytes = 0;
  #running = 0;
  #idle = Promise.withResolvers<void>();

  constructor(options: MirrorOptions) {
    this.#options = options;
    this.#idle.resolve();
  }

  /** Takes a request up, or drops it. Returns at once. */
  offer(exchanged: Exchanged): void {
    const { tally } = this.#options;
    const bytes = bytesOf(exchanged);
    if (this.#waiting.length >= MAX_WAITING || this.#waitingBytes + bytes > MAX_WAITING_BYTES) {
      tally.dropped += 1;
      return;
    }
    if (this.#running === 0) this.#idle = Promise.withResolvers();
    this.#waiting.push(exchanged);
    this.#waitingBytes += bytes;
    this.#next();
  }

  /** Resolves once nothing waits or runs. */
  async idle(): Promise<void> {
    await this.#idle.promise;
  }

  #next(): void {
    while (this.#running < CONCURRENCY) {
      const exchanged = this.#waiting.shift();
      if (!exchanged) break;
      this.#waitingBytes -= bytesOf(exchanged);
      this.#running += 1;
      // Counts its own failure and never rejects.
      void this.#repeat(exchanged).finally(() => {
        this.#running -= 1;
        this.#next();
      });
    }
    if (this.#running === 0) this.#idle.resolve();
  }

  async #repeat({ headers, body, answer, tookMs }: Exchanged): Promise<void> {
    const { client, path, tally, wire, tolerance, clock } = this.#options;
    tally.mirrored += 1;
    const startedMs = clock.now();
    try {
      const blob = new Blob([new Uint8Array(body)]);
      const ours = await client.request({ method: "POST", path, headers, body: blob, isRepeatable: false });
      const oursMs = clock.now() - startedMs;
      if (answer.status >= 400) tally.refused(answer.status, ours.status);
      else {
        const old = await outputsOf(wire, answer).catch(() => undefined);
        if (!old) {
          tally.oldFailed += 1; // What cannot be read is no answer to compare with.
          return;
        }
        const header = (name: string) => ours.headers.get(name) ?? undefined;
        const other = await outputsOf(wire, { status: ours.status, header, bytes: ours.bytes });
        tally.compared(compareOutputs(old, other, tolerance));
      }
      tally.took(tookMs, oursMs);
    } catch (thrown) {
      this.#failed(thrown, answer.status);
    }
  }

  #failed(thrown: unknown, oldStatus: number): void {
    const { tally } = this.#options;
    const status = thrown instanceof SirveError ? thrown.status : 0;
    // A full queue says nothing of the model: it is dropped first.
    if (status === 429) tally.dropped += 1;
    else if (isRefusal(status, oldStatus)) tally.refused(oldStatus, status);
    else tally.failed(thrown instanceof Error ? thrown.message : PlatformError.from(thrown).message);
  }
}

/** V2 servers say 500, too, of a request that they cannot read: it is a refusal where the old server refused. */
function isRefusal(status: number, oldStatus: number): boolean {
  return (status >= 400 && status < 500) || (status === 500 && oldStatus >= 400);
}

const bytesOf = ({ body, answer }: Exchanged) => body.length + answer.bytes.length;
