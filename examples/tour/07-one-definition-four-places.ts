/** One container definition serves on four platforms, each in the platform's own words, with the same answers. */
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, prove, say } from "./kit.ts";
import { containersOf, type Place, packageModels } from "./places.ts";

const ROWS = (JSON.parse(readFileSync("examples/data/customers.json", "utf8")) as object[]).slice(0, 2);
const LOOPBACK = { SIRVE_HTTP_HOST: "127.0.0.1", SIRVE_GRPC_HOST: "127.0.0.1", SIRVE_LOG_LEVEL: "error" };

interface Platform {
  readonly name: string;
  readonly place: (port: string) => Place;
  readonly health: string;
  readonly path: string;
  readonly body: object;
}

/** What one prediction says, whatever the wire calls it. */
interface Prediction {
  readonly label: string;
  readonly probabilities: readonly number[] | Readonly<Record<string, number>>;
}

const folder = mkdtempSync(join(tmpdir(), "sirve-tour-"));
const mounted = join(folder, "mounted");

const PLATFORMS: readonly Platform[] = [
  {
    name: "SageMaker",
    place: (port) => ({
      env: { SIRVE_COMPAT: "sagemaker", SAGEMAKER_BIND_TO_PORT: port },
      mounts: { "/opt/ml/model": mounted },
    }),
    health: "/ping",
    path: "/invocations",
    body: { rows: ROWS },
  },
  {
    name: "Vertex AI",
    place: (port) => ({
      env: {
        SIRVE_COMPAT: "vertex",
        AIP_HTTP_PORT: port,
        AIP_HEALTH_ROUTE: "/alive",
        AIP_PREDICT_ROUTE: "/v1/endpoints/1:predict",
      },
    }),
    health: "/alive",
    path: "/v1/endpoints/1:predict",
    body: { instances: ROWS },
  },
  {
    name: "Cloud Run",
    place: (port) => ({ env: { PORT: port, K_SERVICE: "churn" } }),
    health: "/health/ready",
    path: "/predict/churn",
    body: { rows: ROWS },
  },
  {
    name: "KServe",
    place: (port) => ({
      env: { SIRVE_HTTP_PORT: port, SIRVE_MODELS: "/mnt/models" },
      mounts: { "/mnt/models": mounted },
    }),
    health: "/v2/health/ready",
    path: "/v1/models/churn:predict",
    body: { instances: ROWS },
  },
];

process.stdout.write("\n 7  One container definition, four places\n");
try {
  const context = join(folder, "image");
  packageModels("churn", "--from", "examples/models", "--target", "docker", "--out", context);
  cpSync("examples/models/churn", join(mounted, "churn"), { recursive: true });
  const containers = containersOf(context, "localhost/sirve-tour:7");
  const answers: string[] = [];
  for (const platform of PLATFORMS) {
    const port = String(await freePort());
    const { env, mounts = {} } = platform.place(port);
    const url = `http://127.0.0.1:${port}`;
    const place = { env: { ...LOOPBACK, SIRVE_GRPC_PORT: "0", ...env }, mounts };
    answers.push(await containers.run(place, url, async () => answerOf(platform, url)));
    say(`${platform.name.padEnd(9)}  ${platform.path.padEnd(24)}  ${answers.at(-1)}`);
  }
  containers.remove();
  prove(
    "the same image answers the same on all four",
    answers.every((answer) => answer === answers[0]),
  );
} finally {
  rmSync(folder, { recursive: true });
}

async function answerOf({ name, health, path, body }: Platform, url: string): Promise<string> {
  const { ok } = await fetch(url + health);
  if (!ok) throw new Error(`${name}: ${health} is not well`);
  const reply = await fetch(url + path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const { predictions } = (await reply.json()) as { predictions: readonly Prediction[] };
  return predictions
    .map(({ label, probabilities }) => `${label} ${Object.values(probabilities).join(" / ")}`)
    .join(", ");
}
