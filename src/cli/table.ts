import Table from "cli-table3";
import pc from "picocolors";
import { safeText } from "./safe-text.ts";

/** One column of a table. */
export interface Column {
  readonly title: string;
  readonly align?: "left" | "right";
}

const NO_LINES = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "  ",
};

/**
 * A table for people: a bold head and columns two spaces apart. Cells are shown on one line,
 * their control characters escaped, except those made by {@link state}.
 */
export function renderTable(columns: readonly Column[], rows: readonly (readonly Cell[])[]): string {
  const table = new Table({
    head: columns.map(({ title }) => pc.bold(title)),
    chars: NO_LINES,
    colAligns: columns.map(({ align }) => align ?? "left"),
    style: { "padding-left": 0, "padding-right": 0, head: [], border: [] },
  });
  for (const row of rows) table.push(row.map((cell) => cellText(cell)));
  return trimEnds(table.toString());
}

/** What stands in a cell; undefined is shown as a dash. */
export type Cell = string | number | bigint | boolean | undefined | ColoredText;

/** Text that carries its own colours; made here only, from safe text. */
export interface ColoredText {
  readonly colored: string;
}

/** A state word in its colour: green for good, yellow for passing, red for bad. */
export function state(word: string): ColoredText {
  return { colored: colorOf(word)(safeText(word)) };
}

function colorOf(word: string): (text: string) => string {
  if (word === "ready" || word === "ok") return pc.green;
  if (word === "failed" || word === "fail") return pc.red;
  return word === "loading" || word === "draining" || word === "warn" ? pc.yellow : pc.dim;
}

/** Lines in a box with a title. */
export function renderBox(title: string, lines: readonly (readonly [name: string, text: string])[]): string {
  const box = new Table({ style: { head: [], border: [] } });
  const width = Math.max(...lines.map(([name]) => name.length));
  const body = lines.map(([name, text]) => `${pc.dim(name.padEnd(width))}  ${safeText(text)}`);
  box.push([[pc.bold(safeText(title)), ...body].join("\n")]);
  return box.toString();
}

function cellText(cell: Cell): string {
  if (cell === undefined) return pc.dim("-");
  return typeof cell === "object" ? cell.colored : safeText(String(cell));
}

const trimEnds = (text: string) =>
  text
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
