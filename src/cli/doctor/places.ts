import { mkdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PlatformError } from "../../base/index.ts";
import { type Config, cacheFolder } from "../../config/index.ts";
import { withServer } from "../client-options.ts";
import type { ConnectionOptions } from "../connection.ts";
import { requestFailure } from "../exit-code.ts";
import { type Check, type Finding, fail, ok, reasonOf, warn } from "./finding.ts";
import { diskFinding } from "./machine.ts";

/** The cache folder, and free space there and for temporary files. */
export const checkFolders: Check = async ({ config, env }) => {
  const folder = cacheFolder(config, env);
  if (folder === undefined) return [ok("cache", "off"), diskFinding("disk", tmpdir())];
  const cache = await cacheFinding(folder);
  return [cache, diskFinding("disk", cache.status === "ok" ? folder : tmpdir())];
};

async function cacheFinding(folder: string): Promise<Finding> {
  const probe = join(folder, `.doctor-${process.pid}`);
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(probe, "");
    await rm(probe);
    return ok("cache", folder);
  } catch (thrown) {
    return warn(
      "cache",
      reasonOf(thrown),
      "name a folder that may be written: --engine-cache-dir DIR, or none",
    );
  }
}

/** Whether the ports can be taken, or are taken by a Sirve that runs already. */
export const checkPorts: Check = async ({ config, server }) => {
  const running = await runningFinding(server);
  const wanted: [string, string, Config["http"] | Config["grpc"]][] = [
    ["http port", "--http-port", config.http],
  ];
  if (config.grpc.enabled) wanted.push(["grpc port", "--grpc-port", config.grpc]);
  const isRunning = running.status === "ok";
  const ports = await Promise.all(
    wanted.map(async ([name, flag, { host, port }]) => portFinding({ name, flag, host, port, isRunning })),
  );
  return [...ports, running];
};

interface WantedPort {
  readonly name: string;
  readonly flag: string;
  readonly host: string;
  readonly port: number;
  /** Whether a Sirve answers already: it may be the one that has the port. */
  readonly isRunning: boolean;
}

async function portFinding({ name, flag, host, port, isRunning }: WantedPort): Promise<Finding> {
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen({ host, port }, resolve);
    });
    return ok(name, port === 0 ? "any free one" : `${host}:${port} is free`);
  } catch (thrown) {
    const detail = `${host}:${port}: ${reasonOf(thrown)}`;
    if (isRunning) return ok(name, `${host}:${port} is taken; a server runs already`);
    return fail(name, detail, `choose another with ${flag} (0 takes any free one)`);
  } finally {
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  }
}

const ANSWER_MS = 2000;

async function runningFinding(server: ConnectionOptions): Promise<Finding> {
  const { url } = server;
  try {
    const isReady = await withServer({ ...server, timeoutMs: ANSWER_MS }, async (client) => client.isReady());
    if (isReady) return ok("server", `${url} is ready`);
    return warn("server", `${url} is not ready`, "sirve models list shows what it is loading");
  } catch (thrown) {
    const error = PlatformError.from(thrown);
    if (requestFailure(error)?.kind === "unreachable") {
      return warn(
        "server",
        `none answers at ${url}`,
        "start one: sirve serve models/ (or name another with --url)",
      );
    }
    return warn("server", `${url}: ${error.message}`, error.details.hint ?? "name another with --url");
  }
}
