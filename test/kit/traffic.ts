import type { Wire, WireAnswer, WireClients, WireRequest } from "./four-wires.ts";
import { until } from "./until.ts";

/** Requests that go on until they are stopped: one after the other on each wire. */
export class Traffic {
  readonly versions = new Set<number>();
  readonly failures: WireAnswer[] = [];
  /** Answers so far. */
  answered = 0;
  readonly #under: Promise<void[]>;
  #isStopped = false;

  constructor(clients: WireClients, request: WireRequest, wires: readonly Wire[]) {
    const ask = async (wire: Wire): Promise<void> => {
      try {
        while (!this.#isStopped) this.#count(await clients.infer(wire, request));
      } catch (thrown) {
        // No answer at all: the connection broke.
        this.#count({ ok: false, status: 0, message: String(thrown), retryAfter: null });
      }
    };
    this.#under = Promise.all(wires.map(ask));
  }

  /** Waits for this many more answers. */
  async more(answers: number): Promise<void> {
    const enough = this.answered + answers;
    await until(`${enough} answers`, () => this.answered >= enough);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#under;
  }

  #count(answer: WireAnswer): void {
    this.answered += 1;
    if (answer.ok) this.versions.add(answer.version);
    else this.failures.push(answer);
  }
}
