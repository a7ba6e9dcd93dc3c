import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { httpLoad, rawRequest } from "../kit/http-load.ts";
import type { Peer } from "./catalogue.ts";
import { family, familyCpuSeconds, MARK } from "./family.ts";

/** A server under comparison, ours or a rival, with all its processes. */
export interface Contender {
  readonly name: string;
  readonly pids: () => readonly number[];
  /** CPU microseconds per request on model `model` under load. @throws Error if any answer failed. */
  cost(model: string, seconds: number): Promise<number>;
  stop(): Promise<void>;
}

const CONNECTIONS = 32;
const START_MS = 90_000;
const HERE = import.meta.dirname;

/** What prepare.py made: models, bodies, expected answers. */
export interface PeersData {
  readonly home: string;
  readonly expected: Readonly<Record<string, readonly number[]>>;
}

export function readData(home: string): PeersData {
  const expected = JSON.parse(readFileSync(join(home, "data", "expected.json"), "utf8")) as Record<
    string,
    number[]
  >;
  return { home, expected };
}

/** Starts a peer and waits until it answers rightly. @throws Error with its last answer otherwise. */
export async function startContender(peer: Peer, data: PeersData): Promise<Contender> {
  const [port, grpcPort] = [await freePort(), await freePort()];
  const mark = `${process.pid}-${port}`;
  const fill = (text: string) =>
    text.replaceAll("{home}", data.home).replaceAll("{here}", HERE).replaceAll("{port}", String(port));
  const log = openSync(join(data.home, `serve-${peer.environment}.log`), "w");
  const [command = "", ...args] = peer.start.map(fill);
  const env = {
    ...process.env,
    ...peer.env,
    [MARK]: mark,
    PEERS_HOME: data.home,
    PEERS_DATA: join(data.home, "data"),
    PEERS_PORT: String(port),
    PEERS_GRPC_PORT: String(grpcPort),
    PEERS_WORKERS: "1",
  };
  const child = spawn(command, args, { env, cwd: join(HERE, "servers"), stdio: ["ignore", log, log] });
  closeSync(log);
  const stop = async () => stopFamily(mark);
  const problem = await firstAnswer(peer, port, data, () => child.exitCode !== null);
  if (problem !== "") {
    await stop();
    throw new Error(`${peer.name} gave no good answer: ${problem}`);
  }
  const cost = async (model: string, seconds: number) => {
    const requests = [rawRequest(pathOf(peer, model), bodyOf(peer, model, data), JSON_TYPE)];
    const before = familyCpuSeconds(mark);
    const { answers, failures } = await httpLoad({ port, connections: CONNECTIONS, seconds, requests });
    const cpu = familyCpuSeconds(mark) - before;
    if (failures > 0 || answers === 0) throw new Error(`${peer.name}: ${failures} of ${answers} failed`);
    return (1e6 * cpu) / answers;
  };
  return { name: peer.name, pids: () => family(mark), cost, stop };
}

const JSON_TYPE = { "content-type": "application/json" };
const pathOf = (peer: Peer, model: string) => peer.path.replace("{model}", model);

function bodyOf(peer: Peer, model: string, { home }: PeersData): Uint8Array {
  return readFileSync(join(home, "data", "bodies", `${model}.${peer.body}.json`));
}

/** Asks for every model until all answers are right. @returns what is wrong with the last one, or "". */
async function firstAnswer(
  peer: Peer,
  port: number,
  data: PeersData,
  hasEnded: () => boolean,
): Promise<string> {
  const end = performance.now() + START_MS;
  let problem = "not asked";
  while (problem !== "" && performance.now() < end && !hasEnded()) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    for (const model of Object.keys(data.expected)) {
      problem = await ask(peer, model, port, data);
      if (problem !== "") break;
    }
  }
  return problem;
}

async function ask(peer: Peer, model: string, port: number, data: PeersData): Promise<string> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}${pathOf(peer, model)}`, {
      method: "POST",
      headers: JSON_TYPE,
      body: bodyOf(peer, model, data).slice(),
      signal: AbortSignal.timeout(5000),
    });
    const text = await answer.text();
    if (answer.status !== 200) return `status ${answer.status}: ${text.slice(0, 200)}`;
    if (!answer.headers.has("content-length")) return "answers without content-length cannot be counted";
    return holds(text, data.expected[model] ?? []) ? "" : `wrong answer: ${text.slice(0, 200)}`;
  } catch (error) {
    return String(error);
  }
}

/** Whether the numbers of a JSON text contain `expected` in a row, within 0.1 %. */
function holds(text: string, expected: readonly number[]): boolean {
  const numbers: number[] = [];
  JSON.parse(text, (_key, value: unknown) => {
    if (typeof value === "number") numbers.push(value);
    return value;
  });
  const near = (a: number, b: number) => Math.abs(a - b) <= 1e-3 * Math.max(1, Math.abs(b));
  return numbers.some((_, at) => expected.every((want, i) => near(numbers[at + i] ?? Number.NaN, want)));
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

/** SIGTERM, up to five seconds, SIGKILL: for the processes of this mark only. */
async function stopFamily(mark: string): Promise<void> {
  signal(mark, "SIGTERM");
  for (let i = 0; i < 50 && family(mark).length > 0; i++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  signal(mark, "SIGKILL");
}

function signal(mark: string, name: NodeJS.Signals): void {
  for (const pid of family(mark)) {
    try {
      process.kill(pid, name);
    } catch {
      // It has ended by itself.
    }
  }
}
