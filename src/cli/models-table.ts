import pc from "picocolors";
import { bytesText, millisText } from "./quantity.ts";
import { type Cell, type Column, renderTable, state } from "./table.ts";

/** What is shown of a version. */
export interface VersionRow {
  readonly version: number;
  readonly state: string;
  readonly reason?: string | undefined;
  readonly artifactBytes?: number | undefined;
  readonly memoryBytes?: number | undefined;
  readonly loadMs?: number | undefined;
  readonly batching?: { readonly mode: string; readonly maxRows?: number | undefined } | undefined;
  readonly inline?: boolean | undefined;
}

/** What is shown of a model. */
export interface ModelRows {
  readonly model: string;
  readonly serving?: number | undefined;
  readonly aliases?: readonly { readonly alias: string; readonly version: number }[] | undefined;
  readonly versions: readonly VersionRow[];
}

const COLUMNS: readonly Column[] = [
  { title: "MODEL" },
  { title: "VERSION", align: "right" },
  { title: "STATE" },
  { title: "SIZE", align: "right" },
  { title: "MEMORY", align: "right" },
  { title: "LOAD", align: "right" },
  { title: "BATCHING" },
  { title: "NOTE" },
];

/** A row for each version of each model; the serving version carries a star. */
export function modelsTable(models: readonly ModelRows[]): string {
  if (models.every(({ versions }) => versions.length === 0)) return "no models";
  const rows = models.flatMap(({ model, serving, aliases = [], versions }) =>
    versions.map((version) => {
      const names = aliases.filter((one) => one.version === version.version).map(({ alias }) => alias);
      return { cells: versionRow(model, version, version.version === serving), names: names.join(", ") };
    }),
  );
  // A folder knows no aliases.
  const isFolder = rows.every(({ names }) => names === "");
  return renderTable(
    isFolder ? COLUMNS : [...COLUMNS, { title: "ALIASES" }],
    rows.map(({ cells, names }) => (isFolder ? cells : [...cells, names || undefined])),
  );
}

function versionRow(model: string, version: VersionRow, isServing: boolean): Cell[] {
  const { artifactBytes = 0, memoryBytes = 0, loadMs, reason } = version;
  return [
    model,
    isServing ? `* ${version.version}` : version.version,
    state(version.state),
    artifactBytes > 0 ? bytesText(artifactBytes) : undefined,
    memoryBytes > 0 ? bytesText(memoryBytes) : undefined,
    loadMs === undefined ? undefined : `${Math.round(loadMs)} ms`,
    batchingText(version),
    reason ?? { colored: pc.dim(version.inline === true ? "inline" : "") },
  ];
}

function batchingText({ batching, state: word }: VersionRow): string | undefined {
  if (!batching || word !== "ready") return undefined;
  return batching.mode === "none" ? "off" : `up to ${batching.maxRows ?? "?"} rows`;
}

/** One plain line about a load, for logs and pipes. */
export function loadLine(model: string, version: VersionRow): string {
  const took = version.loadMs === undefined ? "" : ` in ${millisText(version.loadMs)}`;
  const why = version.reason === undefined ? "" : `: ${version.reason}`;
  return `${version.state} ${model} version ${version.version}${version.state === "ready" ? took : why}`;
}
