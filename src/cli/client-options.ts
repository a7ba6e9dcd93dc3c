import { type Command, InvalidArgumentError } from "commander";
import { processEnvironment } from "../config/index.ts";
import { type Client, createClient } from "./http-client.ts";
import { type Format, outputOption } from "./output.ts";

/** Options of every command that talks to a running server. */
export interface ClientOptions {
  readonly url: string;
  readonly timeoutMs: number;
}

/** Options of a command that also prints what it got. */
export interface PrintingOptions extends ClientOptions {
  readonly output: Format;
}

const DEFAULT_URL = "http://127.0.0.1:8080";

/** Adds `--url` and `--timeout-ms`. */
export function addClientOptions(command: Command): Command {
  const url = processEnvironment()["SIRVE_URL"];
  return command
    .option(
      "--url <url>",
      "address of the server (or SIRVE_URL)",
      url === undefined || url === "" ? DEFAULT_URL : url,
    )
    .option("--timeout-ms <n>", "longest to wait for an answer", positiveInteger, 30_000);
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
  const client = createClient(options.url, options.timeoutMs);
  try {
    return await work(client);
  } finally {
    client.close();
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
