import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Server, startNode } from "./server.ts";

/** A server with a registry of its own, steered by its management API as any client does. */
export class RegistryServer {
  readonly server: Server;
  readonly #data: string;

  private constructor(server: Server, data: string) {
    this.server = server;
    this.#data = data;
  }

  static async start(...settings: readonly string[]): Promise<RegistryServer> {
    const data = mkdtempSync(join(tmpdir(), "sirve-bench-"));
    const flags = [`data=${join(data, "registry")}`, ...settings];
    return new RegistryServer(await startNode(["bench/servers/sirve.ts", "-", ...flags]), data);
  }

  /** Registers a file as the model's next version and returns its number. */
  async add(
    model: string,
    file: string,
    more: { readonly manifest?: string; readonly alias?: string } = {},
  ): Promise<number> {
    const { manifest, alias } = more;
    const paths = { "model.onnx": file, ...(manifest !== undefined && { "model.json": manifest }) };
    const files = await Promise.all(
      Object.entries(paths).map(async ([name, path]) => {
        const bytes = readFileSync(path);
        const digest = createHash("sha256").update(bytes).digest("hex");
        await this.call("PUT", `/uploads/${digest}`, bytes);
        return { name, digest, bytes: bytes.length };
      }),
    );
    const body = { files, ...(alias !== undefined && { alias }), tags: { at: String(performance.now()) } };
    return ((await this.call("POST", `/models/${model}/versions`, body)) as { version: number }).version;
  }

  /** Asks the management API. @throws Error with the server's words. */
  async call(method: string, path: string, body?: object): Promise<unknown> {
    const isBytes = body instanceof Uint8Array;
    const answer = await fetch(`http://127.0.0.1:${this.server.port}/api/v1${path}`, {
      method,
      ...(body && {
        body: isBytes ? body : JSON.stringify(body),
        headers: { "content-type": isBytes ? "application/octet-stream" : "application/json" },
      }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text === "" ? undefined : JSON.parse(text);
  }

  async stop(): Promise<void> {
    await this.server.stop();
    rmSync(this.#data, { recursive: true, force: true });
  }
}
