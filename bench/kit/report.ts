import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { dirname } from "node:path";
import { type Goal, type Interval, judge, type Verdict } from "./interval.ts";

/** One number of a benchmark with its interval, its goal and what came of it. */
export interface Figure extends Interval {
  readonly name: string;
  readonly unit: string;
  readonly goal?: Goal;
  readonly verdict: Verdict;
}

export interface Result {
  readonly name: string;
  readonly date: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly machine: string;
  /** Median share of the machine that others used during the rounds. */
  readonly foreignShare: number;
  readonly rounds: number;
  readonly figures: readonly Figure[];
  readonly note?: string;
}

export function figure(name: string, unit: string, interval: Interval, goal?: Goal): Figure {
  return { name, unit, ...interval, ...(goal && { goal }), verdict: judge(interval, goal) };
}

/** What a result was measured on. */
export function circumstances(): Pick<Result, "date" | "versions" | "machine"> {
  const [cpu] = cpus();
  return {
    date: new Date().toISOString().slice(0, 10),
    versions: {
      node: process.version,
      sirve: packageVersion("package.json"),
      commit: execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim(),
      onnxruntime: packageVersion("node_modules/onnxruntime-node/package.json"),
    },
    machine: `${cpus().length} × ${cpu?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform} ${process.arch}`,
  };
}

function packageVersion(path: string): string {
  return (JSON.parse(readFileSync(path, "utf8")) as { version: string }).version;
}

/** A table for people. */
export function printResult(result: Result): string {
  const lines = result.figures.map(({ name, unit, value, low, high, goal, verdict }) => {
    const target = goal ? ("atLeast" in goal ? `≥ ${goal.atLeast}` : `≤ ${goal.atMost}`) : "";
    const numbers = `${show(value)} [${show(low)}, ${show(high)}] ${unit}`;
    return `  ${name.padEnd(58)} ${numbers.padEnd(34)} ${target.padEnd(8)} ${verdict}`;
  });
  const foreign = `${result.rounds} rounds, foreign load ${(100 * result.foreignShare).toFixed(0)} %`;
  return [
    `${result.name} (${result.date}, ${foreign})`,
    ...lines,
    ...(result.note ? [`  ${result.note}`] : []),
  ].join("\n");
}

const show = (value: number) => (Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3));

export function saveResult(result: Result, path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(result, null, 2)}\n`);
}
