import { type LatencySummary, summarize } from "../bench/statistics.ts";
import type { Example, OutputComparison } from "./compare.ts";

/** What the certificate says of one output. */
export interface OutputVerdict {
  readonly name: string;
  readonly compared: number;
  readonly equal: number;
  readonly largestAbsolute: number;
  readonly largestRelative: number;
}

/** Whether a model may take the place of another, with what it was seen to do. */
export interface Certificate {
  readonly old: string;
  readonly new: string;
  readonly protocol: string;
  readonly tolerance: number;
  /** Requests for a prediction that the old server answered. */
  readonly requests: number;
  /** Of these, sent to the new model as well. */
  readonly mirrored: number;
  /** Of these, answered by both in a way that compares. */
  readonly compared: number;
  readonly equal: number;
  readonly different: number;
  /** Not sent, or turned away by a full queue: there was more than the mirror takes. */
  readonly dropped: number;
  /** Not answered by the new model although the old one answered. */
  readonly failed: number;
  /** Not answered by the old one: 429 and 5xx say nothing of a model. */
  readonly oldFailed: number;
  readonly outputs: readonly OutputVerdict[];
  readonly examples: readonly string[];
  readonly latencyMs: { readonly old: LatencySummary; readonly new: LatencySummary };
  readonly verdict: "equivalent" | "not equivalent" | "nothing compared";
}

/** Examples of differences and failures that are kept. */
const MAX_EXAMPLES = 5;
/** Outputs that are told apart: names are what the servers send. */
const MAX_OUTPUTS = 1000;
/** Latest latencies that quantiles are taken of. */
const MAX_LATENCIES = 100_000;

/** Counts how the new model compares with the old one. */
export class Tally {
  requests = 0;
  mirrored = 0;
  dropped = 0;
  oldFailed = 0;
  #failed = 0;
  #equal = 0;
  #different = 0;
  readonly #outputs = new Map<string, OutputVerdict>();
  readonly #examples: string[] = [];
  readonly #oldMs: number[] = [];
  readonly #newMs: number[] = [];

  /** Requests of which all is known. */
  get settled(): number {
    return this.dropped + this.oldFailed + this.#failed + this.#equal + this.#different;
  }

  failed(reason: string): void {
    this.#failed += 1;
    this.#note(`the new model failed: ${reason}`);
  }

  /** Both refused, or one of them. */
  refused(old: number, other: number): void {
    if (old < 400 === other < 400) this.#equal += 1;
    else {
      this.#different += 1;
      this.#note(`the old server answered ${old}, the new one ${other}`);
    }
  }

  compared(outputs: readonly OutputComparison[]): void {
    const isEqual = outputs.every((one) => one.isEqual);
    if (isEqual) this.#equal += 1;
    else this.#different += 1;
    for (const one of outputs) {
      this.#add(one);
      if (one.example) this.#note(exampleText(one.example));
    }
  }

  took(oldMs: number, newMs: number): void {
    const at = (this.#equal + this.#different) % MAX_LATENCIES;
    this.#oldMs[Math.min(at, this.#oldMs.length)] = oldMs;
    this.#newMs[Math.min(at, this.#newMs.length)] = newMs;
  }

  certificate(subject: Pick<Certificate, "old" | "new" | "protocol" | "tolerance">): Certificate {
    const compared = this.#equal + this.#different;
    const isBad = this.#different > 0 || this.#failed > 0;
    return {
      ...subject,
      requests: this.requests,
      mirrored: this.mirrored,
      compared,
      equal: this.#equal,
      different: this.#different,
      dropped: this.dropped,
      failed: this.#failed,
      oldFailed: this.oldFailed,
      outputs: [...this.#outputs.values()],
      examples: this.#examples,
      latencyMs: {
        old: summarize(Float64Array.from(this.#oldMs)),
        new: summarize(Float64Array.from(this.#newMs)),
      },
      verdict: isBad ? "not equivalent" : compared === 0 ? "nothing compared" : "equivalent",
    };
  }

  #add({ name, isEqual, largestAbsolute, largestRelative }: OutputComparison): void {
    const seen = this.#outputs.get(name);
    if (!seen && this.#outputs.size >= MAX_OUTPUTS) return;
    this.#outputs.set(name, {
      name,
      compared: (seen?.compared ?? 0) + 1,
      equal: (seen?.equal ?? 0) + Number(isEqual),
      largestAbsolute: Math.max(seen?.largestAbsolute ?? 0, largestAbsolute),
      largestRelative: Math.max(seen?.largestRelative ?? 0, largestRelative),
    });
  }

  #note(text: string): void {
    if (this.#examples.length < MAX_EXAMPLES) this.#examples.push(text);
  }
}

function exampleText({ output, index, old, new: other }: Example): string {
  const place = index === undefined ? output : `${output}[${index}]`;
  return `${place}: the old server answered ${old}, the new one ${other}`;
}
