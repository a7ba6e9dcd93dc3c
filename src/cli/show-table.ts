import { stringifyLossless } from "./lossless-json.ts";
import { renderTable } from "./table.ts";

/** Everything in a JSON value as rows of path and value: short for flat things, complete for deep ones. */
export function showTable(value: unknown): string {
  const rows: [string, string][] = [];
  collect(value, "", rows);
  return renderTable([{ title: "FIELD" }, { title: "VALUE" }], rows);
}

function collect(value: unknown, path: string, rows: [string, string][]): void {
  if (typeof value !== "object" || value === null || isPlainList(value)) {
    rows.push([path, typeof value === "string" ? value : shorten(stringifyLossless(value))]);
    return;
  }
  for (const [key, child] of Object.entries(value)) {
    const step = Array.isArray(value) ? `[${key}]` : path === "" ? key : `.${key}`;
    collect(child, path + step, rows);
  }
}

const isPlainList = (value: object) =>
  Object.values(value).length === 0 ||
  (Array.isArray(value) && value.every((item) => typeof item !== "object" || item === null));

const shorten = (text: string) => (text.length > 100 ? `${text.slice(0, 99)}…` : text);
