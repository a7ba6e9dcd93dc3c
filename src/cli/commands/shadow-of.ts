import { Command, InvalidArgumentError, Option } from "commander";
import { PlatformError, systemClock } from "../../base/index.ts";
import type { SirveClient } from "../../client/index.ts";
import { addPrintingOptions, type PrintingOptions, positiveInteger, withServer } from "../client-options.ts";
import { parseUrl } from "../connection.ts";
import { EXIT } from "../exit-code.ts";
import { onInterrupt } from "../interrupt.ts";
import { note, print, render } from "../output.ts";
import { safeText } from "../safe-text.ts";
import { certificateText } from "../shadow/certificate-text.ts";
import { Mirror } from "../shadow/mirror.ts";
import { withOwnServer } from "../shadow/own-server.ts";
import { startProxy } from "../shadow/proxy.ts";
import { replay, type Watching } from "../shadow/replay.ts";
import { type Certificate, Tally } from "../shadow/tally.ts";
import { until } from "../shadow/until.ts";
import { isPrediction, predictionPath, SHADOW_WIRES, type ShadowWire } from "../shadow/wire.ts";

interface ShadowOptions extends PrintingOptions {
  readonly model: string;
  readonly as?: string;
  readonly protocol: ShadowWire;
  readonly listen: { readonly host: string; readonly port: number };
  readonly requests?: number;
  readonly seconds?: number;
  readonly requestsFile?: string;
  readonly from?: string;
  readonly maxDifference: number;
}

const HELP = `
Examples:
  $ sirve shadow-of http://old:8501 --protocol tensorflow-serving --model churn --listen 0.0.0.0:8601
  $ sirve shadow-of http://old:8000 --model churn --as churn@challenger --requests 1000 -o json
  $ sirve shadow-of http://old:8000 --model churn --from models --requests-file recorded.ndjson

Send clients to the address that it prints: the old server answers them as before, and the model of the
server at --url gets the same requests. Ctrl-C, --requests or --seconds end it; then the certificate says
whether the two are equivalent, and so does the exit code: 0 if they are, 1 if not.`;

/** `sirve shadow-of`: compares a model with the one that it is to replace, under the real requests. */
export function command(): Command {
  const made = new Command("shadow-of")
    .description("Stand before another server, mirror its predictions to a model of Sirve, and compare.")
    .argument("<old-url>", "address of the server that answers, such as http://old:8501")
    .requiredOption("--model <name>", "the model on that server")
    .option("--as <name>", "the model on the server at --url, perhaps name@alias (default: the same name)")
    .addOption(
      new Option("--protocol <wire>", "what the clients speak").choices([...SHADOW_WIRES]).default("v2"),
    )
    .option(
      "--listen <host:port>",
      "where clients are taken; port 0: any free one (default: 127.0.0.1:0)",
      parseListen,
      { host: "127.0.0.1", port: 0 },
    )
    .option("--from <folder>", "folder of models to take the new one from, instead of the server at --url")
    .option("--requests <n>", "end after so many predictions", positiveInteger)
    .option("--seconds <n>", "end after so long", positiveInteger)
    .option("--requests-file <file>", "send the bodies in this file, one a line, instead of listening")
    .option(
      "--max-difference <number>",
      "numbers this near, absolutely or relatively, are equal",
      parseDifference,
      1e-5,
    );
  return addPrintingOptions(made).addHelpText("after", HELP).action(shadowOf);
}

async function shadowOf(oldUrl: string, options: ShadowOptions): Promise<void> {
  const target = parseUrl(oldUrl, "old-url");
  const interrupt = onInterrupt();
  try {
    const { from, timeoutMs } = options;
    const ask = async (url: string) => certify(target, { ...options, url }, interrupt.stop);
    const certificate = await (from === undefined ? ask(options.url) : withOwnServer(from, timeoutMs, ask));
    print(await render(certificate, options.output, () => certificateText(certificate)));
    if (certificate.verdict !== "equivalent") process.exitCode = EXIT.failure;
  } finally {
    interrupt.release();
  }
}

async function certify(target: URL, options: ShadowOptions, stop: AbortSignal): Promise<Certificate> {
  return withServer(
    options,
    async (client) => {
      // Before anyone is sent to a port that mirrors to nothing.
      await client.metadata(options.as ?? options.model);
      return await watch(client, target, options, stop);
    },
    0,
  );
}

async function watch(
  client: SirveClient,
  target: URL,
  options: ShadowOptions,
  stop: AbortSignal,
): Promise<Certificate> {
  const { model, protocol: wire, maxDifference: tolerance, url, timeoutMs } = options;
  const name = options.as ?? model;
  const tally = new Tally();
  const path = predictionPath(wire, name);
  const mirror = new Mirror({ client, wire, path, tolerance, tally, clock: systemClock });
  const given = { target, mirror, tally, stop, timeoutMs };
  if (options.requestsFile === undefined) await listen(given, options);
  else await replay(given, { file: options.requestsFile, path: predictionPath(wire, model) });
  await mirror.idle();
  return tally.certificate({
    old: `${model} at ${target.origin}`,
    new: `${name} at ${new URL(url).origin}`,
    protocol: wire,
    tolerance,
  });
}

async function listen({ target, mirror, tally, stop }: Watching, options: ShadowOptions): Promise<void> {
  const { model, protocol, listen: at, requests = Number.POSITIVE_INFINITY, seconds } = options;
  const ended = until({ stop, seconds, clock: systemClock });
  const seen = () => {
    tally.requests += 1;
    if (tally.requests >= requests) ended.end();
  };
  const proxy = await startProxy({
    ...at,
    target,
    clock: systemClock,
    isWatched: (method, path) => isPrediction(protocol, model, method, path),
    onAnswered: (exchanged) => {
      if (tally.requests >= requests) return;
      const { status } = exchanged.answer;
      if (status === 429 || status >= 500) tally.oldFailed += 1;
      else mirror.offer(exchanged);
      seen();
    },
    onLost: () => {
      tally.dropped += 1;
      seen();
    },
  }).catch(cannotListen);
  note(`listening on ${proxy.url}, for ${safeText(target.origin)}\n`);
  await ended.promise;
  await proxy.close();
}

function cannotListen(cause: unknown): never {
  const message = cause instanceof Error ? cause.message : String(cause);
  throw new PlatformError("failed_precondition", `cannot listen: ${message}`, { field: "--listen", cause });
}

function parseListen(text: string): ShadowOptions["listen"] {
  const match = /^(?:\[([\da-f:]+)\]|([^:\s]+)):(\d{1,5})$/i.exec(text);
  const port = Number(match?.[3]);
  if (!match || port > 65_535) throw new InvalidArgumentError("expected HOST:PORT.");
  return { host: match[1] ?? match[2] ?? "", port };
}

function parseDifference(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && value >= 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError("expected a number of at least 0.");
}
