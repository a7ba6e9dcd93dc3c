import { connect, type Socket } from "node:net";
import { AnswerReader } from "./http-load.ts";

export interface OpenLoad {
  readonly port: number;
  /** A whole request, bytes as sent. */
  readonly request: Uint8Array;
  /** Requests per second, whatever the answers. */
  readonly rate: number;
  readonly seconds: number;
  /** Connections at the most; what is due beyond them is not sent, and counted. */
  readonly maxConnections: number;
}

export interface OpenResult {
  /** Latencies of the answers with status 200, in milliseconds. */
  readonly latenciesMs: readonly number[];
  /** How many answers had each other status; 0 for broken connections. */
  readonly refused: ReadonlyMap<number, number>;
  readonly sent: number;
  readonly notSent: number;
}

/** Open-loop load over raw sockets: sends at a fixed rate, whether or not answers come. */
export async function openLoad(load: OpenLoad): Promise<OpenResult> {
  const pool = new Pool(load);
  const start = performance.now();
  let due = 0;
  while (performance.now() - start < load.seconds * 1000) {
    const until = Math.floor(((performance.now() - start) / 1000) * load.rate);
    for (; due < until; due++) pool.send();
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await pool.close();
  return pool;
}

/** Connections that wait for their next request. */
class Pool implements OpenResult {
  readonly latenciesMs: number[] = [];
  readonly refused = new Map<number, number>();
  sent = 0;
  notSent = 0;
  readonly #load: OpenLoad;
  readonly #idle: Socket[] = [];
  readonly #open = new Set<Socket>();
  #busy = 0;

  constructor(load: OpenLoad) {
    this.#load = load;
  }

  send(): void {
    const idle = this.#idle.pop();
    if (!idle && this.#open.size >= this.#load.maxConnections) {
      this.notSent += 1;
      return;
    }
    const socket = idle ?? this.#connect();
    this.sent += 1;
    this.#busy += 1;
    sentAt.set(socket, performance.now());
    socket.write(this.#load.request);
  }

  /** Waits for the answers that are still to come, at most ten seconds, and hangs up. */
  async close(): Promise<void> {
    const end = performance.now() + 10_000;
    while (this.#busy > 0 && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 5));
    for (const socket of this.#open) socket.destroy();
  }

  #connect(): Socket {
    const socket = connect({ port: this.#load.port, host: "127.0.0.1", noDelay: true });
    const reader = new AnswerReader();
    this.#open.add(socket);
    socket.on("data", (chunk: Buffer) => {
      const status = reader.push(chunk);
      if (status !== undefined) this.#answered(socket, status);
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      if (this.#open.delete(socket) && sentAt.has(socket)) this.#answered(socket, 0);
    });
    return socket;
  }

  #answered(socket: Socket, status: number): void {
    const ms = performance.now() - (sentAt.get(socket) ?? 0);
    sentAt.delete(socket);
    this.#busy -= 1;
    if (status === 200) this.latenciesMs.push(ms);
    else this.refused.set(status, (this.refused.get(status) ?? 0) + 1);
    if (status !== 0) this.#idle.push(socket);
  }
}

/** When each busy connection's request was sent. */
const sentAt = new WeakMap<Socket, number>();
