import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import type { Catalogue } from "./catalogue.ts";

/** Coarse enough to cost nothing, fine enough to see a blocked event loop. */
const RESOLUTION_MS = 20;
const NS = 1e9;

/** Reads CPU, memory and event loop of this process into its gauges when asked. */
export interface ProcessMetrics {
  read(): void;
  close(): void;
}

/** Watches the event loop from now on. */
export function createProcessMetrics(all: Catalogue): ProcessMetrics {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  let before = performance.eventLoopUtilization();
  all.startTime.of().set(performance.timeOrigin / 1000);

  function readLoop(): void {
    // The histogram measures the timer's period; what exceeds it is delay.
    const seconds = (ns: number) => (Number.isFinite(ns) ? Math.max(0, ns - RESOLUTION_MS * 1e6) / NS : 0);
    all.loopDelay.of("0.5").set(seconds(delay.percentile(50)));
    all.loopDelay.of("0.99").set(seconds(delay.percentile(99)));
    all.loopDelay.of("1").set(delay.count > 0 ? seconds(delay.max) : 0);
    delay.reset();
    const now = performance.eventLoopUtilization();
    all.loopUtilization.of().set(performance.eventLoopUtilization(now, before).utilization);
    before = now;
  }

  return {
    read() {
      const { user, system } = process.cpuUsage();
      all.cpuSeconds.of().value = (user + system) / 1e6;
      all.rss.of().set(process.memoryUsage.rss());
      all.heap.of().set(process.memoryUsage().heapUsed);
      readLoop();
    },
    close: () => delay.disable(),
  };
}
