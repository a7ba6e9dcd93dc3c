import { PlatformError } from "../../base/index.ts";

/** One line of a metrics page. */
export interface Sample {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
}

const LINE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})?\s+(\S+)(?:\s+-?\d+)?$/;
const LABEL = /\s*([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"\s*(?:,|$)/y;

/**
 * The samples of a page in the Prometheus text format; comments are skipped.
 *
 * @throws PlatformError `invalid_argument` naming the line that is none.
 * @see prometheus.io/docs/instrumenting/exposition_formats
 */
export function parseMetrics(text: string): Sample[] {
  const samples: Sample[] = [];
  for (const [i, line] of text.split("\n").entries()) {
    const trimmed = line.trim();
    if (trimmed === "" || trimmed.startsWith("#")) continue;
    const [, name, labels = "", value] = LINE.exec(trimmed) ?? [];
    const read = labelsOf(labels);
    const number = numberOf(value ?? "");
    if (name === undefined || !read || number === undefined) throw notMetrics(i + 1, trimmed);
    samples.push({ name, labels: read, value: number });
  }
  return samples;
}

function labelsOf(text: string): Map<string, string> | undefined {
  const labels = new Map<string, string>();
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < text.length) {
    const match = LABEL.exec(text);
    if (!match) return undefined;
    labels.set(
      match[1] ?? "",
      (match[2] ?? "").replaceAll(/\\(.)/g, (_, one: string) => (one === "n" ? "\n" : one)),
    );
  }
  return labels;
}

function numberOf(text: string): number | undefined {
  if (text === "+Inf" || text === "Inf") return Number.POSITIVE_INFINITY;
  if (text === "-Inf") return Number.NEGATIVE_INFINITY;
  if (text === "NaN") return Number.NaN;
  const value = text === "" ? Number.NaN : Number(text);
  return Number.isNaN(value) ? undefined : value;
}

function notMetrics(line: number, got: string): PlatformError {
  return new PlatformError("invalid_argument", `line ${line} of the metrics is none`, {
    field: "/metrics",
    got: got.slice(0, 80),
    expected: 'name{label="text"} number',
  });
}
