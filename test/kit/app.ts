import { type Flags, loadConfig } from "../../src/config/index.ts";
import type { ControlPlane, LoadState } from "../../src/model/index.ts";
import { type RunningApp, startApp } from "../../src/server/index.ts";
import { until } from "./until.ts";

/** The real server within this process, on free loopback ports. */
export interface TestApp {
  /** Such as "http://127.0.0.1:40123". */
  readonly url: string;
  readonly port: number;
  /** Such as "127.0.0.1:40124". */
  readonly grpc: string;
  readonly control: ControlPlane;
  readonly app: RunningApp;
  /** The value of a metric, summed over the series whose line contains every one of `labels`. */
  readonly metric: (name: string, ...labels: readonly string[]) => Promise<number>;
  /** The state of a version; undefined if it is not known. */
  readonly stateOf: (model: string, version: number) => LoadState | undefined;
  /** Waits until a version is in a state. */
  readonly comesTo: (state: LoadState, model: string, version: number) => Promise<void>;
}

/** Starts a server over `models`, waits until it is ready unless `waits` is false, and runs `use` with it. */
export async function withApp(
  models: string,
  use: (app: TestApp) => Promise<void>,
  { waits = true, ...flags }: Flags & { readonly waits?: boolean } = {},
): Promise<void> {
  const app = await startApp(configOf(models, flags), { version: "0.0.0-test" });
  const { control, http, grpc } = app;
  const stateOf = (model: string, version: number) =>
    control
      .list()
      .find((status) => status.model === model)
      ?.versions.findLast((status) => status.version === version)?.state;
  const url = `http://127.0.0.1:${http.port}`;
  try {
    if (waits) await until("readiness", () => control.isReady());
    await use({
      url,
      port: http.port,
      grpc: `127.0.0.1:${grpc?.port}`,
      control,
      app,
      metric: (name, ...labels) => readMetric(url, name, labels),
      stateOf,
      comesTo: (state, model, version) =>
        until(`${model} ${version} ${state}`, () => stateOf(model, version) === state),
    });
  } finally {
    await app.close();
  }
}

/** Short looks and no log, unless `flags` say otherwise. */
function configOf(models: string, flags: Flags) {
  const quiet = {
    "http.port": 0,
    "grpc.port": 0,
    pollMs: 50,
    "log.level": "silent",
    "shutdown.graceMs": 2000,
  };
  return loadConfig({ env: {}, flags: { models, ...quiet, ...flags } });
}

/** The value of a metric of the server at `url`, summed over the series whose line contains every one of `labels`. */
export async function readMetric(url: string, name: string, labels: readonly string[]): Promise<number> {
  const lines = (await (await fetch(`${url}/metrics`)).text()).split("\n");
  const found = lines.filter(
    (line) =>
      (line.startsWith(`${name}{`) || line.startsWith(`${name} `)) && labels.every((l) => line.includes(l)),
  );
  return found.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" "))), 0);
}
