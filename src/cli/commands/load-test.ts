import { Command, InvalidArgumentError } from "commander";
import { PlatformError, parseJson } from "../../base/index.ts";
import type { LoadTestOptions, LoadTestReport, SirveClient } from "../../client/index.ts";
import { addPrintingOptions, type PrintingOptions, positiveIntegers, withServer } from "../client-options.ts";
import { EXIT } from "../exit-code.ts";
import { readInput } from "../input-file.ts";
import { onInterrupt } from "../interrupt.ts";
import { reportsTable } from "../load-test/reports-table.ts";
import { type Axes, type Trial, trialsOf } from "../load-test/trials.ts";
import { modelTarget, type Target } from "../model-target.ts";
import { note, print, render } from "../output.ts";
import { millisText, significant } from "../quantity.ts";

interface LoadTestCommandOptions extends PrintingOptions, Axes {
  readonly seconds: number;
  readonly input?: string;
}

const HELP = `
Examples:
  $ sirve load-test flight-delay --concurrency 1,8,32
  $ sirve load-test fashion --max-rows 1,8,32 --max-delay-us 0,2000
  $ sirve load-test churn@2 --input examples/data/customers.json -o json

Each combination is tried on a copy of the version that the server loads for the test and frees after it, so that
what serves keeps its settings and its queue; it shares the CPUs. The load is made in the server: what the way to it
costs, decoding and encoding among it, is not in the figures. sirve bench measures a server from outside, as it serves.`;

/** `sirve load-test`: what a version would do with other settings, measured in the server. */
export function command(): Command {
  const made = new Command("load-test")
    .description("Try settings of a version under load, in the server, on a copy beside the one that serves.")
    .argument("<model>", "churn, or churn@7", modelTarget)
    .option("--seconds <n>", "how long each test starts requests, 1 to 30", seconds, 5)
    .option("--concurrency <n,n>", "requests under way at once", positiveIntegers, [8])
    .option("--instances <n,n>", "runs at once at the most (default: as it serves)", positiveIntegers)
    .option("--max-rows <n,n>", "rows in one run at the most (default: as it serves)", positiveIntegers)
    .option(
      "--max-delay-us <n,n>",
      "longest wait for company, in microseconds (default: as it serves)",
      wholeNumbers,
    )
    .option("-i, --input <file>", "JSON that each request asks, as for predict (default: one row, made up)");
  return addPrintingOptions(made).addHelpText("after", HELP).action(run);
}

async function run(target: Target, options: LoadTestCommandOptions): Promise<void> {
  const rows = options.input === undefined ? undefined : jsonIn(options.input);
  const interrupt = onInterrupt();
  const reports: LoadTestReport[] = [];
  try {
    await withServer(options, async (server) => {
      for (const trial of trialsOf(options)) {
        reports.push(
          await measured(server, target, { ...trial, rows, seconds: options.seconds }, interrupt.stop),
        );
      }
    });
  } catch (thrown) {
    // What was measured before Ctrl-C is shown.
    if (!interrupt.stop.aborted) throw thrown;
    process.exitCode = EXIT.interrupted;
  } finally {
    interrupt.release();
    progress("");
  }
  if (reports.length > 0 || !interrupt.stop.aborted) {
    print(await render(reports, options.output, () => reportsTable(reports)));
  }
  if (reports.some(({ failures }) => failures > 0)) process.exitCode ??= EXIT.failure;
}

async function measured(
  server: SirveClient,
  { model, version }: Target,
  trial: Trial & Pick<LoadTestOptions, "rows" | "seconds">,
  signal: AbortSignal,
): Promise<LoadTestReport> {
  progress(`loading a copy of ${model} …`);
  for await (const { event, data } of server.loadTest(model, { ...trial, version, signal })) {
    if (event === "report") return data;
    const { elapsedMs, requestsPerSecond, p99Ms } = data;
    const speed = `${significant(requestsPerSecond)} requests/s, p99 ${millisText(p99Ms ?? Number.NaN)}`;
    progress(`${model}, ${trial.concurrency} at once: ${millisText(elapsedMs)}, ${speed}`);
  }
  throw new PlatformError("unavailable", "the server told no report");
}

/** One line that is written over, on a terminal only. */
function progress(text: string): void {
  if (process.stderr.isTTY) note(`\r\u001b[2K${text}`);
}

function jsonIn(path: string): LoadTestOptions["rows"] {
  const { bytes, contentType } = readInput(path);
  if (contentType === "application/json") {
    parseJson(bytes); // Which says what is wrong, and where.
    return JSON.parse(bytes.toString("utf8")) as LoadTestOptions["rows"];
  }
  throw new PlatformError("invalid_argument", `--input ${path} is ${contentType}, expected JSON`, {
    field: "--input",
    got: contentType,
    expected: 'JSON, such as {"rows": [{"age": 41}]} or {"image": "BASE64"}',
  });
}

function seconds(text: string): number {
  const value = Number(text);
  if (/^[0-9]{1,2}(\.[0-9]+)?$/.test(text) && value >= 1 && value <= 30) return value;
  throw new InvalidArgumentError("expected 1 to 30.");
}

function wholeNumbers(text: string): number[] {
  return text.split(",").map((part) => {
    if (/^[0-9]{1,8}$/.test(part.trim())) return Number(part);
    throw new InvalidArgumentError("expected whole numbers, such as 0,500.");
  });
}
