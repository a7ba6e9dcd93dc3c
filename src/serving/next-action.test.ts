import assert from "node:assert/strict";
import { test } from "node:test";
import type { LoadState } from "../model/index.ts";
import { type Action, nextAction } from "./next-action.ts";

/** "1:ready 2:loading*" — a star marks a desired version; ids are versions. */
const snapshot = (text: string) =>
  text.split(" ").map((word) => {
    const [version, state] = word.replace("*", "").split(":");
    return {
      id: Number(version),
      version: Number(version),
      state: state as LoadState,
      desired: word.endsWith("*"),
    };
  });

const cases: [title: string, versions: string, expected: Action | undefined][] = [
  ["loads the newest desired version first", "3:ready* 4:unloaded* 5:unloaded*", { kind: "load", id: 5 }],
  [
    "unloads a replaced version before loading another",
    "3:ready 4:ready* 5:unloaded*",
    { kind: "unload", id: 3 },
  ],
  ["keeps the last ready version while its successor loads", "1:ready 2:loading*", undefined],
  ["keeps the last ready version when its successor failed", "1:ready 2:failed*", undefined],
  ["unloads everything once nothing is desired", "2:ready 3:failed", { kind: "unload", id: 2 }],
  ["cancels a load that is no longer wanted", "1:ready* 2:loading", { kind: "unload", id: 2 }],
  ["does nothing while versions drain", "1:draining 2:ready*", undefined],
];

for (const [title, versions, expected] of cases) {
  test(title, () => assert.deepEqual(nextAction(snapshot(versions)), expected));
}
