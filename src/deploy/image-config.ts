import { HEALTH_FILE } from "./health-check.ts";
import { IMAGE_ENVIRONMENT, type PackagePlan } from "./plan.ts";

/** Where the program lies in an image. */
export const PROGRAM_FOLDER = "/opt/sirve";
/** Where the models lie: where SageMaker mounts others over them. */
export const MODELS_FOLDER = "/opt/ml/model";

/** The program; `serve` is its argument, as in SageMaker's `docker run IMAGE serve`. */
export const ENTRYPOINT: readonly string[] = ["node", `${PROGRAM_FOLDER}/dist/cli/main.js`];
/** What runs unless another argument is given. */
export const COMMAND: readonly string[] = ["serve"];
/** Whether it is ready, without a shell. */
export const HEALTH_COMMAND: readonly string[] = ["node", `${PROGRAM_FOLDER}/${HEALTH_FILE}`];

/** Environment of the image: what every image has, then what its user chose. */
export function imageEnvironment({ environment }: PackagePlan): Readonly<Record<string, string>> {
  return { ...IMAGE_ENVIRONMENT, SIRVE_MODELS: MODELS_FOLDER, ...environment };
}

/** Labels: what the image is, and by its digest every model that it holds. */
export function imageLabels({ name, tag, models, program }: PackagePlan): Readonly<Record<string, string>> {
  const titles = models.map(({ model, version }) => `${model}@${version}`).join(", ");
  return {
    "org.opencontainers.image.title": name,
    "org.opencontainers.image.version": tag,
    "org.opencontainers.image.description": `Sirve ${program.version} with ${titles}`,
    "io.sirve.version": program.version,
    ...Object.fromEntries(
      models.map(({ model, version, digest }) => [`io.sirve.model.${model}.${version}`, `sha256:${digest}`]),
    ),
    // SageMaker binds to the port that it names in the environment, not always to 8080.
    "com.amazonaws.sagemaker.capabilities.accept-bind-to-port": "true",
  };
}
