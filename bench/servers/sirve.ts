/** The whole of Sirve as a process under measurement: `sirve.ts MODELS [setting=value …]`, "-" for no folder. */
import { loadConfig } from "../../src/config/index.ts";
import { startApp } from "../../src/server/index.ts";

const [models = "examples/models", ...flags] = process.argv.slice(2);
const folder = models === "-" ? {} : { models };
const app = await startApp(
  loadConfig({
    env: {},
    flags: { ...folder, "http.port": "0", "grpc.port": "0", "log.level": "error", ...pairs(flags) },
  }),
  { version: "bench" },
);
const until = performance.now() + 60_000;
while (!app.control.isReady() && performance.now() < until) {
  await new Promise((resolve) => setTimeout(resolve, 1));
}
process.stdout.write(`${JSON.stringify({ ready: { port: app.http.port, grpcPort: app.grpc?.port } })}\n`);
process.exitCode = await app.finished;

function pairs(texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(texts.map((text) => text.split("=") as [string, string]));
}
