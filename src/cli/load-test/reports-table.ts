import pc from "picocolors";
import type { LoadTestReport } from "../../client/index.ts";
import { millisText, significant } from "../quantity.ts";
import { type Cell, renderTable } from "../table.ts";

const TITLES = [
  "AT ONCE",
  "INSTANCES",
  "MAX ROWS",
  "MAX DELAY",
  "REQ/S",
  "ROWS/S",
  "P50",
  "P90",
  "P99",
  "QUEUE",
  "COMPUTE",
  "ROWS/RUN",
  "COST",
  "CPUS",
  "FAILED",
];

/** A row for each test: load and settings, then throughput, latency and cost. */
export function reportsTable(reports: readonly LoadTestReport[]): string {
  const rows = reports.map((report) => rowOf(report));
  return [renderTable(TITLES.map(right), rows), ...reports.flatMap(failureLines)].join("\n");
}

const right = (title: string) => ({ title, align: "right" as const });

function rowOf(report: LoadTestReport): Cell[] {
  const { concurrency, settings, requestsPerSecond, rowsPerSecond, cpuUsPerRequest, cpus, failures } = report;
  const times = [report.p50Ms, report.p90Ms, report.p99Ms, report.queueMs, report.computeMs];
  return [
    concurrency,
    settings.instances,
    settings.maxRows,
    millisText(settings.maxDelayUs / 1000),
    significant(requestsPerSecond),
    significant(rowsPerSecond),
    ...times.map((ms) => millisText(ms ?? Number.NaN)),
    significant(rowsPerRun(report)),
    millisText(cpuUsPerRequest === null ? Number.NaN : cpuUsPerRequest / 1000),
    significant(cpus),
    failures > 0 ? { colored: pc.red(String(failures)) } : 0,
  ];
}

function rowsPerRun({ batchRows }: LoadTestReport): number {
  const runs = batchRows.reduce((sum, { count }) => sum + count, 0);
  return batchRows.reduce((sum, { rows, count }) => sum + rows * count, 0) / runs;
}

const failureLines = ({ concurrency, failureReasons }: LoadTestReport): string[] =>
  failureReasons.map(({ code, count }) => `${count} failed with ${code} at ${concurrency} at once`);
