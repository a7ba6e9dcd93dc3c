import { type LatencySummary } from "../bench/statistics.ts";
import { millisText, significant } from "../quantity.ts";
import { safeText } from "../safe-text.ts";
import { renderBox, renderTable } from "../table.ts";
import type { Certificate } from "./tally.ts";

/** The certificate for people. */
export function certificateText(certificate: Certificate): string {
  const { old, new: other, outputs, examples, latencyMs, verdict, compared, different } = certificate;
  const lines: [string, string][] = [
    ["old", old],
    ["new", other],
    ["requests", countsText(certificate)],
    [
      "compared",
      `${compared}: ${certificate.equal} equal within ${certificate.tolerance}, ${different} different`,
    ],
    ["old latency", latencyText(latencyMs.old)],
    ["new latency", latencyText(latencyMs.new)],
    ["verdict", verdict],
  ];
  const columns = ["OUTPUT", "COMPARED", "EQUAL", "LARGEST", "RELATIVE"];
  const table = renderTable(
    columns.map((title, i) => ({ title, ...(i > 0 && { align: "right" as const }) })),
    outputs.map((one) => [
      one.name,
      one.compared,
      one.equal,
      figure(one.largestAbsolute),
      figure(one.largestRelative),
    ]),
  );
  return [
    renderBox("Equivalence certificate", lines),
    ...(outputs.length > 0 ? [table] : []),
    ...(examples.length > 0 ? [examples.map((one) => `- ${safeText(one)}`).join("\n")] : []),
  ].join("\n\n");
}

function countsText({ requests, mirrored, dropped, failed, oldFailed }: Certificate): string {
  return `${requests} seen, ${mirrored} mirrored, ${dropped} dropped, ${failed} failed, ${oldFailed} failed by the old server`;
}

function latencyText({ count, p50, p90, p99, max }: LatencySummary): string {
  if (count === 0) return "-";
  const named = { p50, p90, p99, max };
  return Object.entries(named)
    .map(([name, ms]) => `${name} ${millisText(ms)}`)
    .join(", ");
}

const figure = (value: number) =>
  value === 0 || value >= 0.001 ? significant(value) : value.toExponential(1);
