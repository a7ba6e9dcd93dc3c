import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Figure, Result } from "./report.ts";

const INTRODUCTION = `# Benchmarks

Printed from \`bench/results/\`; \`npm run bench -- NAME\` measures one again, \`npm run docs\` prints this page.

How it is measured: what is compared takes turns in at least 15 rounds; overhead is CPU time per request of the whole server,
without the load generator; a figure is the median of the rounds with its bootstrap 95 % interval. A goal is *met* or *missed* only
if the whole interval lies on one side of it, else it is *unresolved*. *Foreign load* is the share of the machine that anything
else used meanwhile: the higher, the less a figure says.
`;

/** docs/benchmarks.md: every stored result as a table. */
export function benchmarksPage(folder = "bench/results"): string {
  const files = readdirSync(folder)
    .filter((file) => file.endsWith(".json"))
    .toSorted();
  const results = files.map((file) => JSON.parse(readFileSync(join(folder, file), "utf8")) as Result);
  return `${INTRODUCTION}\n${results.map(section).join("\n")}`;
}

function section({ name, date, rounds, foreignShare, machine, versions, figures, note }: Result): string {
  const foreign =
    typeof foreignShare === "number" ? `, foreign load ${(100 * foreignShare).toFixed(0)} %` : "";
  const made = Object.entries(versions).map(([what, version]) => `${what} ${version}`);
  const lines = [
    `## ${name}`,
    "",
    `${date}, ${rounds} rounds${foreign}. ${machine}. ${made.join(", ")}.`,
    "",
    "| figure | median | 95 % interval | goal | verdict |",
    "|---|---|---|---|---|",
    ...figures.map(row),
    ...(note ? ["", `${note[0]?.toUpperCase()}${note.slice(1)}.`] : []),
  ];
  return `${lines.join("\n")}\n`;
}

function row({ name, unit, value, low, high, goal, verdict }: Figure): string {
  const target = goal ? ("atLeast" in goal ? `≥ ${goal.atLeast}` : `≤ ${goal.atMost}`) : "";
  const judged = goal ? verdict : "";
  return `| ${name} | ${show(value)} ${unit} | ${show(low)} – ${show(high)} | ${target} | ${judged} |`;
}

const show = (value: number) =>
  Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
