import pc from "picocolors";
import { millisText, significant } from "../quantity.ts";
import { type Cell, renderTable } from "../table.ts";
import type { Wire } from "./bodies.ts";
import type { LoadResult } from "./load.ts";
import type { ServerSplit } from "./server-split.ts";
import { histogram, type LatencySummary, summarize } from "./statistics.ts";

/** What one level of the sweep found, as `-o json` prints it. Times in milliseconds unless named. */
export interface LevelReport {
  readonly wire: Wire;
  readonly concurrency?: number;
  /** Requests per second that were meant to be sent. */
  readonly rate?: number;
  /** Requests per second that succeeded. */
  readonly throughput: number;
  readonly latencyMs: LatencySummary;
  readonly server: ServerSplit | undefined;
  /** Whether three windows in a row agreed. */
  readonly stable: boolean;
  readonly seconds: number;
  readonly errors: Readonly<Record<string, number>>;
  /** Requests an open loop could not send because too many were under way. */
  readonly skipped: number;
}

/** The report of one measurement. */
export function reportOf(wire: Wire, result: LoadResult, server: ServerSplit | undefined): LevelReport {
  const { load, measured } = result;
  return {
    wire,
    ...(load.kind === "concurrency" ? { concurrency: load.value } : { rate: load.value }),
    throughput: measured.seconds > 0 ? measured.latencies.length / measured.seconds : 0,
    latencyMs: summarize(measured.latencies),
    server,
    stable: result.stable,
    seconds: measured.seconds,
    errors: Object.fromEntries(result.errors),
    skipped: result.skipped,
  };
}

/** Failed requests of a level. */
export const errorCount = ({ errors }: LevelReport): number =>
  Object.values(errors).reduce((sum, count) => sum + count, 0);

/** A row for each level. */
export function levelsTable(levels: readonly LevelReport[]): string {
  const right = (title: string) => ({ title, align: "right" as const });
  const table = renderTable(
    [
      { title: "WIRE" },
      right("LOAD"),
      right("ANSWERS/S"),
      ...["P50", "P90", "P95", "P99", "MAX", "QUEUE", "COMPUTE"].map(right),
      right("ROWS/RUN"),
      right("ERRORS"),
      { title: "" },
    ],
    levels.map((level) => levelRow(level)),
  );
  return [table, ...levels.flatMap(errorLines)].join("\n");
}

/** "native, 8 at once" */
export const titleOf = (level: LevelReport): string => `${level.wire}, ${loadOf(level)}`;

const loadOf = ({ rate, concurrency }: LevelReport) =>
  rate === undefined ? `${concurrency} at once` : `${rate}/s`;

function levelRow(level: LevelReport): Cell[] {
  const { latencyMs, server, stable } = level;
  return [
    level.wire,
    loadOf(level),
    significant(level.throughput),
    ...[latencyMs.p50, latencyMs.p90, latencyMs.p95, latencyMs.p99, latencyMs.max].map(millisText),
    server && millisText(server.queueUs / 1000),
    server && millisText(server.computeUs / 1000),
    server && significant(server.batchRows),
    errorCount(level),
    { colored: stable ? pc.green("stable") : pc.yellow("not stable") },
  ];
}

function errorLines({ errors, skipped }: LevelReport): string[] {
  const lines = Object.entries(errors).map(([message, count]) => `${count} × ${message.slice(0, 200)}`);
  return skipped > 0 ? [...lines, `${skipped} requests not sent: too many under way`] : lines;
}

const BINS = 12;
const BAR = 40;

/** Latencies as bars, bounds growing by one factor. */
export function histogramText(latencies: Float64Array): string {
  const bins = histogram(latencies, BINS);
  const most = Math.max(1, ...bins.map(({ count }) => count));
  const rows = bins.map(({ to, count }) => [
    `≤ ${millisText(to)}`,
    { colored: pc.cyan("█".repeat(Math.ceil((count / most) * BAR))) },
    count,
  ]);
  return renderTable(
    [{ title: "LATENCY", align: "right" }, { title: "" }, { title: "ANSWERS", align: "right" }],
    rows,
  );
}

const CSV_HEAD =
  "wire,concurrency,rate,throughput_per_s,p50_ms,p90_ms,p95_ms,p99_ms,max_ms,mean_ms,queue_us,compute_us,rows_per_run,errors,skipped,stable";

/** The levels as CSV with a head. Every field is a number or one of our own words, so none needs quotes. */
export function levelsCsv(levels: readonly LevelReport[]): string {
  const lines = levels.map((level) => {
    const { wire, concurrency, rate, throughput, latencyMs: ms, server } = level;
    const load = [wire, concurrency, rate, throughput];
    const latency = [ms.p50, ms.p90, ms.p95, ms.p99, ms.max, ms.mean];
    const split = [server?.queueUs, server?.computeUs, server?.batchRows];
    return [...load, ...latency, ...split, errorCount(level), level.skipped, level.stable].join(",");
  });
  return `${[CSV_HEAD, ...lines].join("\n")}\n`;
}
