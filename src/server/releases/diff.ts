import type { Difference } from "../../admin/index.ts";
import type { VersionRecord } from "../../registry/index.ts";
import { signatureDifferences } from "./compatibility.ts";

/** What differs between two versions: what clients see first, then figures, origin and files. */
export function versionDifferences(from: VersionRecord, to: VersionRecord): Difference[] {
  return [
    ...signatureDifferences(from.signature, to.signature),
    ...entryDifferences("metrics", from.metrics, to.metrics),
    ...entryDifferences("tags", from.tags, to.tags),
    ...entryDifferences("lineage", { ...from.lineage }, { ...to.lineage }),
    ...entryDifferences("files", filesOf(from), filesOf(to)),
    ...(from.bytes === to.bytes ? [] : [{ field: "bytes", from: from.bytes, to: to.bytes, breaks: false }]),
  ];
}

const filesOf = ({ files }: VersionRecord) =>
  Object.fromEntries(files.map(({ name, digest }) => [name, digest]));

type Plain = string | number | undefined;

function entryDifferences(
  side: string,
  from: Readonly<Record<string, Plain>>,
  to: Readonly<Record<string, Plain>>,
): Difference[] {
  const names = new Set([...Object.keys(from), ...Object.keys(to)]);
  return [...names]
    .filter((name) => from[name] !== to[name])
    .map((name) => ({
      field: `${side}.${name}`,
      from: from[name] ?? null,
      to: to[name] ?? null,
      breaks: false,
    }));
}
