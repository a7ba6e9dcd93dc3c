/** The same models as a unit of a virtual machine and as a container: the same digests, the same answers. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, prove, say } from "./kit.ts";
import { containersOf, packageModels, started, whileRunning } from "./places.ts";

const ASKED = ["churn", "flight-delay"] as const;
const ROWS = { churn: "customers.json", "flight-delay": "flights.json" } as const;

const folder = mkdtempSync(join(tmpdir(), "sirve-tour-"));
const [unit, context] = [join(folder, "unit"), join(folder, "image")];

process.stdout.write("\n 8  A unit of a virtual machine against a container\n");
try {
  packageModels(...ASKED, "--from", "examples/models", "--target", "systemd", "--out", unit);
  packageModels(...ASKED, "--from", "examples/models", "--target", "docker", "--out", context);
  const file = readFileSync(join(unit, "sirve-churn.service"), "utf8");
  for (const line of ["DynamicUser", "ProtectSystem", "CapabilityBoundingSet"]) {
    say(`unit       ${new RegExp(`^${line}=.*$`, "m").exec(file)?.[0]}`);
  }
  const containers = containersOf(context, "localhost/sirve-tour:8");
  const [inUnit, inContainer] = [await askedUnit(file), await askedContainer(containers)];
  containers.remove();
  for (const [model, answer] of inUnit) {
    say(`${model.padEnd(12)}  unit       ${answer}`);
    say(`${"".padEnd(12)}  container  ${inContainer.get(model)}`);
  }
  prove(
    "both answer the same, to the last digit",
    ASKED.every((model) => inUnit.get(model) === inContainer.get(model)),
  );
  prove("both say which files they hold by the same digests", digestsIn(unit) === digestsIn(context));
} finally {
  rmSync(folder, { recursive: true });
}

/** Runs the unit's own command and environment, where systemd would have them installed. */
async function askedUnit(file: string): Promise<Map<string, string>> {
  const home = /^ExecStart="(\/opt\/[\w-]+)\//m.exec(file)?.[1] ?? "";
  const words = (line: string) =>
    [...line.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, word = ""]) => word.replaceAll(home, unit));
  const [program = "", ...args] = words(/^ExecStart=.*$/m.exec(file)?.[0] ?? "");
  const variables = [...file.matchAll(/^Environment=.*$/gm)].flatMap(([line]) => words(line));
  const [port, grpc] = [await freePort(), await freePort()];
  const env = Object.fromEntries(
    variables.map((text) => [text.slice(0, text.indexOf("=")), text.slice(text.indexOf("=") + 1)]),
  );
  const child = started(program, args, {
    ...env,
    HOME: folder,
    SIRVE_ENGINE_CACHE_DIR: "none",
    SIRVE_LOG_LEVEL: "error",
    SIRVE_HTTP_PORT: `${port}`,
    SIRVE_GRPC_PORT: `${grpc}`,
  });
  const url = `http://127.0.0.1:${port}`;
  return whileRunning(child, url, async () => answersOf(url));
}

async function askedContainer({ run }: ReturnType<typeof containersOf>): Promise<Map<string, string>> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const env = {
    SIRVE_HTTP_HOST: "127.0.0.1",
    SIRVE_HTTP_PORT: `${port}`,
    SIRVE_GRPC_PORT: "0",
    SIRVE_LOG_LEVEL: "error",
  };
  return run({ env }, url, async () => answersOf(url));
}

/** What each model predicts, as one text. */
async function answersOf(url: string): Promise<Map<string, string>> {
  const answers = new Map<string, string>();
  for (const model of ASKED) {
    const reply = await fetch(`${url}/predict/${model}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        rows: JSON.parse(readFileSync(`examples/data/${ROWS[model]}`, "utf8")) as unknown,
      }),
    });
    const { predictions } = (await reply.json()) as { predictions: { label: string; probability: number }[] };
    answers.set(model, predictions.map(({ label, probability }) => `${label} ${probability}`).join(", "));
  }
  return answers;
}

/** The rows of the README that name each model's digest. */
function digestsIn(directory: string): string {
  const readme = readFileSync(join(directory, "README.md"), "utf8");
  return readme
    .split("\n")
    .filter((line) => /`[0-9a-f]{64}`/.test(line))
    .join("\n");
}
