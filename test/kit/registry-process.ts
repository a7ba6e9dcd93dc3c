import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createClient, type SirveClient } from "../../src/client/index.ts";
import { artifact } from "./served-folder.ts";
import { startServer, type TestServer } from "./server.ts";

/** A server of its own process over the registry in `data`. */
export async function startRegistry(
  data: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<TestServer> {
  return startServer({ models: `--data=${data}`, args: ["--log-level", "warn", ...args], env });
}

/** Ends a process as a power cut does, and waits for its end. */
export async function killed(server: TestServer): Promise<void> {
  if (server.process.exitCode !== null || server.process.signalCode !== null) return;
  const ended = new Promise((resolve) => server.process.once("exit", resolve));
  server.process.kill("SIGKILL");
  await ended;
}

/** A client that gives up at once: the server may be killed at any moment. */
export const impatient = (url: string): SirveClient => createClient({ url, retries: 0 });

/** Uploads a small model with a note, which makes it another artifact, and registers it. @returns its version. */
export async function addNoted(client: SirveClient, model: string, note: string): Promise<number> {
  const contents = { "model.onnx": readFileSync(artifact("identity-fp32")), "note.txt": Buffer.from(note) };
  const files = Object.entries(contents).map(([name, content]) => {
    const digest = createHash("sha256").update(content).digest("hex");
    return { name, digest, bytes: content.length, content };
  });
  for (const { digest, content } of files) await client.upload({ blob: new Blob([content]), digest });
  const described = files.map(({ name, digest, bytes }) => ({ name, digest, bytes }));
  const { version } = await client.admin.addVersion({ params: { model }, body: { files: described } });
  return version;
}
