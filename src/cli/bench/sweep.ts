import { systemClock } from "../../base/index.ts";
import type { SirveClient } from "../../client/index.ts";
import { type Connection, parseUrl } from "../connection.ts";
import { readInput } from "../input-file.ts";
import { grpcMessageOf, httpRequestOf, nativeRequest, type Wire } from "./bodies.ts";
import { grpcSender } from "./grpc-sender.ts";
import { httpSender, type Sender } from "./http-sender.ts";
import { type Load, type LoadLimits, measureLoad } from "./load.ts";
import { type LevelReport, reportOf } from "./report.ts";
import { inputsOfV2, type SampleSizes, type SampleTensor, sampleInputs } from "./sample.ts";
import { splitBetween } from "./server-split.ts";
import { type ModelReference, modelMetadata, modelStatistics } from "./v2-view.ts";

/** What is measured: every load over every wire. */
export interface Sweep {
  readonly reference: ModelReference;
  readonly wires: readonly Wire[];
  readonly loads: readonly Load[];
  readonly limits: LoadLimits;
  readonly grpcUrl: string;
  /** A file to send; undefined: inputs made from the metadata. */
  readonly input?: string | undefined;
  readonly contentType?: string | undefined;
  readonly sizes: SampleSizes;
  readonly timeoutMs: number;
}

/** One level of a sweep. */
export interface Level {
  readonly report: LevelReport;
  /** Of the windows that count, in milliseconds. */
  readonly latencies: Float64Array;
}

/** Who follows a sweep, and may end it. */
export interface SweepObserver {
  readonly stop: AbortSignal;
  /** A level begins. */
  begins(wire: Wire, load: Load): void;
}

/** The server that is measured: who asks about it, and what the senders connect to. */
export interface Server {
  readonly client: SirveClient;
  readonly connection: Connection;
}

/** Measures level after level; what was measured is returned even if it was stopped. */
export async function runSweep(server: Server, sweep: Sweep, observer: SweepObserver): Promise<Level[]> {
  const levels: Level[] = [];
  for (const wire of sweep.wires) {
    const makeSender = await senderMaker(server, wire, sweep);
    for (const load of sweep.loads) {
      if (observer.stop.aborted) return levels;
      observer.begins(wire, load);
      const before = await modelStatistics(server.client, sweep.reference);
      const result = await measure(makeSender(load), load, sweep.limits, observer.stop);
      const after = await modelStatistics(server.client, sweep.reference);
      const report = reportOf(wire, result, before && after && splitBetween(before, after));
      levels.push({ report, latencies: result.measured.latencies });
    }
  }
  return levels;
}

async function measure(sender: Sender, load: Load, limits: LoadLimits, stop: AbortSignal) {
  try {
    return await measureLoad(sender.send, load, limits, { clock: systemClock, stop });
  } finally {
    sender.close();
  }
}

/** Requests that an open loop over gRPC spreads over its connections. */
const OPEN_LOOP_UNDER_WAY = 256;

/** Prepares the request of a wire once; the result makes a sender for each level. */
async function senderMaker(server: Server, wire: Wire, sweep: Sweep): Promise<(load: Load) => Sender> {
  const { reference, input, contentType, timeoutMs } = sweep;
  if (wire === "native" && input !== undefined) {
    const request = nativeRequest(reference, readInput(input, contentType));
    return () => httpSender(server.connection, request, timeoutMs);
  }
  const inputs = await tensorsOf(server.client, sweep);
  if (wire === "grpc") {
    const url = parseUrl(sweep.grpcUrl, "--grpc-url");
    const message = grpcMessageOf(reference, inputs);
    return ({ kind, value }) =>
      grpcSender({ ...server.connection, url }, message, {
        timeoutMs,
        underWay: kind === "rate" ? OPEN_LOOP_UNDER_WAY : value,
      });
  }
  const request = httpRequestOf(wire, reference, inputs);
  return () => httpSender(server.connection, request, timeoutMs);
}

async function tensorsOf(client: SirveClient, sweep: Sweep): Promise<SampleTensor[]> {
  if (sweep.input !== undefined) return inputsOfV2(readInput(sweep.input, sweep.contentType).bytes);
  const { inputs } = await modelMetadata(client, sweep.reference);
  return sampleInputs(inputs, sweep.sizes);
}
