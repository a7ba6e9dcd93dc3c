import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Deadline } from "../base/index.ts";
import { Entry } from "./entry.ts";
import { ShapeQueue } from "./shape-queue.ts";

test("it keeps the order of a stable sort by priority, whatever is taken out between", () => {
  const step = fc.record({ priority: fc.integer({ min: 0, max: 3 }), removes: fc.option(fc.nat()) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const queue = new ShapeQueue("");
      let naive: Entry[] = [];
      for (const { priority, removes } of steps) {
        const work = {
          inputs: new Map(),
          rows: 1,
          bytes: 0,
          priority,
          outputs: undefined,
          deadline: new Deadline(),
        };
        const entry = new Entry(
          work,
          0,
          () => {},
          () => {},
        );
        queue.add(entry);
        naive = [...naive, entry].toSorted((a, b) => b.work.priority - a.work.priority);
        const removed = removes === null ? undefined : naive[removes % naive.length];
        if (removed) queue.remove(removed);
        naive = naive.filter((other) => other !== removed);
        assert.deepEqual(listOf(queue), naive);
      }
    }),
  );
});

function listOf({ first }: ShapeQueue): Entry[] {
  const list: Entry[] = [];
  for (let entry = first; entry; entry = entry.next) list.push(entry);
  return list;
}
