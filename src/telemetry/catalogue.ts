import { Counter, Family, Gauge, Histogram } from "./series.ts";

/** 50 µs to 60 s: a tiny model inline to a large one behind a queue. */
const SECONDS = [
  0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
  30, 60,
];
const ROWS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];
const LOAD_SECONDS = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300];

const VERSION = ["model", "version"];

const counter = (name: string, help: string, labels: readonly string[] = []) =>
  new Family(name, help, labels, () => new Counter());
const gauge = (name: string, help: string, labels: readonly string[] = []) =>
  new Family(name, help, labels, () => new Gauge());
const histogram = (name: string, help: string, labels: readonly string[], bounds: readonly number[]) =>
  new Family(name, help, labels, () => new Histogram(bounds));

/** Every metric that the server exposes; docs/metrics.md lists the same, and a test compares them. */
export class Catalogue {
  readonly requests = counter("sirve_requests_total", "Predictions answered, by result code.", [
    ...VERSION,
    "code",
  ]);
  readonly dropped = counter(
    "sirve_requests_dropped_total",
    "Predictions given up before they had a result: rejected (queue full), expired (deadline), cancelled (client gone), unavailable (draining).",
    [...VERSION, "reason"],
  );
  readonly endpointRequests = counter(
    "sirve_endpoint_requests_total",
    "Answers of endpoints, by variant; a series ends with its server.",
    ["endpoint", "variant"],
  );
  readonly unmatched = counter(
    "sirve_requests_unmatched_total",
    "Predictions that reached no loaded version, by result code.",
    ["code"],
  );
  readonly duration = histogram(
    "sirve_request_duration_seconds",
    "From arrival at the data plane to the result.",
    VERSION,
    SECONDS,
  );
  readonly queue = histogram(
    "sirve_queue_duration_seconds",
    "From arrival at the scheduler to the start of the run.",
    VERSION,
    SECONDS,
  );
  readonly compute = histogram(
    "sirve_compute_duration_seconds",
    "Wall time of the run that a request was part of.",
    VERSION,
    SECONDS,
  );
  readonly rows = counter("sirve_rows_total", "Rows predicted with success.", VERSION);
  readonly cpu = counter("sirve_model_cpu_seconds_total", "CPU time of the model's runs.", VERSION);
  readonly billed = gauge(
    "sirve_billed_cpu_seconds",
    "CPU time of the process by who pays for it: requests (the sum of their bills), or none (loading, watching, load tests, idling).",
    ["payer"],
  );
  readonly batchRows = histogram("sirve_batch_rows", "Rows per run of the model.", VERSION, ROWS);
  readonly inFlight = gauge("sirve_requests_in_flight", "Predictions taken and not answered yet.", VERSION);
  readonly queueRows = gauge("sirve_queue_rows", "Rows waiting now.", VERSION);
  readonly queueBytes = gauge("sirve_queue_bytes", "Bytes of inputs waiting now.", VERSION);
  readonly memory = gauge("sirve_model_memory_bytes", "Engine memory attributed to the version.", VERSION);
  readonly loads = counter("sirve_version_loads_total", "Versions loaded, by outcome: ready or failed.", [
    "outcome",
  ]);
  readonly loadSeconds = histogram(
    "sirve_version_load_duration_seconds",
    "From the decision to load until ready.",
    [],
    LOAD_SECONDS,
  );
  readonly unloads = counter("sirve_version_unloads_total", "Versions unloaded.");
  readonly http = counter("sirve_http_requests_total", "HTTP requests answered, by protocol and status.", [
    "protocol",
    "status",
  ]);
  readonly grpc = counter("sirve_grpc_requests_total", "gRPC calls answered, by protocol and status code.", [
    "protocol",
    "code",
  ]);
  readonly bytesIn = counter("sirve_request_bytes_total", "Bytes of request bodies received.", ["protocol"]);
  readonly bytesOut = counter("sirve_response_bytes_total", "Bytes of reply bodies sent.", ["protocol"]);
  readonly spansDropped = counter(
    "sirve_trace_spans_dropped_total",
    "Spans not exported: queue full or collector away.",
  );
  readonly build = gauge(
    "sirve_build_info",
    "1, with the versions of Sirve, Node.js and the engine as labels.",
    ["version", "node", "engine"],
  );
  readonly cpuSeconds = counter("process_cpu_seconds_total", "CPU time of the process, all threads.");
  readonly rss = gauge("process_resident_memory_bytes", "Resident memory of the process.");
  readonly startTime = gauge("process_start_time_seconds", "Start of the process since the epoch.");
  readonly heap = gauge("nodejs_heap_size_used_bytes", "JavaScript heap in use.");
  readonly loopDelay = gauge(
    "nodejs_eventloop_delay_seconds",
    "Delay of the event loop since the last scrape, by quantile.",
    ["quantile"],
  );
  readonly loopUtilization = gauge(
    "nodejs_eventloop_utilization",
    "Share of time the event loop was busy since the last scrape.",
  );
}
