import { readFileSync } from "node:fs";
import { type Command, InvalidArgumentError } from "commander";
import { PlatformError } from "../base/index.ts";
import type { SirveClient } from "../client/index.ts";
import { processEnvironment } from "../config/index.ts";
import { type Client, createClient } from "./http-client.ts";
import { type Format, outputOption } from "./output.ts";

/** Options of every command that talks to a running server. */
export interface ClientOptions {
  readonly url: string;
  readonly timeoutMs: number;
  readonly key?: string;
  readonly keyFile?: string;
}

/** Options of a command that also prints what it got. */
export interface PrintingOptions extends ClientOptions {
  readonly output: Format;
}

const DEFAULT_URL = "http://127.0.0.1:8080";

/** Adds `--url`, `--timeout-ms`, `--key` and `--key-file`. */
export function addClientOptions(command: Command): Command {
  const url = processEnvironment()["SIRVE_URL"];
  return command
    .option(
      "--url <url>",
      "address of the server (or SIRVE_URL)",
      url === undefined || url === "" ? DEFAULT_URL : url,
    )
    .option("--timeout-ms <n>", "longest to wait for an answer", positiveInteger, 30_000)
    .option("--key <key>", "API key or token (or SIRVE_API_KEY, which no list of processes shows)")
    .option("--key-file <path>", "file that holds the key");
}

/** Adds `--url`, `--timeout-ms` and `-o`. */
export function addPrintingOptions(command: Command): Command {
  return addClientOptions(command).addOption(outputOption());
}

/** Runs `work` with a client of the server, whose connections are closed afterwards. */
export async function withClient<T>(
  options: ClientOptions,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const client = createClient(options.url, options.timeoutMs, keyOf(options));
  try {
    return await work(client);
  } finally {
    client.close();
  }
}

/** Runs `work` with the typed client of the server; its errors become the program's own. */
export async function withServer<T>(
  options: ClientOptions,
  work: (server: SirveClient) => Promise<T>,
): Promise<T> {
  const [client, { platformError }] = await Promise.all([
    import("../client/index.ts"),
    import("./client-error.ts"),
  ]);
  try {
    const { url, timeoutMs } = options;
    return await work(client.createClient({ url, timeoutMs, key: keyOf(options) }));
  } catch (thrown) {
    throw platformError(thrown);
  }
}

/** The key to send: of the option, the file, or the environment. */
function keyOf({ key, keyFile }: ClientOptions): string | undefined {
  if (key !== undefined) return key;
  if (keyFile === undefined) return processEnvironment()["SIRVE_API_KEY"];
  try {
    return readFileSync(keyFile, "utf8").trim();
  } catch (cause) {
    throw new PlatformError("not_found", "the key file cannot be read", {
      field: "--key-file",
      got: keyFile,
      cause,
    });
  }
}

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
