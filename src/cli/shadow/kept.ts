import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock } from "../../base/index.ts";
import type { Exchanged } from "./mirror.ts";

/** A larger body is handed on and not kept. */
const MAX_KEPT_BYTES = 16 * 1024 * 1024;

/** Headers that say what a request's body is; the caller's key is not the new server's business. */
const OF_BODY = ["content-type", "content-encoding", "inference-header-content-length"];

interface Told {
  readonly clock: Clock;
  readonly onAnswered: (exchanged: Exchanged) => void;
  readonly onLost: () => void;
}

/** Copies what passes of one request, and hands it over once its answer has been sent whole. */
export class Kept {
  readonly #told: Told;
  readonly #incoming: IncomingMessage;
  readonly #body: () => Buffer | undefined;
  #isOver = false;

  constructor(incoming: IncomingMessage, told: Told) {
    this.#told = told;
    this.#incoming = incoming;
    this.#body = copyOf(incoming);
    incoming.once("aborted", () => this.lost());
  }

  /** The old server's answer begins. */
  answered(answer: IncomingMessage, response: ServerResponse, startedMs: number): void {
    const bytes = copyOf(answer);
    let tookMs = 0;
    answer.once("end", () => (tookMs = this.#told.clock.now() - startedMs));
    response.once("close", () => {
      const [sent, got] = [this.#body(), bytes()];
      if (!response.writableFinished || !sent || !got) {
        this.lost();
        return;
      }
      this.#settle(() => {
        const header = (name: string) => answer.headersDistinct[name]?.[0];
        const whole = { status: answer.statusCode ?? 0, header, bytes: got };
        this.#told.onAnswered({ headers: this.#headers(), body: sent, answer: whole, tookMs });
      });
    });
  }

  /** There is nothing to compare. */
  lost(): void {
    this.#settle(() => this.#told.onLost());
  }

  #settle(tell: () => void): void {
    if (this.#isOver) return;
    this.#isOver = true;
    tell();
  }

  #headers(): Record<string, string> {
    const { headersDistinct } = this.#incoming;
    const found = OF_BODY.map((name) => [name, headersDistinct[name]?.[0]] as const);
    return Object.fromEntries(found.filter((one): one is [string, string] => one[1] !== undefined));
  }
}

/** What has passed of a stream; undefined if it was too much. */
function copyOf(stream: IncomingMessage): () => Buffer | undefined {
  let chunks: Buffer[] = [];
  let bytes = 0;
  stream.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MAX_KEPT_BYTES) chunks = [];
    else chunks.push(chunk);
  });
  return () => (bytes > MAX_KEPT_BYTES ? undefined : Buffer.concat(chunks));
}
