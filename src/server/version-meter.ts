import type { VersionMeter } from "../serving/index.ts";
import type { Metrics } from "../telemetry/index.ts";

/** Joins what serving measures of a version to its series. */
export function createVersionMeter(metrics: Metrics, model: string, version: number): VersionMeter {
  const series = metrics.version(model, version);
  let forget: () => void = () => {};
  return {
    answered(totalUs, timing, rows) {
      series.request("ok", {
        totalS: totalUs / 1e6,
        queueS: timing.queueUs / 1e6,
        computeS: timing.computeUs / 1e6,
        cpuS: timing.cpuUs / 1e6,
        rows,
      });
    },
    failed({ code }, totalUs) {
      series.request(code, { totalS: totalUs / 1e6, queueS: 0, computeS: 0, cpuS: 0, rows: 0 });
    },
    batch: ({ rows }) => series.batch(rows),
    watch(read) {
      forget = metrics.onPrint(() => {
        const { inFlight, waitingRows, waitingBytes, memoryBytes } = read();
        series.setInFlight(inFlight);
        series.setQueue(waitingRows, waitingBytes);
        series.setMemory(memoryBytes);
      });
    },
    close() {
      forget();
      series.remove();
    },
  };
}
