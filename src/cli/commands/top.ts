import { Command } from "commander";
import pc from "picocolors";
import type { LoadSample } from "../../client/index.ts";
import { addPrintingOptions, type PrintingOptions, withServer } from "../client-options.ts";
import { onInterrupt } from "../interrupt.ts";
import { print, render } from "../output.ts";
import { bytesText, millisText, significant } from "../quantity.ts";
import { safeText } from "../safe-text.ts";
import { type Cell, renderTable } from "../table.ts";

type VersionLoad = LoadSample["versions"][number];

interface TopOptions extends PrintingOptions {
  readonly once: boolean;
}

const HELP = `
Examples:
  $ sirve top
  $ sirve top --once -o json

Shown are versions that had something to do in the last two seconds. COST is the CPU time of one request; WAITING are
rows in the queue now. Ctrl-C ends it.`;

/** `sirve top`: what each version does, as the server tells it every two seconds. */
export function command(): Command {
  const made = new Command("top")
    .description("Watch latency, throughput, queue and cost of each model of a running server.")
    .option("--once", "print the next interval and end", false);
  return addPrintingOptions(made).addHelpText("after", HELP).action(top);
}

async function top(options: TopOptions): Promise<void> {
  const interrupt = onInterrupt();
  try {
    await withServer(options, async (server) => {
      for await (const { event, data } of server.events({ load: true, signal: interrupt.stop })) {
        if (event !== "load") continue;
        await show((data as LoadSample).versions, options);
        if (options.once) return;
      }
    });
  } catch (thrown) {
    if (!interrupt.stop.aborted) throw thrown;
  } finally {
    interrupt.release();
  }
}

async function show(loads: readonly VersionLoad[], { output, once, url }: TopOptions): Promise<void> {
  const text = await render(loads, output, () => loadsTable(loads));
  if (once || output !== "table" || !process.stdout.isTTY) print(text);
  // Home, then clear to the end: without the flicker of clearing first.
  else print(`\u001b[H\u001b[J${pc.dim(headOf(url))}\n\n${text}`);
}

const headOf = (url: string) => `${safeText(url)} · every two seconds · Ctrl-C ends`;

function loadsTable(loads: readonly VersionLoad[]): string {
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
    ...[p50Ms, p99Ms, queueMs, computeMs].map((ms) => millisText(ms ?? Number.NaN)),
    significant(rowsPerRun ?? Number.NaN),
    millisText(load.costUs === null ? Number.NaN : load.costUs / 1000),
    significant(load.cpus),
    load.waitingRows,
    bytesText(load.memoryBytes),
  ];
}
