import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Ran, runSirve } from "./command-line.ts";
import { startServer, type TestServer } from "./server.ts";

/** A server with a registry, and files of versions to add. */
export interface CliRegistry {
  readonly folder: string;
  readonly server: TestServer;
  /** Runs the program against the server. */
  run(...args: string[]): Promise<Ran>;
  /** Runs it with `-o json`. @throws Error if it fails or prints no JSON. */
  json<T>(...args: string[]): Promise<T>;
  /** Ends the server and deletes everything. */
  end(): Promise<void>;
}

/**
 * Starts a server on an empty registry; beside it lie churn-1, churn-better, which takes its place without
 * harm, churn-2, which breaks its clients, and churn-wrong, whose golden row is wrong.
 */
export async function startCliRegistry(): Promise<CliRegistry> {
  const folder = mkdtempSync(join(tmpdir(), "sirve-e2e-"));
  writeVersions(folder);
  const server = await startServer({
    models: `--data=${join(folder, "data")}`,
    args: ["--log-level", "warn"],
  });
  const run = async (...args: string[]) => runSirve([...args, "--url", server.url]);
  return {
    folder,
    server,
    run,
    async json<T>(...args: string[]) {
      const { code, stdout, stderr } = await run(...args, "-o", "json");
      if (code !== 0) throw new Error(`sirve ${args.join(" ")} ended with ${code}: ${stderr}`);
      return JSON.parse(stdout) as T;
    },
    async end() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function writeVersions(folder: string): void {
  for (const [name, from] of [
    ["churn-1", "1"],
    ["churn-2", "2"],
    ["churn-better", "1"],
    ["churn-wrong", "1"],
  ] as const) {
    mkdirSync(join(folder, name));
    copyFileSync(`examples/models/churn/${from}/model.onnx`, join(folder, name, "model.onnx"));
    copyFileSync("examples/models/churn/model.json", join(folder, name, "model.json"));
  }
  writeFileSync(join(folder, "churn-better", "notes.txt"), "better");
  const row = { state: "KS", international_plan: "no", total_day_minutes: 162.5 };
  const cases = [{ request: { rows: [row] }, predictions: [{ label: "never" }] }];
  writeFileSync(join(folder, "churn-wrong", "golden.json"), JSON.stringify({ cases }));
}
