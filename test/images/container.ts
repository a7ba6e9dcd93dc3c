import { once } from "node:events";
import { createServer } from "node:net";
import { run } from "./run.ts";

/** A server in a container of its own, hardened, on loopback. */
export interface Container {
  readonly url: string;
  readonly id: string;
  /** From asking for it until it was ready, in milliseconds. */
  readonly startMs: number;
  signal(name: string): Promise<void>;
  /** Waits until it has ended. @returns its exit code. */
  ended(): Promise<number>;
  logs(): Promise<string>;
  remove(): Promise<void>;
}

const LOOPBACK = "127.0.0.1";
const READY_MS = 60_000;

/** Starts `image` read-only, without capabilities, and waits until it is ready. @throws Error with its log. */
export async function startContainer(
  image: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Container> {
  const [http, grpc] = [await freePort(), await freePort()];
  const settings = {
    SIRVE_HTTP_PORT: http,
    SIRVE_GRPC_PORT: grpc,
    SIRVE_HTTP_HOST: LOOPBACK,
    SIRVE_GRPC_HOST: LOOPBACK,
  };
  const variables = Object.entries({ ...settings, ...env }).flatMap(([name, value]) => [
    "--env",
    `${name}=${value}`,
  ]);
  const hardened = "--read-only --read-only-tmpfs=false --cap-drop all --security-opt no-new-privileges";
  const from = performance.now();
  const id = await run(`podman run --detach --network host ${hardened}`, [...variables, image, "serve"]);
  const container = controlled(id, `http://127.0.0.1:${http}`);
  try {
    await waitUntilReady(container.url);
    return { ...container, startMs: performance.now() - from };
  } catch (thrown) {
    const log = await container.logs();
    await container.remove();
    throw new Error(`${String(thrown)}\n${log}`, { cause: thrown });
  }
}

function controlled(id: string, url: string): Omit<Container, "startMs"> {
  return {
    url,
    id,
    signal: async (name) => void (await run(`podman kill --signal ${name} ${id}`)),
    ended: async () => Number(await run(`podman wait ${id}`)),
    logs: async () => run(`podman logs ${id}`),
    remove: async () => void (await run(`podman rm --force --time 1 ${id}`)),
  };
}

/** Waits until the server there is ready, and its models are loaded. */
export async function waitUntilReady(url: string): Promise<void> {
  const end = performance.now() + READY_MS;
  while (performance.now() < end) {
    const status = await fetch(`${url}/v2/health/ready`).then(
      (reply) => reply.status,
      () => 0,
    );
    if (status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`not ready after ${READY_MS} ms`);
}

/** A port that nobody listens on now. */
export async function freePort(): Promise<string> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return String(address.port);
}
