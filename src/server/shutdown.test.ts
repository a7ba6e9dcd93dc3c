import assert from "node:assert/strict";
import { test } from "node:test";
import { ManualClock } from "../../test/kit/manual-clock.ts";
import { silentLogger } from "../telemetry/index.ts";
import { listenForSignals, Shutdown } from "./shutdown.ts";

function create(lameDuckMs = 100) {
  const clock = new ManualClock();
  const stopping = Promise.withResolvers<void>();
  const events: string[] = [];
  const shutdown = new Shutdown({
    clock,
    logger: silentLogger,
    lameDuckMs,
    graceMs: 1000,
    stop(graceMs) {
      events.push(`stop ${graceMs}`);
      return stopping.promise;
    },
    exit: (code) => void events.push(`exit ${code}`),
  });
  return { clock, stopping, events, shutdown };
}

const settled = () => new Promise(setImmediate);

test("a signal makes the server unready, serves on as lame duck, drains, and exits with 0", async () => {
  const { clock, stopping, events, shutdown } = create();
  assert.deepEqual([shutdown.state, shutdown.isStopping], ["running", false]);
  shutdown.request("SIGTERM");
  assert.deepEqual([shutdown.state, shutdown.isStopping, events], ["lame duck", true, []]);
  clock.advance(99);
  assert.equal(shutdown.state, "lame duck");
  clock.advance(1);
  assert.deepEqual([shutdown.state, events], ["draining", ["stop 1000"]]);
  stopping.resolve();
  await settled();
  assert.deepEqual([shutdown.state, events], ["stopped", ["stop 1000", "exit 0"]]);
  clock.advance(100_000);
  shutdown.request("SIGTERM");
  assert.equal(events.length, 2);
});

test("without lame duck it drains at once", () => {
  const { events, shutdown } = create(0);
  shutdown.request("SIGINT");
  assert.deepEqual(events, ["stop 1000"]);
});

test("a second signal exits with 1 at once, in lame duck as while draining", async () => {
  for (const ms of [0, 100]) {
    const { clock, stopping, events, shutdown } = create();
    shutdown.request("SIGTERM");
    clock.advance(ms);
    shutdown.request("SIGINT");
    assert.equal(events.at(-1), "exit 1");
    stopping.resolve();
    clock.advance(100_000);
    await settled();
    assert.equal(events.filter((event) => event.startsWith("exit")).length, 1);
  }
});

test("a stop that hangs beyond the grace period, or fails, exits with 1", async () => {
  const hanging = create(0);
  hanging.shutdown.request("SIGTERM");
  hanging.clock.advance(5999);
  assert.deepEqual(hanging.events, ["stop 1000"]);
  hanging.clock.advance(1);
  assert.deepEqual(hanging.events, ["stop 1000", "exit 1"]);
  const failing = create(0);
  failing.shutdown.request("SIGTERM");
  failing.stopping.reject(new Error("broken"));
  await settled();
  assert.deepEqual(failing.events, ["stop 1000", "exit 1"]);
});

test("signals of the process reach it until it no longer listens", async () => {
  const { events, shutdown } = create(0);
  const forget = listenForSignals(shutdown);
  process.emit("SIGTERM", "SIGTERM");
  assert.deepEqual(events, ["stop 1000"]);
  forget();
  assert.equal(process.listenerCount("SIGTERM"), 0);
});
