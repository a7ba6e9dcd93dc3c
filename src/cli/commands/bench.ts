import { Command, InvalidArgumentError, Option } from "commander";
import { PlatformError, systemClock } from "../../base/index.ts";
import { grpcMessageOf, httpRequestOf, nativeRequest, WIRES, type Wire } from "../bench/bodies.ts";
import { grpcSender } from "../bench/grpc-sender.ts";
import { httpSender, type Sender } from "../bench/http-sender.ts";
import { type Load, type LoadResult, measureLoad } from "../bench/load.ts";
import {
  errorCount,
  histogramText,
  type LevelReport,
  levelsCsv,
  levelsTable,
  reportOf,
} from "../bench/report.ts";
import { inputsOfV2, type SampleTensor, sampleInputs } from "../bench/sample.ts";
import { splitBetween } from "../bench/server-split.ts";
import {
  addClientOptions,
  type ClientOptions,
  positiveInteger,
  positiveIntegers,
  withClient,
} from "../client-options.ts";
import { EXIT, requestFailure } from "../exit-code.ts";
import { type Client, parseUrl } from "../http-client.ts";
import { readInput } from "../input-file.ts";
import { onInterrupt } from "../interrupt.ts";
import { note, print, render } from "../output.ts";
import { type ModelReference, modelMetadata, modelStatistics } from "../server-api.ts";

interface BenchOptions extends ClientOptions {
  readonly concurrency?: readonly number[];
  readonly rate?: readonly number[];
  readonly wire: readonly Wire[];
  readonly grpcUrl: string;
  readonly input?: string;
  readonly contentType?: string;
  readonly rows: number;
  readonly shape: ReadonlyMap<string, readonly number[]>;
  readonly windowMs: number;
  readonly tolerance: number;
  readonly maxSeconds: number;
  readonly maxRequests: number;
  readonly modelVersion?: number;
  readonly output: "table" | "json" | "yaml" | "csv";
  readonly histogram: boolean;
}

const EXAMPLES = `
Examples:
  $ sirve bench flight-delay --concurrency 1,8,32
  $ sirve bench fashion --wire v2-binary,grpc --rate 100,500 -o csv > fashion.csv
  $ sirve bench fashion --wire native --input examples/data/ankle-boot.png

A level ends when three windows in a row agree, or at one of its limits. With --rate, latency counts
from when a request was due. The client shares the machine with the server unless --url is elsewhere.`;

/** `sirve bench`: a sweep of loads over one or more wires. */
export function command(): Command {
  const made = new Command("bench")
    .description("Measure latency and throughput of a model of a running server.")
    .argument("<model>", "name of the model")
    .option(
      "--concurrency <n,n>",
      "requests under way at once; one level for each number (default: 1)",
      positiveIntegers,
    )
    .option("--rate <n,n>", "requests per second, sent whatever comes back", positiveIntegers)
    .option("--wire <wires>", `one or more of ${WIRES.join(",")}`, parseWires, ["native"])
    .option("--grpc-url <url>", "address of the server's gRPC port", "http://127.0.0.1:9000")
    .option("-i, --input <file>", "what to send; default: made from the model's metadata")
    .option("--content-type <type>", "what the input is, where its name does not tell")
    .option("--rows <n>", "rows in one made request", positiveInteger, 1)
    .option("--shape <name=n,n>", "shape of one made input; may be repeated", parseShape, new Map())
    .option("--model-version <n>", "ask this version; default: the latest ready one", positiveInteger);
  return addClientOptions(addLimits(made)).addHelpText("after", EXAMPLES).action(bench);
}

function addLimits(made: Command): Command {
  return made
    .option("--window-ms <n>", "length of a measuring window", positiveInteger, 1000)
    .option("--tolerance <percent>", "how far three windows may lie apart", positiveInteger, 10)
    .option("--max-seconds <n>", "longest one level may take", positiveInteger, 20)
    .option("--max-requests <n>", "most requests of one level", positiveInteger, 1_000_000)
    .option("--histogram", "draw the latencies of each level", false)
    .addOption(
      new Option("-o, --output <format>", "how to print")
        .choices(["table", "json", "yaml", "csv"])
        .default("table"),
    );
}

async function bench(model: string, options: BenchOptions): Promise<void> {
  const loads = loadsOf(options);
  const reference = { model, version: options.modelVersion };
  const interrupt = onInterrupt();
  const levels: LevelReport[] = [];
  try {
    await withClient(options, async (client) => {
      for (const wire of options.wire) {
        const makeSender = await senderMaker(client, wire, reference, options);
        for (const load of loads) {
          if (interrupt.stop.aborted) return;
          progress(`measuring ${wire}, ${load.kind} ${load.value} …`);
          const before = await statisticsOf(client, reference);
          const result = await measureLevel(makeSender(load), load, options, interrupt.stop);
          const after = await statisticsOf(client, reference);
          levels.push(reportOf(wire, result, before && after && splitBetween(before, after)));
          progress("");
          if (options.histogram) drawHistogram(wire, result);
        }
      }
    });
  } finally {
    interrupt.release();
  }
  print(
    options.output === "csv"
      ? levelsCsv(levels)
      : await render(levels, options.output, () => levelsTable(levels)),
  );
  if (interrupt.stop.aborted) process.exitCode = EXIT.interrupted;
  else if (levels.some((level) => errorCount(level) > 0)) process.exitCode = EXIT.failure;
}

async function measureLevel(
  sender: Sender,
  load: Load,
  options: BenchOptions,
  stop: AbortSignal,
): Promise<LoadResult> {
  const limits = {
    windowMs: options.windowMs,
    tolerance: options.tolerance / 100,
    maxMs: options.maxSeconds * 1000,
    maxRequests: options.maxRequests,
  };
  try {
    return await measureLoad(sender.send, load, limits, { clock: systemClock, stop });
  } finally {
    sender.close();
  }
}

function loadsOf({ concurrency, rate }: BenchOptions): Load[] {
  if (concurrency && rate) {
    throw new PlatformError("invalid_argument", "--concurrency and --rate exclude each other", {
      field: "--rate",
    });
  }
  if (rate) return rate.map((value) => ({ kind: "rate", value }));
  return (concurrency ?? [1]).map((value) => ({ kind: "concurrency", value }));
}

/** Prepares the request of a wire once; the result makes a sender for each level. */
async function senderMaker(
  client: Client,
  wire: Wire,
  reference: ModelReference,
  options: BenchOptions,
): Promise<(load: Load) => Sender> {
  const { timeoutMs } = options;
  if (wire === "native" && options.input !== undefined) {
    const request = nativeRequest(reference, readInput(options.input, options.contentType));
    return () => httpSender(client.url, request, timeoutMs);
  }
  const inputs = await tensorsOf(client, reference, options);
  if (wire === "grpc") {
    const url = parseUrl(options.grpcUrl, "--grpc-url");
    const message = grpcMessageOf(reference, inputs);
    return (load) =>
      grpcSender(url, message, { timeoutMs, underWay: load.kind === "rate" ? 256 : load.value });
  }
  const request = httpRequestOf(wire, reference, inputs);
  return () => httpSender(client.url, request, timeoutMs);
}

async function tensorsOf(
  client: Client,
  reference: ModelReference,
  options: BenchOptions,
): Promise<SampleTensor[]> {
  if (options.input !== undefined) return inputsOfV2(readInput(options.input, options.contentType).bytes);
  const { inputs } = await modelMetadata(client, reference);
  return sampleInputs(inputs, { rows: options.rows, shapes: options.shape });
}

/** The server's own view, if it has one: another V2 server may not. */
async function statisticsOf(client: Client, reference: ModelReference) {
  try {
    return await modelStatistics(client, reference);
  } catch (thrown) {
    if (requestFailure(PlatformError.from(thrown))?.kind === "answered") return undefined;
    throw thrown;
  }
}

function drawHistogram(wire: Wire, { load, measured }: LoadResult): void {
  note(`${wire}, ${load.kind} ${load.value}\n${histogramText(measured.latencies)}\n\n`);
}

/** One line that is written over, on a terminal only. */
function progress(text: string): void {
  if (process.stderr.isTTY) note(`\r\u001b[2K${text}`);
}

function parseWires(text: string): Wire[] {
  return text.split(",").map((part) => {
    const wire = WIRES.find((one) => one === part.trim());
    if (wire) return wire;
    throw new InvalidArgumentError(`expected some of ${WIRES.join(", ")}.`);
  });
}

function parseShape(
  text: string,
  before: ReadonlyMap<string, readonly number[]>,
): Map<string, readonly number[]> {
  const match = /^(.+)=(\d+(?:,\d+)*)?$/.exec(text);
  if (!match) throw new InvalidArgumentError("expected NAME=1,28,28.");
  const [, name = "", sizes = ""] = match;
  return new Map(before).set(name, sizes === "" ? [] : sizes.split(",").map(Number));
}
