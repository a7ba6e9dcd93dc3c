import { Command } from "commander";
import pc from "picocolors";
import { type Clock, systemClock } from "../../base/index.ts";
import type { SirveClient } from "../../client/index.ts";
import { addPrintingOptions, type PrintingOptions, positiveInteger, withServer } from "../client-options.ts";
import { onInterrupt } from "../interrupt.ts";
import { print, render } from "../output.ts";
import { bytesText, millisText, significant } from "../quantity.ts";
import { safeText } from "../safe-text.ts";
import { type Cell, renderTable } from "../table.ts";
import { parseMetrics } from "../top/metrics-text.ts";
import { type Reading, type VersionLoad, versionLoads } from "../top/version-load.ts";

interface TopOptions extends PrintingOptions {
  readonly intervalMs: number;
  readonly once: boolean;
}

const HELP = `
Examples:
  $ sirve top
  $ sirve top --once -o json

COST is the CPU time of one request; WAITING are rows in the queue now. Ctrl-C ends it.`;

/** `sirve top`: what each version does, from the server's /metrics. */
export function command(): Command {
  const made = new Command("top")
    .description("Watch latency, throughput, queue and cost of each model of a running server.")
    .option("--interval-ms <n>", "time between two readings, in milliseconds", positiveInteger, 2000)
    .option("--once", "print one interval and end", false);
  return addPrintingOptions(made).addHelpText("after", HELP).action(top);
}

async function top(options: TopOptions): Promise<void> {
  const interrupt = onInterrupt();
  try {
    await withServer(options, async (server) => {
      let before = await read(server);
      do {
        await pause(options.intervalMs, systemClock, interrupt.stop);
        if (interrupt.stop.aborted) return;
        const after = await read(server);
        await show(versionLoads(before, after), options);
        before = after;
      } while (!options.once);
    });
  } finally {
    interrupt.release();
  }
}

async function read(server: SirveClient): Promise<Reading> {
  const answer = await server.request({ method: "GET", path: "/metrics" });
  return { at: systemClock.now(), samples: parseMetrics(answer.text()) };
}

async function show(
  loads: readonly VersionLoad[],
  { output, once, url, intervalMs }: TopOptions,
): Promise<void> {
  const text = await render(loads, output, () => loadsTable(loads));
  if (once || output !== "table" || !process.stdout.isTTY) print(text);
  // Home, then clear to the end: without the flicker of clearing first.
  else print(`\u001b[H\u001b[J${pc.dim(headOf(url, intervalMs))}\n\n${text}`);
}

const headOf = (url: string, intervalMs: number) =>
  `${safeText(url)} · every ${millisText(intervalMs)} · Ctrl-C ends`;

function loadsTable(loads: readonly VersionLoad[]): string {
  if (loads.length === 0) return "no models";
  const titles = [
    "REQ/S",
    "FAIL/S",
    "P50",
    "P99",
    "QUEUE",
    "COMPUTE",
    "ROWS/RUN",
    "COST",
    "CPUS",
    "WAITING",
    "MEMORY",
  ];
  const columns = [{ title: "MODEL" }, { title: "VERSION", align: "right" } as const];
  return renderTable(
    [...columns, ...titles.map((title) => ({ title, align: "right" }) as const)],
    loads.map((load) => loadRow(load)),
  );
}

function loadRow(load: VersionLoad): Cell[] {
  const { requestsPerSecond, failuresPerSecond, p50Ms, p99Ms, queueMs, computeMs, rowsPerRun } = load;
  return [
    load.model,
    load.version,
    significant(requestsPerSecond),
    failuresPerSecond > 0 ? { colored: pc.red(significant(failuresPerSecond)) } : 0,
    ...[p50Ms, p99Ms, queueMs, computeMs].map(millisText),
    significant(rowsPerRun),
    millisText(load.costUs / 1000),
    significant(load.cpus),
    load.waitingRows,
    bytesText(load.memoryBytes),
  ];
}

async function pause(ms: number, clock: Clock, stop: AbortSignal): Promise<void> {
  if (stop.aborted) return;
  await new Promise<void>((resolve) => {
    const cancel = clock.after(ms, () => {
      stop.removeEventListener("abort", end);
      resolve();
    });
    const end = () => {
      cancel();
      resolve();
    };
    stop.addEventListener("abort", end, { once: true });
  });
}
