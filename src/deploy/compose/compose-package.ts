import { stringify } from "yaml";
import { imageContext } from "../docker/docker-package.ts";
import { askCommands, modelsTable } from "../docker/readme.ts";
import { GRACE_SECONDS, GRPC_PORT, HTTP_PORT, type PackagePlan } from "../plan.ts";
import { dollarText } from "../quoting.ts";
import { type Tree, textFile, under } from "../tree.ts";

/** `--target compose`: the image's directory, and how one machine runs it. */
export function composePackage(plan: PackagePlan): Tree {
  return [
    textFile("compose.yaml", HEAD + stringify(composeFile(plan), { lineWidth: 0 })),
    textFile("README.md", readme(plan)),
    ...under("image", imageContext(plan)),
  ];
}

const HEAD = `# Made by sirve package; README.md says how to use it.
`;

function composeFile({ name, tag, environment }: PackagePlan): object {
  return {
    name,
    services: {
      [name]: {
        build: { context: "./image" },
        image: `${name}:${tag}`,
        restart: "unless-stopped",
        read_only: true,
        cap_drop: ["ALL"],
        security_opt: ["no-new-privileges:true"],
        // Only this machine reaches it; a proxy, or another address here, lets others in.
        ports: [`127.0.0.1:${HTTP_PORT}:${HTTP_PORT}`, `127.0.0.1:${GRPC_PORT}:${GRPC_PORT}`],
        environment: Object.fromEntries(
          Object.entries(environment).map(([key, value]) => [key, dollarText(value)]),
        ),
        stop_grace_period: `${GRACE_SECONDS + 5}s`,
        pids_limit: 1024,
      },
    },
  };
}

const readme = (plan: PackagePlan) => `# ${plan.name} by Compose

${modelsTable(plan)}

## Start

    docker compose up --build --detach --wait

\`--wait\` returns once the health check passes. podman-compose takes the same file.

## Ask

${askCommands(plan)}

## Change

Settings are under \`environment\` in compose.yaml. To serve other models, package again into another directory and run
\`docker compose up --build --detach --wait\` there: the name is the same, so the container is replaced.

## Stop

    docker compose down

It waits up to ${GRACE_SECONDS} s for running requests.
`;
