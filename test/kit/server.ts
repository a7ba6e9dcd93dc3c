import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** A `sirve serve` process on free loopback ports. */
export interface TestServer {
  /** Such as "http://127.0.0.1:40123". */
  readonly url: string;
  /** Such as "127.0.0.1:40124". */
  readonly grpc: string;
  readonly process: ChildProcess;
  /** What it has printed so far, both streams. */
  readonly output: () => string;
  /** Asks it to end and waits; kills it if it has not ended after ten seconds. @returns its exit code. */
  stop(): Promise<number | null>;
}

export interface TestServerOptions {
  readonly models: string;
  /** More arguments of `sirve serve`. */
  readonly args?: readonly string[];
  /** How the command line is started; default: from the sources. */
  readonly main?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Asks whether it is ready; one that knows the certificate, for a server with TLS. */
  readonly fetch?: typeof fetch;
}

const SOURCES = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
const START_MS = 120_000;
const STOP_MS = 10_000;

/**
 * Starts a server as a process of its own and waits until it is ready and all its models are loaded
 * or have failed.
 *
 * @throws Error with its output if it ends, or is not ready within two minutes.
 */
export async function startServer(options: TestServerOptions): Promise<TestServer> {
  const { models, args = [], main = SOURCES, env = {}, fetch: ask = fetch } = options;
  const child = spawn(
    process.execPath,
    [main, "serve", models, "--http-port", "0", "--grpc-port", "0", ...args],
    { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...env } },
  );
  const printed = collect(child);
  const stop = () => stopChild(child);
  try {
    const [url, grpc] = await addresses(child, printed);
    await ready(async () => ask(`${url}/v2/health/ready`), child, printed);
    return { url, grpc, process: child, output: printed, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function collect(child: ChildProcess): () => string {
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (part: string) => (text += part));
  }
  return () => text;
}

/** The two addresses that the server prints at start. */
async function addresses(child: ChildProcess, printed: () => string): Promise<readonly [string, string]> {
  const found = () => {
    const http = /https?:\/\/(127\.0\.0\.1:[1-9]\d*)/.exec(printed());
    const grpc = /grpc(?::\/\/|\D{1,40})(127\.0\.0\.1:[1-9]\d*)/i.exec(printed());
    return http && grpc ? ([http[0], grpc[1] ?? ""] as const) : undefined;
  };
  return poll(found, child, printed);
}

async function ready(
  ask: () => Promise<Response>,
  child: ChildProcess,
  printed: () => string,
): Promise<void> {
  const isReady = async () => {
    const { status } = await ask();
    return status === 200 ? true : undefined;
  };
  await poll(isReady, child, printed);
}

/** Asks `found` every 20 ms until it answers something. */
async function poll<T>(
  found: () => T | undefined | Promise<T | undefined>,
  child: ChildProcess,
  printed: () => string,
): Promise<T> {
  const end = performance.now() + START_MS;
  while (performance.now() < end) {
    const value = await found();
    if (value !== undefined) return value;
    if (child.exitCode !== null) throw new Error(`sirve ended with ${child.exitCode}\n${printed()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`sirve is not ready after ${START_MS} ms\n${printed()}`);
}

async function stopChild(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
  await ended;
  clearTimeout(timer);
  return child.exitCode;
}
