import { MODELS_FOLDER } from "../image-config.ts";
import { GRPC_PORT, HTTP_PORT, type PackagePlan } from "../plan.ts";
import { DEFAULT_BASE } from "./dockerfile.ts";

/** How to build, run and ask the image. */
export function dockerReadme(plan: PackagePlan): string {
  const image = `${plan.name}:${plan.tag}`;
  return `# ${image}

${modelsTable(plan)}

Everything that the image holds lies in this directory: building it runs no program and asks no network beside the base
image, and the same directory makes the same layers.

## Build

    docker build --tag ${image} .

Podman and Buildah build it as well: \`podman build --format docker --tag ${image} .\` (the OCI format has no health check).
\`--build-arg BASE=…\` names another base image than ${DEFAULT_BASE}; it needs Node.js 22.22 or newer and glibc.

## Run

${runCommand(image)}

It runs as a user without rights, writes nothing, and needs no capability. \`docker stop\` lets running requests end.

## Ask

${askCommands(plan)}

## In other places, the same image

| place | how |
|---|---|
| SageMaker | runs \`IMAGE serve\`; model data is mounted at ${MODELS_FOLDER}, over the models in the image; set \`SIRVE_COMPAT=sagemaker\` |
| Vertex AI | \`AIP_HTTP_PORT\` and the routes in \`AIP_*\` are followed; set \`SIRVE_COMPAT=vertex\` |
| Cloud Run | \`PORT\` is followed |
| KServe | storage is mounted at /mnt/models: set \`SIRVE_MODELS=/mnt/models\` |
`;
}

/** Model, version and digest of all that is packaged. */
export function modelsTable({ models }: PackagePlan): string {
  const rows = models.map(({ model, version, digest }) => `| ${model} | ${version} | \`${digest}\` |`);
  return ["| model | version | digest (SHA-256) |", "|---|---|---|", ...rows].join("\n");
}

/** One line that runs the image as hard as it can be run, on loopback only. */
function runCommand(image: string): string {
  return `    docker run --rm --read-only --cap-drop ALL --security-opt no-new-privileges \\
      --publish 127.0.0.1:${HTTP_PORT}:${HTTP_PORT} --publish 127.0.0.1:${GRPC_PORT}:${GRPC_PORT} ${image}`;
}

/** What to ask a packaged server first. */
export function askCommands({ models: [first] }: PackagePlan, url = `http://127.0.0.1:${HTTP_PORT}`): string {
  const model = first?.model ?? "";
  return `    curl ${url}/v2/health/ready
    curl ${url}/v2/models/${model}          # its inputs and outputs
    curl ${url}/predict/${model} -H 'content-type: application/json' -d @rows.json`;
}
