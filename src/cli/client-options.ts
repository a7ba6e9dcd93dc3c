import { type Command, InvalidArgumentError, Option } from "commander";
import { parseJson } from "../base/index.ts";
import type { SirveClient } from "../client/index.ts";
import { processEnvironment } from "../config/index.ts";
import { type ConnectionOptions, connectionOf } from "./connection.ts";
import { type Format, outputOption } from "./output.ts";

/** Options of every command that talks to a running server. */
export interface ClientOptions extends ConnectionOptions {
  readonly timeoutMs: number;
}

/** Options of a command that also prints what it got. */
export interface PrintingOptions extends ClientOptions {
  readonly output: Format;
}

const DEFAULT_URL = "http://127.0.0.1:8080";
const GROUP = "Server:";

/** Adds the options that say which server, with which key and certificates. */
export function addClientOptions(command: Command): Command {
  const url = processEnvironment()["SIRVE_URL"];
  const options = [
    new Option("--url <url>", "address of the server; SIRVE_URL says it too").default(url || DEFAULT_URL),
    new Option("--key <key>", "API key or token; better by SIRVE_API_KEY, which no list of processes shows"),
    new Option("--key-file <file>", "file that holds the key"),
    new Option(
      "--ca-file <file>",
      "authority of the server's certificate, PEM, if the system does not know it",
    ),
    new Option("--cert-file <file>", "certificate of this client, PEM"),
    new Option("--cert-key-file <file>", "private key of that certificate, PEM"),
    new Option("--timeout-ms <n>", "longest to wait for an answer, in milliseconds")
      .argParser(positiveInteger)
      .default(30_000),
  ];
  for (const option of options) command.addOption(option.helpGroup(GROUP));
  return command;
}

/** Adds the options of a server and `-o`. */
export function addPrintingOptions(command: Command): Command {
  return addClientOptions(command.addOption(outputOption()));
}

/** Runs `work` with the client of the server; its errors become the program's own, its connections are closed. */
export async function withServer<T>(
  options: ClientOptions,
  work: (server: SirveClient) => Promise<T>,
  retries?: number,
): Promise<T> {
  const { url, key, tls } = connectionOf(options);
  const [{ createClient }, { platformError }, { nodeFetch }] = await Promise.all([
    import("../client/index.ts"),
    import("./client-error.ts"),
    import("./node-fetch.ts"),
  ]);
  const connections = nodeFetch(tls);
  try {
    const { timeoutMs } = options;
    const { fetch } = connections;
    return await work(
      createClient({ url: url.href, key, timeoutMs, retries, fetch, parseJson: losslessJson }),
    );
  } catch (thrown) {
    throw platformError(thrown);
  } finally {
    connections.close();
  }
}

/** Integers of 64 bits are printed as they came, and so is NaN. */
const losslessJson = (text: string) => parseJson(Buffer.from(text), { nonFinite: true });

/** Reads an option that is a whole number of at least 1. */
export function positiveInteger(text: string): number {
  const value = Number(text);
  if (/^[0-9]{1,15}$/.test(text) && value >= 1) return value;
  throw new InvalidArgumentError("expected a whole number of at least 1.");
}

/** Reads an option that is a list of such numbers: "1,8,32". */
export function positiveIntegers(text: string): number[] {
  return text.split(",").map((part) => positiveInteger(part.trim()));
}
