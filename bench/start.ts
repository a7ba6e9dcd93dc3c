import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { flightRequests } from "./kit/flight.ts";
import { httpLoad, rawRequest } from "./kit/http-load.ts";
import { medianInterval } from "./kit/interval.ts";
import { ModelFolder } from "./kit/model-folder.ts";
import { circumstances, figure, type Result } from "./kit/report.ts";

/** From the start of the process until the first right answer of a small model, as a user waits for it. */
export async function start(rounds: number): Promise<Result> {
  const folder = new ModelFolder();
  folder.add("flight-delay", 1, "examples/models/flight-delay/1/model.onnx");
  const main = existsSync("dist/cli/main.js") ? "dist/cli/main.js" : "src/cli/main.ts";
  const times: number[] = [];
  try {
    // One more than counted: the first probes the artifact in a child and fills the caches.
    for (let round = 0; round <= rounds; round++) times.push(await firstAnswer(main, folder.path));
    const figures = [
      figure(`process start → first answer (${main})`, "ms", medianInterval(times.slice(1)), { atMost: 500 }),
      figure("the same for an artifact never seen before", "ms", exact(times[0] ?? Number.NaN)),
    ];
    return { name: "start", ...circumstances(), foreignShare: Number.NaN, rounds, figures };
  } finally {
    folder.delete();
  }
}

const exact = (value: number) => ({ value, low: value, high: value });

async function firstAnswer(main: string, models: string): Promise<number> {
  const port = await freePort();
  const startedAt = performance.now();
  const args = [
    main,
    "serve",
    models,
    "--http-port",
    String(port),
    "--grpc-port",
    "0",
    "--log-level",
    "error",
  ];
  const child = spawn(process.execPath, args, { stdio: "ignore" });
  const [native] = flightRequests();
  if (!native) throw new Error("no request");
  const requests = [rawRequest(native.path, native.body, native.headers)];
  try {
    for (;;) {
      const { answers } = await httpLoad({ port, connections: 1, seconds: 0, requests });
      if (answers > 0) return performance.now() - startedAt;
      if (performance.now() - startedAt > 30_000) throw new Error("no answer within 30 s");
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  } finally {
    child.kill("SIGTERM");
    if (child.exitCode === null) await once(child, "exit");
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}
