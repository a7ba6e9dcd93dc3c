import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { type Flags, loadConfig } from "../../src/config/index.ts";
import { type RunningApp, startApp } from "../../src/server/index.ts";
import { until } from "./until.ts";

/** What came back from the management API. */
export interface AdminAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface CallOptions {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The real server over a registry in a data directory, within this process. */
export interface RegistryApp {
  readonly url: string;
  readonly app: RunningApp;
  readonly call: (method: string, path: string, options?: CallOptions) => Promise<AdminAnswer>;
  /** Uploads files whole and adds them as a version of a model; `files` are paths, or contents by name. */
  readonly add: (model: string, files: Files, more?: object) => Promise<AdminAnswer>;
  /** Asks for a prediction. */
  readonly predict: (name: string, body: object) => Promise<AdminAnswer>;
}

/** Files of a version: paths whose last part is the name, or contents by name. */
export type Files = readonly (string | readonly [name: string, content: string | Uint8Array])[];

/** A temporary folder while `use` runs. */
export async function withDataFolder(use: (path: string) => Promise<void>): Promise<void> {
  const path = mkdtempSync(join(tmpdir(), "sirve-data-"));
  try {
    await use(path);
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
}

/** Settings of a quiet server on free ports over a data directory. */
export function registryConfig(data: string, flags: Flags = {}): ReturnType<typeof loadConfig> {
  const quiet = { "http.port": 0, "grpc.port": 0, "log.level": "silent", "shutdown.graceMs": 2000 };
  return loadConfig({ env: {}, flags: { data, ...quiet, ...flags } });
}

/** Starts a server over the registry in `data`, waits until it is ready, and runs `use` with it. */
export async function withRegistryApp(
  data: string,
  use: (app: RegistryApp) => Promise<void>,
  flags: Flags = {},
): Promise<void> {
  const app = await startApp(registryConfig(data, flags), { version: "0.0.0-test" });
  const url = `http://127.0.0.1:${app.http.port}`;
  const call: RegistryApp["call"] = async (method, path, options) => callAt(url, method, path, options);
  try {
    await until("readiness", () => app.control.isReady());
    await use({
      url,
      app,
      call,
      add: async (model, files, more) => add(call, model, files, more),
      predict: async (name, body) => call("POST", `/predict/${name}`, { body }),
    });
  } finally {
    await app.close();
  }
}

async function callAt(
  url: string,
  method: string,
  path: string,
  { body, headers }: CallOptions = {},
): Promise<AdminAnswer> {
  const isBytes = body instanceof Uint8Array;
  const reply = await fetch(`${url}${path}`, {
    method,
    headers: { ...(body !== undefined && !isBytes && { "content-type": "application/json" }), ...headers },
    ...(body !== undefined && { body: isBytes ? Buffer.from(body) : JSON.stringify(body) }),
  });
  const text = await reply.text();
  const isJson = /json/.test(reply.headers.get("content-type") ?? "");
  const read = isJson && text !== "" ? (JSON.parse(text) as Record<string, unknown>) : { text };
  return { status: reply.status, headers: reply.headers, body: read };
}

/** A file as the registry knows it. */
export function fileOf(file: Files[number]): {
  readonly name: string;
  readonly digest: string;
  readonly bytes: number;
  readonly content: Uint8Array;
} {
  const [name, given] = typeof file === "string" ? [basename(file), readFileSync(file)] : file;
  const content = typeof given === "string" ? Buffer.from(given) : given;
  const digest = createHash("sha256").update(content).digest("hex");
  return { name, digest, bytes: content.length, content };
}

async function add(
  call: RegistryApp["call"],
  model: string,
  given: Files,
  { headers, ...more }: { readonly headers?: Record<string, string> } = {},
): Promise<AdminAnswer> {
  const files = given.map(fileOf);
  for (const { digest, content } of files) {
    const { status, body } = await call("PUT", `/api/v1/uploads/${digest}`, { body: content });
    if (status !== 204) throw new Error(`upload answered with ${status}: ${JSON.stringify(body)}`);
  }
  const named = files.map(({ name, digest, bytes }) => ({ name, digest, bytes }));
  return await call("POST", `/api/v1/models/${model}/versions`, {
    body: { files: named, ...more },
    ...(headers && { headers }),
  });
}
