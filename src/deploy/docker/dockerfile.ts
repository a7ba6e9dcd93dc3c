import {
  COMMAND,
  ENTRYPOINT,
  HEALTH_COMMAND,
  imageEnvironment,
  imageLabels,
  MODELS_FOLDER,
  PROGRAM_FOLDER,
} from "../image-config.ts";
import { GRPC_PORT, HTTP_PORT, type PackagePlan, USER_ID } from "../plan.ts";
import { dockerfileText } from "../quoting.ts";

/** The image that is built on unless another is named: Node.js on Debian without what builds need. */
export const DEFAULT_BASE = "docker.io/library/node:26.10.0-bookworm-slim";

/** The Dockerfile: the five parts of a container, each named. No step runs a program or asks a network. */
export function dockerfile(plan: PackagePlan): string {
  return `# ${plan.name}: ${plan.models.map(({ model, version }) => `${model}@${version}`).join(", ")}
# Made by sirve package; README.md says how to build and run it.

# 1. Base operating system: Debian with Node.js 22.22 or newer and its C++ library. Another one, such as your
#    organisation's, is named with --build-arg BASE=...
ARG BASE=${DEFAULT_BASE}
FROM \${BASE}

# 2. Dependencies: exactly the packages that serving needs, for Linux on ${plan.architecture} only; packages.lock.json
#    has their versions and digests. The layer stays the same until one of them changes.
COPY --chown=0:0 app/node_modules ${PROGRAM_FOLDER}/node_modules

# 3. Environment: settings of the server (docs/configuration.md of Sirve); each can be set anew with -e.
#    SIRVE_INSECURE: the borders of the container are those of its network. With SIRVE_ACCESS_KEYS_FILE or tokens,
#    callers have to say who they are all the same.
${lines("ENV", "=", imageEnvironment(plan))}

# 4. Model and code: Sirve ${plan.program.version}, and the models where SageMaker, too, looks for them. All belongs to
#    root and the server runs as another user, so that it cannot change what it serves.
COPY --chown=0:0 app/sirve ${PROGRAM_FOLDER}
COPY --chown=0:0 models ${MODELS_FOLDER}
${lines("LABEL", "=", imageLabels(plan))}

# 5. Command: one process, which answers SIGTERM by ending what runs and taking nothing new.
USER ${USER_ID}:${USER_ID}
WORKDIR /
EXPOSE ${HTTP_PORT} ${GRPC_PORT}
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ${JSON.stringify(HEALTH_COMMAND)}
ENTRYPOINT ${JSON.stringify(ENTRYPOINT)}
CMD ${JSON.stringify(COMMAND)}
`;
}

function lines(word: string, between: string, values: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(values).map(([key, value]) => `${key}${between}${dockerfileText(value)}`);
  return `${word} ${pairs.join(" \\\n    ")}`;
}
