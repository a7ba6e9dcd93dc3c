import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Bill } from "./bill.ts";

test("under a changing load the bills never lag the truth by more than four ticks' worth", () => {
  const ticks = fc.array(
    fc.record({ requests: fc.integer({ min: 1, max: 2000 }), overheadUs: fc.integer({ min: 20, max: 60 }) }),
    { minLength: 1, maxLength: 120 },
  );
  fc.assert(
    fc.property(ticks, (all) => {
      let cpu = 0;
      const bill = new Bill(() => cpu);
      const largest = Math.max(...all.map(({ requests, overheadUs }) => requests * overheadUs));
      for (const { requests, overheadUs } of all) {
        for (let i = 0; i < requests; i++) {
          bill.charge(5);
          cpu += 5 + overheadUs;
        }
        bill.tick();
        const billed = bill.billedUs + bill.unbilledUs;
        assert.ok(Math.abs(cpu - billed) <= 4 * largest, `${billed} of ${cpu}`);
      }
    }),
    { numRuns: 100 },
  );
});

test("a steady load is billed to within 2 %", () => {
  let cpu = 0;
  const bill = new Bill(() => cpu);
  for (let tick = 0; tick < 100; tick++) {
    for (let i = 0; i < 500; i++) {
      bill.charge(i % 7);
      cpu += (i % 7) + 40;
    }
    bill.tick();
  }
  assert.ok(Math.abs(bill.billedUs - cpu) / cpu < 0.02, `${bill.billedUs} of ${cpu}`);
});

test("CPU of a time without requests is nobody's", () => {
  let cpu = 0;
  const bill = new Bill(() => cpu);
  cpu = 5000;
  bill.tick();
  assert.equal(bill.unbilledUs, 5000);
  assert.equal(bill.charge(7), 7);
});

test("a lone request after a burst does not pay for it", () => {
  let cpu = 0;
  const bill = new Bill(() => cpu);
  bill.charge(10);
  cpu = 900_000;
  bill.tick();
  assert.ok(bill.charge(10) <= 10 + 1000);
  cpu += 10;
  bill.tick();
  bill.tick();
  assert.equal(Math.round(bill.billedUs + bill.unbilledUs), cpu);
});

test("runs of other processes are billed on top of the process's own CPU time", () => {
  let cpu = 0;
  const bill = new Bill(() => cpu);
  for (let tick = 0; tick < 50; tick++) {
    for (let i = 0; i < 100; i++) {
      bill.charge(1000);
      bill.addElsewhere(990);
      cpu += 10 + 40;
    }
    bill.tick();
  }
  const used = cpu + 50 * 100 * 990;
  assert.ok(Math.abs(bill.billedUs - used) / used < 0.02, `${bill.billedUs} of ${used}`);
});

test("a load test is nobody's: clients pay what they paid without it, and all adds up", () => {
  let cpu = 0;
  const bill = new Bill(() => cpu);
  for (let tick = 0; tick < 100; tick++) {
    for (let i = 0; i < 500; i++) {
      if (i % 10 === 0) bill.charge(5);
      else bill.chargeNobody(5);
      cpu += 5 + 40;
    }
    bill.tick();
  }
  const clients = cpu / 10;
  assert.ok(Math.abs(bill.billedUs - clients) / clients < 0.05, `${bill.billedUs} of ${clients}`);
  assert.ok(Math.abs(bill.billedUs + bill.unbilledUs - cpu) / cpu < 0.02);
});
