import type { Clock } from "../../base/index.ts";
import { loadLine, type ModelRows, type VersionRow } from "../models-table.ts";
import { safeText } from "../safe-text.ts";

/** What is followed: the control plane of a server that has started. */
export interface LoadSource {
  isReady(): boolean;
  list(): readonly ModelRows[];
}

/** How the progress is told. */
export interface LoadReporter {
  /** A version began to load, is ready, or has failed. */
  changed(line: string): void;
  /** So many of so many versions are settled; on a terminal drawn as a bar. */
  progress(settled: number, all: number): void;
}

const POLL_MS = 25;

/**
 * Tells of every load until the first look at the folder is settled. `isOver` says that the
 * server ended meanwhile.
 */
export async function followLoads(
  source: LoadSource,
  reporter: LoadReporter,
  { clock, isOver }: { readonly clock: Clock; readonly isOver: () => boolean },
): Promise<void> {
  const seen = new Map<string, string>();
  for (;;) {
    const isSettled = source.isReady();
    tellChanges(source.list(), seen, reporter);
    if (isSettled || isOver()) return;
    await new Promise<void>((resolve) => void clock.after(POLL_MS, resolve));
  }
}

function tellChanges(models: readonly ModelRows[], seen: Map<string, string>, reporter: LoadReporter): void {
  let settled = 0;
  let all = 0;
  for (const { model, versions } of models) {
    for (const version of versions.filter(({ state }) => state !== "unloaded")) {
      all += 1;
      if (version.state !== "loading") settled += 1;
      const key = `${model}/${version.version}`;
      if (seen.get(key) === version.state || !isTold(version)) continue;
      seen.set(key, version.state);
      reporter.changed(safeText(loadLine(model, version)));
    }
  }
  reporter.progress(settled, all);
}

const isTold = ({ state }: VersionRow) => state === "loading" || state === "ready" || state === "failed";

const BAR_WIDTH = 24;

/** A bar that is written over on a terminal, and erased at the end; plain lines elsewhere. */
export function loadReporter(write: (text: string) => void, isTerminal: boolean): LoadReporter {
  if (!isTerminal) return { changed: (line) => write(`${line}\n`), progress: () => {} };
  let last = "";
  let drawn = "";
  return {
    changed: (line) => {
      last = line;
    },
    progress: (settled, all) => {
      const filled = all === 0 ? BAR_WIDTH : Math.floor((settled / all) * BAR_WIDTH);
      const bar = "█".repeat(filled) + "░".repeat(BAR_WIDTH - filled);
      const shown = settled === all ? "" : `${bar} ${settled}/${all} ${last}`.slice(0, 78);
      // The cursor goes back to the start, so that a log line takes the place of the bar.
      if (shown !== drawn) write(`\u001b[2K${shown}\r`);
      drawn = shown;
    },
  };
}
