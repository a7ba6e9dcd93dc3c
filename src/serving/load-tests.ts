import { type Deadline, PlatformError } from "../base/index.ts";
import type { Caller, LoadTestProgress, LoadTestReport } from "../model/index.ts";
import type { FoundVersion } from "./folder.ts";
import { type LoadSettings, withSettings } from "./load-settings.ts";
import { type LoadPlan, LoadTest, type LoadTestParts } from "./load-test.ts";
import type { LoaderOptions } from "./load-version.ts";
import type { LoadedVersion } from "./loaded-version.ts";

/** What somebody wants to know. */
export interface LoadTestWish extends Omit<LoadPlan, "version"> {
  /** Undefined: the one that answers for the model's name. */
  readonly version: number | undefined;
  readonly settings: LoadSettings;
  readonly caller: Caller;
}

export interface LoadTestsOptions extends LoadTestParts {
  /** The version of this number, or the one that answers. @throws PlatformError `not_found`, `unavailable`. */
  readonly find: (model: string, version: number | undefined) => Promise<FoundVersion>;
  /** Memory of a version that is loaded, in bytes; undefined if it is not. */
  readonly bytesOf: (model: string, version: number) => number | undefined;
  /** Loads a copy that is nobody's but the test's. */
  readonly load: (
    found: FoundVersion,
    deadline: Deadline,
    more: Pick<LoaderOptions, "createObserver" | "adjust">,
  ) => Promise<LoadedVersion>;
  /** Memory that is left, in bytes. */
  readonly availableBytes: () => number;
}

/** A test that runs. */
export interface RunningTest {
  readonly version: number;
  /** How it goes, and at last what it found. For one reader. @throws PlatformError why it was ended. */
  readonly read: () => AsyncGenerator<TestNews>;
  readonly end: (reason: PlatformError) => void;
}

/** Something that a test tells. */
export type TestNews =
  | { readonly event: "progress"; readonly data: LoadTestProgress }
  | { readonly event: "report"; readonly data: LoadTestReport };

/** One test at a time: a second one would only measure the first. */
export class LoadTests {
  readonly #options: LoadTestsOptions;
  #running:
    | { readonly wish: LoadTestWish; readonly deadline: Deadline; readonly ended: Promise<void> }
    | undefined;
  #isClosed = false;

  constructor(options: LoadTestsOptions) {
    this.#options = options;
  }

  /**
   * Loads a copy, tries one request and begins. The test ends with `deadline` at the latest; its copy is freed
   * whatever happens.
   *
   * @throws PlatformError `resource_exhausted` while another one runs or the memory is short,
   *   `failed_precondition` if the copy does not load, and what the request threw.
   */
  async begin(wish: LoadTestWish, deadline: Deadline): Promise<RunningTest> {
    if (this.#isClosed) throw new PlatformError("unavailable", "the server stops");
    if (this.#running) throw busy(this.#running.wish, wish.caller);
    const own = this.#options.deadlines.within(deadline, Number.POSITIVE_INFINITY);
    const told = new Told();
    const begun = Promise.withResolvers<number>();
    const ended = this.#live(wish, own, { begun, told });
    this.#running = { wish, deadline: own, ended };
    const version = await begun.promise;
    return { version, read: () => told.read(), end: (reason) => own.end(reason) };
  }

  /** Ends the one that runs and begins no other; resolves once its memory is free. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#running?.deadline.end(new PlatformError("unavailable", "the server stops"));
    await this.#running?.ended;
  }

  /** A whole test. Never rejects. */
  async #live(
    wish: LoadTestWish,
    deadline: Deadline,
    { begun, told }: { readonly begun: PromiseWithResolvers<number>; readonly told: Told },
  ): Promise<void> {
    let news: TestNews | PlatformError;
    try {
      const report = await this.#run(wish, deadline, (version, progress) => {
        if (progress) told.add({ event: "progress", data: progress });
        else begun.resolve(version);
      });
      news = { event: "report", data: report };
    } catch (thrown) {
      news = PlatformError.from(thrown);
    }
    deadline.close();
    // Who reads the end may begin the next one at once.
    this.#running = undefined;
    if (news instanceof PlatformError) begun.reject(news);
    told.end(news);
  }

  async #run(
    { settings, version: asked, ...wish }: LoadTestWish,
    deadline: Deadline,
    tell: (version: number, progress?: LoadTestProgress) => void,
  ): Promise<LoadTestReport> {
    const { find, load } = this.#options;
    const found = await find(wish.model, asked);
    this.#checkMemory(found);
    const test = new LoadTest({ ...wish, version: found.version }, this.#options);
    const copy = await load(found, deadline, {
      createObserver: () => test.createObserver(),
      adjust: (manifest) => withSettings(manifest, settings),
    }).catch(asPrecondition);
    try {
      await test.tryOnce(copy, deadline);
      tell(found.version);
      return await test.run(copy, deadline, (progress) => tell(found.version, progress));
    } finally {
      await copy.retire();
    }
  }

  #checkMemory({ model, version, bytes }: FoundVersion): void {
    const { availableBytes, bytesOf } = this.#options;
    const needed = Math.max(bytes, bytesOf(model, version) ?? 0);
    const left = availableBytes();
    if (needed <= left) return;
    throw new PlatformError(
      "resource_exhausted",
      `a copy of ${model} version ${version} takes ${needed} bytes of memory, and ${left} are left`,
      {
        field: "version",
        got: `${needed} bytes`,
        expected: `at most ${left} bytes`,
        hint: "unload what is not needed, or test it on a server with more memory",
      },
    );
  }
}

/** What one reader has not taken yet: a test tells no more than two things a second. */
class Told {
  readonly #waiting: TestNews[] = [];
  #end: PlatformError | undefined;
  #isEnded = false;
  #wake = (): void => {};

  add(news: TestNews): void {
    this.#waiting.push(news);
    this.#wake();
  }

  end(news: TestNews | PlatformError): void {
    this.#isEnded = true;
    if (news instanceof PlatformError) this.#end = news;
    else this.#waiting.push(news);
    this.#wake();
  }

  async *read(): AsyncGenerator<TestNews> {
    for (;;) {
      const news = this.#waiting.shift();
      if (news) yield news;
      else if (this.#isEnded) break;
      else await new Promise<void>((resolve) => void (this.#wake = resolve));
    }
    if (this.#end) throw this.#end;
  }
}

function busy({ model, version, seconds }: LoadTestWish, caller: Caller): PlatformError {
  const which = version === undefined ? model : `${model} version ${version}`;
  const other = caller.mayUse(model) ? which : "another model";
  return new PlatformError("resource_exhausted", `a load test of ${other} runs`, {
    field: "model",
    got: "a second load test",
    expected: "one at a time",
    hint: "wait until it ends",
    retryAfterMs: seconds * 1000,
  });
}

const OURS: ReadonlySet<string> = new Set([
  "cancelled",
  "deadline_exceeded",
  "unavailable",
  "resource_exhausted",
]);

/** What is wrong with the files or the settings is wrong with what was asked, whatever the loader calls it. */
function asPrecondition(thrown: unknown): never {
  const error = PlatformError.from(thrown);
  if (OURS.has(error.code)) throw error;
  throw new PlatformError("failed_precondition", `the copy does not load: ${error.message}`, {
    ...error.details,
    cause: error,
    field: error.details.field ?? "version",
  });
}
