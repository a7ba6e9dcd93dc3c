import { type Clock, type PlatformError } from "../../base/index.ts";
import { withLines } from "./failure.ts";
import { type GroupUse, groupUses, tasksOfMachine } from "./process-group.ts";
import type { PythonProcess } from "./python-process.ts";

/** What a process and those that it starts may use together. */
export interface GroupLimits {
  readonly maxProcesses: number;
  /** At twice as much a process is ended within its call. */
  readonly maxMemoryBytes?: number | undefined;
}

/** Processes of one version, with their limits. */
export interface Watched {
  readonly processes: Iterable<PythonProcess>;
  readonly limits: GroupLimits;
}

/** How often is looked whether many tasks have been started; a look is one read. */
const LOOK_MS = 100;
/** All processes of the machine are read after so many looks, or once so many tasks have come. */
const LOOKS = 20;
const MANY_TASKS = 16;

/** Ends processes that multiply, or grow far beyond their memory, while their calls run. */
export class ProcessWatch {
  readonly #clock: Clock;
  readonly #watched = new Set<Watched>();
  #forget: (() => void) | undefined;
  #looks = 0;
  #tasks = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The result stops it. */
  add(watched: Watched): () => void {
    this.#watched.add(watched);
    this.#arm();
    return () => {
      this.#watched.delete(watched);
      if (this.#watched.size > 0) return;
      this.#forget?.();
      this.#forget = undefined;
    };
  }

  #arm(): void {
    this.#forget ??= this.#clock.after(LOOK_MS, () => {
      // Never rejects: what cannot be read counts as nothing.
      void this.#look().finally(() => {
        this.#forget = undefined;
        if (this.#watched.size > 0) this.#arm();
      });
    });
  }

  async #look(): Promise<void> {
    this.#looks += 1;
    const tasks = tasksOfMachine();
    if (this.#looks % LOOKS !== 0 && tasks - this.#tasks < MANY_TASKS) return;
    this.#tasks = tasks;
    const uses = await groupUses();
    for (const { processes, limits } of this.#watched) {
      for (const process of processes) {
        const reason = excess(uses.get(process.pid ?? -1), limits);
        if (reason) process.end(reason);
      }
    }
  }
}

/** Why a group goes too far; undefined if it does not. */
export function excess(
  use: GroupUse | undefined,
  { maxProcesses, maxMemoryBytes = Number.POSITIVE_INFINITY }: GroupLimits,
): PlatformError | undefined {
  if (!use) return undefined;
  if (use.processes > maxProcesses) {
    const message = `the handler started ${use.processes - 1} processes, more than python.maxProcesses allows (${maxProcesses})`;
    return withLines("unavailable", message, [], "raise python.maxProcesses in model.json if it needs them");
  }
  if (use.memoryBytes > 2 * maxMemoryBytes) {
    const message = `the handler used ${use.memoryBytes} bytes of memory, twice its python.maxMemoryBytes (${maxMemoryBytes})`;
    return withLines(
      "unavailable",
      message,
      [],
      "raise python.maxMemoryBytes in model.json if it needs them",
    );
  }
  return undefined;
}
