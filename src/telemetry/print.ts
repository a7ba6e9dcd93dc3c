import { Counter, type Family, Histogram, type Series } from "./series.ts";

/**
 * Families in the Prometheus text format 0.0.4.
 *
 * @see prometheus.io/docs/instrumenting/exposition_formats, "Text format details".
 */
export function printFamilies(families: Iterable<Family<Series>>): string {
  const lines: string[] = [];
  for (const family of families) {
    const entries = [...family.entries()];
    const [first] = entries;
    if (!first) continue;
    lines.push(
      `# HELP ${family.name} ${escapeHelp(family.help)}`,
      `# TYPE ${family.name} ${typeOf(first.series)}`,
    );
    for (const { values, series } of entries) printSeries(lines, family, values, series);
  }
  return `${lines.join("\n")}\n`;
}

function printSeries(
  lines: string[],
  { name, labels }: Family<Series>,
  values: readonly string[],
  series: Series,
): void {
  const pairs = labels.map((label, i) => `${label}="${escapeLabel(values[i] ?? "")}"`);
  if (series instanceof Histogram) printHistogram(lines, name, pairs, series);
  else lines.push(`${name}${braces(pairs)} ${printNumber(series.value)}`);
}

function printHistogram(lines: string[], name: string, pairs: readonly string[], series: Histogram): void {
  let count = 0;
  for (const [i, inBucket] of series.counts.entries()) {
    count += inBucket;
    const bound = printNumber(series.bounds[i] ?? Number.POSITIVE_INFINITY);
    lines.push(`${name}_bucket${braces([...pairs, `le="${bound}"`])} ${count}`);
  }
  lines.push(
    `${name}_sum${braces(pairs)} ${printNumber(series.sum)}`,
    `${name}_count${braces(pairs)} ${count}`,
  );
}

const typeOf = (series: Series) =>
  series instanceof Histogram ? "histogram" : series instanceof Counter ? "counter" : "gauge";

const braces = (pairs: readonly string[]) => (pairs.length > 0 ? `{${pairs.join(",")}}` : "");

function printNumber(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return "+Inf";
  if (value === Number.NEGATIVE_INFINITY) return "-Inf";
  return String(value);
}

const escapeHelp = (text: string) => text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
const escapeLabel = (text: string) => escapeHelp(text).replaceAll('"', '\\"');
