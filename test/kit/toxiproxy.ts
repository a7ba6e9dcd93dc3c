import { randomBytes } from "node:crypto";

/** A way to a service on which things can go wrong. */
export interface Proxy {
  readonly port: number;
  /** Refuses connections from now on, and breaks those that are open. */
  down(): Promise<void>;
  up(): Promise<void>;
  /** Adds a toxic of toxiproxy, such as "latency" or "limit_data". */
  add(
    type: string,
    attributes: Readonly<Record<string, number>>,
    stream?: "upstream" | "downstream",
  ): Promise<void>;
  /** Takes every toxic away. */
  reset(): Promise<void>;
}

const API = process.env["TOXIPROXY_URL"] ?? "";

/** Runs `use` with a proxy of toxiproxy before the service at `url`. */
export async function withProxy(url: string, use: (proxy: Proxy) => Promise<void>): Promise<void> {
  const name = `sirve-${randomBytes(4).toString("hex")}`;
  const { host } = new URL(url);
  const made = await call("POST", "/proxies", { name, listen: "127.0.0.1:0", upstream: host, enabled: true });
  const { listen } = made as { readonly listen: string };
  const path = `/proxies/${name}`;
  const toxics: string[] = [];
  try {
    await use({
      port: Number(listen.slice(listen.lastIndexOf(":") + 1)),
      down: async () => void (await call("POST", path, { enabled: false })),
      up: async () => void (await call("POST", path, { enabled: true })),
      async add(type, attributes, stream = "downstream") {
        const toxic = `${type}-${toxics.length}`;
        toxics.push(toxic);
        await call("POST", `${path}/toxics`, { name: toxic, type, stream, toxicity: 1, attributes });
      },
      async reset() {
        for (const toxic of toxics.splice(0)) await call("DELETE", `${path}/toxics/${toxic}`);
      },
    });
  } finally {
    await call("DELETE", path);
  }
}

async function call(method: string, path: string, body?: object): Promise<unknown> {
  const answer = await fetch(`${API}${path}`, { method, ...(body && { body: JSON.stringify(body) }) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`toxiproxy: ${method} ${path}: ${answer.status} ${text}`);
  return text === "" ? undefined : JSON.parse(text);
}
