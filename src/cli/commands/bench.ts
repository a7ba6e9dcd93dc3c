import { Command, InvalidArgumentError, Option } from "commander";
import { PlatformError } from "../../base/index.ts";
import { WIRES, type Wire } from "../bench/bodies.ts";
import type { Load } from "../bench/load.ts";
import { errorCount, histogramText, levelsCsv, levelsTable, titleOf } from "../bench/report.ts";
import { type Level, runSweep, type Sweep } from "../bench/sweep.ts";
import {
  addClientOptions,
  type ClientOptions,
  positiveInteger,
  positiveIntegers,
  withServer,
} from "../client-options.ts";
import { connectionOf } from "../connection.ts";
import { EXIT } from "../exit-code.ts";
import { onInterrupt } from "../interrupt.ts";
import { note, print, render } from "../output.ts";

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
from when a request was due. The client shares the machine with the server unless --url is elsewhere.
sirve load-test tries other settings of a version, in the server and without the wire.`;

/** `sirve bench`: a sweep of loads over one or more wires. */
export function command(): Command {
  const made = new Command("bench")
    .description("Measure latency and throughput of a model of a running server.")
    .argument("<model>", "churn, churn@7, churn@challenger, or an endpoint")
    .option(
      "--concurrency <n,n>",
      "requests under way at once; one level for each number (default: 1)",
      positiveIntegers,
    )
    .option("--rate <n,n>", "requests per second, sent whatever comes back", positiveIntegers)
    .option("--wire <wires>", `one or more of ${WIRES.join(",")}`, parseWires, ["native"])
    .option("--grpc-url <url>", "address of the server's gRPC port", "http://127.0.0.1:9000")
    .option("-i, --input <file>", "what to send (default: made from the model's metadata)")
    .option("--content-type <type>", "what the input is, where its name does not tell")
    .option("--rows <n>", "rows in one made request", positiveInteger, 1)
    .option("--shape <name=n,n>", "shape of one made input; may be repeated", parseShape, new Map())
    .option(
      "--model-version <n>",
      "ask this version (default: the one that the name answers with)",
      positiveInteger,
    );
  return addClientOptions(addLimits(made)).addHelpText("after", EXAMPLES).action(bench);
}

function addLimits(made: Command): Command {
  return made
    .option("--window-ms <n>", "length of a measuring window, in milliseconds", positiveInteger, 1000)
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
  const sweep = sweepOf(model, options);
  const interrupt = onInterrupt();
  try {
    const begins = (wire: Wire, load: Load) => progress(`measuring ${wire}, ${load.kind} ${load.value} …`);
    const { stop } = interrupt;
    const connection = connectionOf(options);
    const levels = await withServer(options, async (client) =>
      runSweep({ client, connection }, sweep, { stop, begins }),
    );
    progress("");
    await show(levels, options);
    if (stop.aborted) process.exitCode = EXIT.interrupted;
    else if (levels.some(({ report }) => errorCount(report) > 0)) process.exitCode = EXIT.failure;
  } finally {
    interrupt.release();
  }
}

function sweepOf(model: string, options: BenchOptions): Sweep {
  return {
    reference: { model, version: options.modelVersion },
    wires: options.wire,
    loads: loadsOf(options),
    limits: {
      windowMs: options.windowMs,
      tolerance: options.tolerance / 100,
      maxMs: options.maxSeconds * 1000,
      maxRequests: options.maxRequests,
    },
    grpcUrl: options.grpcUrl,
    input: options.input,
    contentType: options.contentType,
    sizes: { rows: options.rows, shapes: options.shape },
    timeoutMs: options.timeoutMs,
  };
}

async function show(levels: readonly Level[], { output, histogram }: BenchOptions): Promise<void> {
  const reports = levels.map(({ report }) => report);
  if (output === "csv") return print(levelsCsv(reports));
  const draw = () => {
    const drawings = levels.map(({ report, latencies }) => `${titleOf(report)}\n${histogramText(latencies)}`);
    return [levelsTable(reports), ...(histogram ? drawings : [])].join("\n\n");
  };
  print(await render(reports, output, draw));
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
