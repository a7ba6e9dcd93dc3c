import assert from "node:assert/strict";
import { test } from "node:test";
import { type BatchingStatus, emptyManifest, type Manifest } from "../model/index.ts";
import { decideBatching } from "./plan-batching.ts";

const independent = { rows: "independent", rowsReason: "" } as const;
const dependent = { rows: "none", rowsReason: "rows depend on each other" } as const;
const costly = { ...independent, sizeCost: "each size is planned anew" } as const;
const pays = { batchingPays: true, knee: 16, maxRows: 16 };
const paysNot = { batchingPays: false, knee: 1, maxRows: 1 };
const manifest = (batching: Partial<Manifest["batching"]>): Manifest => ({
  ...emptyManifest,
  batching: { ...emptyManifest.batching, ...batching },
});

type Args = Parameters<typeof decideBatching>;
const cases: [title: string, args: Args, mode: BatchingStatus["mode"], maxRows: number, reason: RegExp][] = [
  [
    "joins up to the knee where a profile says that it pays",
    [independent, manifest({}), pays, 64],
    "rows",
    16,
    /knee/,
  ],
  [
    "joins nothing where it does not pay",
    [independent, manifest({}), paysNot, 64],
    "none",
    1,
    /does not pay/,
  ],
  [
    "joins nothing where rows depend, even if told to",
    [dependent, manifest({ mode: "rows" }), pays, 64],
    "none",
    1,
    /depend/,
  ],
  [
    "joins nothing where each batch size costs time of its own",
    [costly, manifest({}), undefined, 64],
    "none",
    1,
    /planned anew/,
  ],
  [
    "joins there too where the manifest says rows",
    [costly, manifest({ mode: "rows" }), pays, 64],
    "rows",
    16,
    /manifest/,
  ],
  [
    "obeys a manifest that says none",
    [independent, manifest({ mode: "none" }), pays, 64],
    "none",
    1,
    /manifest/,
  ],
  [
    "obeys a manifest that says rows",
    [independent, manifest({ mode: "rows" }), paysNot, 64],
    "rows",
    64,
    /manifest/,
  ],
  ["takes the manifest's maxRows", [independent, manifest({ maxRows: 5 }), pays, 64], "rows", 5, /manifest/],
  [
    "joins nothing unprofiled",
    [independent, manifest({}), undefined, 64],
    "none",
    1,
    /could not be profiled/,
  ],
];

for (const [title, args, mode, maxRows, reason] of cases) {
  test(title, () => {
    const status = decideBatching(...args);
    assert.deepEqual([status.mode, status.maxRows], [mode, maxRows]);
    assert.match(status.reason, reason);
  });
}
