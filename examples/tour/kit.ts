import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder of models that lives as long as a demonstration. */
export interface Folder {
  readonly path: string;
  /** Puts a version there in one step, as a deployment should: copy beside, then rename. */
  add(model: string, version: number, onnxFile: string, manifest?: object): void;
  remove(model: string, version: number): void;
}

/** A server of this demonstration. */
export interface ServedDemo {
  readonly url: string;
  readonly pid: number;
  readonly predict: (
    model: string,
    body: unknown,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<Answer>;
  readonly get: (path: string) => Promise<unknown>;
  /** The value of a metric, summed over the series whose line contains every one of `labels`. */
  readonly metric: (name: string, ...labels: readonly string[]) => Promise<number>;
}

/** A server over a folder of models. */
export interface Demo extends ServedDemo {
  readonly folder: Folder;
}

/** A server with a registry. */
export interface RegistryDemo extends ServedDemo {
  /** A temporary folder. */
  readonly path: string;
  /** Runs a command, such as `sirve("add", "model.onnx", "--name", "churn")`. */
  readonly sirve: (...args: readonly string[]) => Promise<CommandResult>;
}

export interface CommandResult {
  readonly code: number;
  /** All that it printed. */
  readonly text: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

const SIRVE = "src/cli/main.ts";

/** Says what is seen. */
export function say(text: string): void {
  process.stdout.write(`   ${text}\n`);
}

/** Says the claim with its proof, and ends the demonstration if it does not hold. */
export function prove(claim: string, holds: boolean): void {
  process.stdout.write(` ${holds ? "✓" : "✗"} ${claim}\n`);
  if (!holds) throw new Error(`not so: ${claim}`);
}

/** Runs `show` against a server of its own over a folder that `fill` fills. */
export async function demonstrate(
  title: string,
  fill: (folder: Folder) => void,
  show: (demo: Demo) => Promise<void>,
  flags: readonly string[] = [],
): Promise<void> {
  const folder = temporaryFolder();
  fill(folder);
  try {
    await served(title, [folder.path, "--poll-ms", "100", ...flags], (server) => show({ folder, ...server }));
  } finally {
    rmSync(folder.path, { recursive: true });
  }
}

/** Runs `show` against a server with an empty registry of its own. */
export async function demonstrateRegistry(
  title: string,
  show: (demo: RegistryDemo) => Promise<void>,
  flags: readonly string[] = [],
): Promise<void> {
  const path = mkdtempSync(join(tmpdir(), "sirve-tour-"));
  try {
    await served(title, ["--data", join(path, "registry"), ...flags], (server) =>
      show({ path, ...server, sirve: async (...args) => runSirve(server.url, args) }),
    );
  } finally {
    rmSync(path, { recursive: true });
  }
}

/** Starts `sirve serve` with these arguments, runs `show`, and ends the server. */
async function served(
  title: string,
  args: readonly string[],
  show: (server: ServedDemo) => Promise<void>,
): Promise<void> {
  process.stdout.write(`\n ${title}\n`);
  const port = await freePort();
  const ports = ["--http-port", String(port), "--grpc-port", "0", "--log-level", "error"];
  const child = spawn(process.execPath, [SIRVE, "serve", ...args, ...ports], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  try {
    const url = `http://127.0.0.1:${port}`;
    await untilReady(url, child);
    await show({ url, pid: child.pid ?? 0, ...calls(url) });
  } finally {
    child.kill("SIGTERM");
    if (child.exitCode === null) await once(child, "exit");
  }
}

/** Runs a command of the command line, as one types it, and shows both. */
async function runSirve(url: string, args: readonly string[]): Promise<CommandResult> {
  say(`$ sirve ${args.join(" ")}`);
  const child = spawn(process.execPath, [SIRVE, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, SIRVE_URL: url, NO_COLOR: "1" },
  });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => output.push(text));
  }
  const [code] = (await once(child, "close")) as [number];
  const text = output.join("");
  for (const line of text.trimEnd().split("\n")) say(`  ${line}`);
  return { code, text };
}

/** Waits until `holds` says so, at most half a minute. */
export async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + 30_000;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`waited 30 s for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Requests under way. */
export interface Traffic {
  /** How many answers there were, by who gave them. */
  readonly answers: ReadonlyMap<string, number>;
  readonly stop: () => Promise<void>;
}

/** Four clients that never stop asking until they are told to; counts who answered, or failed. */
export function traffic({ predict }: ServedDemo, model: string, body: unknown): Traffic {
  const answers = new Map<string, number>();
  const state = { going: true };
  const client = async () => {
    while (state.going) {
      const answer = await predict(model, body);
      const { status, body: said } = answer;
      const key = status === 200 ? `version ${String(said["version"])}` : `failed with ${status}`;
      answers.set(key, (answers.get(key) ?? 0) + 1);
    }
  };
  const clients = Promise.all([client(), client(), client(), client()]);
  return {
    answers,
    stop: async () => {
      state.going = false;
      await clients;
    },
  };
}

function temporaryFolder(): Folder {
  const path = mkdtempSync(join(tmpdir(), "sirve-tour-"));
  return {
    path,
    add(model, version, onnxFile, manifest) {
      const upload = join(path, `.upload-${model}-${version}`);
      mkdirSync(upload);
      cpSync(onnxFile, join(upload, "model.onnx"), { preserveTimestamps: true });
      if (manifest) writeFileSync(join(upload, "model.json"), JSON.stringify(manifest));
      mkdirSync(join(path, model), { recursive: true });
      renameSync(upload, join(path, model, String(version)));
    },
    remove: (model, version) => rmSync(join(path, model, String(version)), { recursive: true }),
  };
}

function calls(url: string): Pick<ServedDemo, "predict" | "get" | "metric"> {
  return {
    async predict(model, body, headers = {}) {
      const answer = await fetch(`${url}/predict/${model}`, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: JSON.stringify(body),
      });
      return {
        status: answer.status,
        headers: answer.headers,
        body: (await answer.json()) as Answer["body"],
      };
    },
    get: async (path) => (await fetch(`${url}${path}`)).json(),
    async metric(name, ...labels) {
      const lines = (await (await fetch(`${url}/metrics`)).text()).split("\n");
      const found = lines.filter((line) => {
        return (
          (line.startsWith(`${name}{`) || line.startsWith(`${name} `)) &&
          labels.every((l) => line.includes(l))
        );
      });
      return found.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" "))), 0);
    },
  };
}

export async function untilReady(url: string, child: ChildProcess): Promise<void> {
  await until("the server", async () => {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`);
    try {
      return (await fetch(`${url}/health/ready`)).ok;
    } catch {
      return false; // Not listening yet.
    }
  });
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  return typeof address === "object" && address ? address.port : 0;
}
