import type { Clock, Deadline, Deadlines, PlatformError } from "../base/index.ts";
import {
  type LoadTestProgress,
  type LoadTestReport,
  ownContext,
  type Payload,
  type PredictRequest,
  type RequestContext,
} from "../model/index.ts";
import { sampleInputs } from "../runtimes/index.ts";
import { settingsOf } from "./load-settings.ts";
import { LoadTestTally } from "./load-test-tally.ts";
import type { LoadedVersion } from "./loaded-version.ts";
import { VersionObserver } from "./observed.ts";
import { putUnderLoad } from "./put-under-load.ts";

/** What a test is to do. */
export interface LoadPlan {
  readonly model: string;
  readonly version: number;
  /** What each request asks; undefined: one row that is made up. */
  readonly asked: { readonly payload: Payload; readonly outputs?: readonly string[] | undefined } | undefined;
  readonly seconds: number;
  readonly concurrency: number;
}

/** What a copy is asked with. */
export interface LoadTestParts {
  /** Answers as for clients, but for the bill. */
  readonly answer: (
    loaded: LoadedVersion,
    request: PredictRequest,
    context: RequestContext,
  ) => Promise<unknown>;
  /** Longest that one request may take, in milliseconds; 0: no limit. */
  readonly deadlineMs: number;
  readonly deadlines: Deadlines;
  readonly clock: Clock;
}

const PROGRESS_MS = 500;
/** Time for the requests that are under way when the last was started, in milliseconds. */
const LAST_MS = 10_000;

/** One test of one copy, which is its alone. */
export class LoadTest {
  readonly #plan: LoadPlan;
  readonly #parts: LoadTestParts;
  #tally = new LoadTestTally();

  constructor(plan: LoadPlan, parts: LoadTestParts) {
    this.#plan = plan;
    this.#parts = parts;
  }

  /** What counts what the copy does. */
  createObserver(): VersionObserver {
    const meter = {
      answered: (...args: Parameters<LoadTestTally["answered"]>) => this.#tally.answered(...args),
      failed: (error: PlatformError) => this.#tally.failed(error),
      batch: (event: Parameters<LoadTestTally["batch"]>[0]) => this.#tally.batch(event),
      watch: () => {},
      close: () => {},
    };
    return new VersionObserver(meter, this.#parts.clock);
  }

  /**
   * Asks once, which is not counted: what is asked may be none that the version takes.
   *
   * @throws PlatformError what the request threw.
   */
  async tryOnce(copy: LoadedVersion, deadline: Deadline): Promise<void> {
    await this.#ask(copy, this.#requestOf(copy), deadline);
    this.#tally = new LoadTestTally();
  }

  /**
   * Makes the load and tells `onProgress` every half second.
   *
   * @throws PlatformError the reason of `deadline` as soon as it ends.
   */
  async run(
    copy: LoadedVersion,
    deadline: Deadline,
    onProgress: (progress: LoadTestProgress) => void,
  ): Promise<LoadTestReport> {
    const { clock, deadlines } = this.#parts;
    const { seconds, concurrency, model, version } = this.#plan;
    const request = this.#requestOf(copy);
    const last = deadlines.within(deadline, seconds * 1000 + LAST_MS);
    const startMs = clock.now();
    const stopTelling = repeat(clock, () => onProgress(this.#tally.progress(clock.now() - startMs)));
    try {
      const ask = async () => this.#ask(copy, request, last);
      const isOver = () => last.reason !== undefined;
      await putUnderLoad({ concurrency, forMs: seconds * 1000, ask, isOver }, clock);
    } finally {
      stopTelling();
      last.close();
    }
    deadline.check();
    const figures = this.#tally.figures((clock.now() - startMs) / 1000);
    const { inline } = copy.parts;
    return { model, version, concurrency, settings: settingsOf(copy), inline, ...figures };
  }

  async #ask(copy: LoadedVersion, request: PredictRequest, until: Deadline): Promise<void> {
    const { answer, deadlines, deadlineMs } = this.#parts;
    const deadline = deadlines.within(until, deadlineMs > 0 ? deadlineMs : Number.POSITIVE_INFINITY);
    try {
      await answer(copy, request, ownContext("load-test", deadline));
    } finally {
      deadline.close();
    }
  }

  #requestOf({ parts: { session, manifest } }: LoadedVersion): PredictRequest {
    const { model, asked } = this.#plan;
    if (!asked) {
      return { model, payload: { kind: "tensors", tensors: sampleInputs(session.signature, manifest, 1) } };
    }
    const { payload, outputs } = asked;
    return { model, payload, ...(outputs && { outputs }) };
  }
}

/** Calls again and again; the result ends that. */
function repeat(clock: Clock, call: () => void): () => void {
  let cancel = clock.after(PROGRESS_MS, tick);
  function tick(): void {
    call();
    cancel = clock.after(PROGRESS_MS, tick);
  }
  return () => cancel();
}
