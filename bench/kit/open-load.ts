import { Agent, request } from "node:http";

export interface OpenLoad {
  readonly port: number;
  readonly path: string;
  readonly body: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
  /** Requests per second, whatever the answers. */
  readonly rate: number;
  readonly seconds: number;
  /** Connections at the most; what is due beyond them counts as not sent. */
  readonly maxConnections: number;
}

export interface OpenResult {
  /** Answers with status 200 by latency in milliseconds. */
  readonly latenciesMs: readonly number[];
  /** How many answers had each other status; 0 for broken connections. */
  readonly refused: ReadonlyMap<number, number>;
  readonly sent: number;
}

/** Open-loop load: sends at a fixed rate, whether or not answers come. */
export async function openLoad(load: OpenLoad): Promise<OpenResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: load.maxConnections });
  const latenciesMs: number[] = [];
  const refused = new Map<number, number>();
  const pending = new Set<Promise<void>>();
  const start = performance.now();
  let sent = 0;
  while (performance.now() - start < load.seconds * 1000) {
    const due = Math.floor(((performance.now() - start) / 1000) * load.rate);
    for (; sent < due; sent++) {
      if (pending.size >= load.maxConnections) continue;
      const one: Promise<void> = note(load, agent, latenciesMs, refused).finally(() => pending.delete(one));
      pending.add(one);
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await Promise.all(pending);
  agent.destroy();
  return { latenciesMs, refused, sent };
}

async function note(
  load: OpenLoad,
  agent: Agent,
  latenciesMs: number[],
  refused: Map<number, number>,
): Promise<void> {
  const { status, ms } = await send(agent, load);
  if (status === 200) latenciesMs.push(ms);
  else refused.set(status, (refused.get(status) ?? 0) + 1);
}

async function send(
  agent: Agent,
  { port, path, body, headers }: OpenLoad,
): Promise<{ status: number; ms: number }> {
  const start = performance.now();
  return new Promise((resolve) => {
    const outgoing = request(
      {
        agent,
        port,
        host: "127.0.0.1",
        path,
        method: "POST",
        headers: { ...headers, "content-length": body.length },
      },
      (answer) => {
        answer.resume();
        answer.on("end", () => resolve({ status: answer.statusCode ?? 0, ms: performance.now() - start }));
      },
    );
    outgoing.on("error", () => resolve({ status: 0, ms: performance.now() - start }));
    outgoing.end(body);
  });
}
