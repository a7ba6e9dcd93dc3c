import { PlatformError } from "../../base/index.ts";
import { ScriptWorker, type WorkerSettings } from "./script-worker.ts";

/** The threads or processes of one handler: as many as calls were under way at once. */
export class WorkerPool {
  readonly #settings: WorkerSettings;
  readonly #free: ScriptWorker[] = [];
  readonly #all = new Set<ScriptWorker>();
  #isClosed = false;

  /** Whether they are processes of their own, whose CPU time is not the server's. */
  get isElsewhere(): boolean {
    return this.#settings.isolation === "process";
  }

  constructor(settings: WorkerSettings, first: ScriptWorker) {
    this.#settings = settings;
    this.#all.add(first);
    this.#free.push(first);
  }

  /** A worker that nobody else uses; it may still have to load. */
  take(): ScriptWorker {
    for (let worker = this.#free.pop(); worker; worker = this.#free.pop()) {
      if (!worker.isOver) return worker;
      this.#all.delete(worker);
    }
    const added = new ScriptWorker(this.#settings);
    this.#all.add(added);
    return added;
  }

  give(worker: ScriptWorker): void {
    if (worker.isOver || this.#isClosed) this.#all.delete(worker);
    else this.#free.push(worker);
  }

  close(): void {
    this.#isClosed = true;
    for (const worker of this.#all) worker.end(new PlatformError("unavailable", "the version is unloaded"));
    this.#all.clear();
  }
}
