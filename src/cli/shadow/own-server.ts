import { statSync } from "node:fs";
import { PlatformError, systemClock } from "../../base/index.ts";
import { loadConfig } from "../../config/index.ts";
import { version } from "../version.ts";

const LOOK_MS = 50;

/**
 * Serves a folder of models within this process, on free ports of loopback, while `use` runs with its address.
 *
 * @throws PlatformError `not_found` if there is no such folder, `unavailable` if it is not ready in `timeoutMs`.
 */
export async function withOwnServer<T>(
  folder: string,
  timeoutMs: number,
  use: (url: string) => Promise<T>,
): Promise<T> {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    const details = { field: "--from", got: folder, expected: "a folder of models" };
    throw new PlatformError("not_found", `there is no folder at ${folder}`, details);
  }
  const { startApp } = await import("../../server/index.ts");
  const quiet = { "http.port": 0, "grpc.port": 0, "log.level": "error" };
  const app = await startApp(loadConfig({ env: {}, flags: { models: folder, ...quiet } }), { version });
  try {
    const endsAt = systemClock.now() + timeoutMs;
    while (!app.control.isReady()) {
      if (systemClock.now() > endsAt) throw notReady(folder);
      await new Promise<void>((resolve) => systemClock.after(LOOK_MS, resolve));
    }
    return await use(`http://127.0.0.1:${app.http.port}`);
  } finally {
    await app.close();
  }
}

function notReady(folder: string): PlatformError {
  return new PlatformError("unavailable", `the models of ${folder} are not loaded yet`, {
    field: "--timeout-ms",
    hint: "give them more time",
  });
}
