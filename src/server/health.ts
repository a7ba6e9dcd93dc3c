import { type HttpProtocol, type HttpReply, problemReply } from "../protocols/index.ts";
import type { Metrics } from "../telemetry/index.ts";

/** What the probes ask; each question is answered at once, whatever the models do. */
export interface HealthSource {
  /** The first look at the model folder is settled: each model is ready or has failed. */
  isStarted(): boolean;
  /** Requests are wanted: started, and not stopping. */
  isReady(): boolean;
}

export interface HealthOptions {
  readonly health: HealthSource;
  readonly metrics: Pick<Metrics, "print">;
}

/** Probes and metrics. */
export function healthProtocol({ health, metrics }: HealthOptions): HttpProtocol {
  const live = async () => json(200, { live: true });
  const ready = async () => probe("ready", health.isReady());
  const startup = async () => probe("started", health.isStarted());
  const print = async () => ({ status: 200, headers: METRICS_HEADERS, body: await metrics.print() });
  return {
    name: "health",
    prefixes: ["/health", "/metrics"],
    routes: [
      { method: "GET", path: "/health/live", access: "public", handle: live },
      { method: "GET", path: "/health/ready", access: "public", handle: ready },
      { method: "GET", path: "/health/startup", access: "public", handle: startup },
      { method: "GET", path: "/livez", access: "public", handle: live },
      { method: "GET", path: "/readyz", access: "public", handle: ready },
      { method: "GET", path: "/metrics", access: "viewer", handle: print },
      { method: "GET", path: "/metrics/", access: "viewer", handle: print },
    ],
    failure: problemReply,
  };
}

const METRICS_HEADERS = {
  "content-type": "text/plain; version=0.0.4; charset=utf-8",
  "cache-control": "no-store",
};

const probe = (name: string, holds: boolean) => json(holds ? 200 : 503, { [name]: holds });

function json(status: number, value: object): HttpReply {
  const headers = { "content-type": "application/json", "cache-control": "no-store" };
  return { status, headers, body: JSON.stringify(value) };
}
