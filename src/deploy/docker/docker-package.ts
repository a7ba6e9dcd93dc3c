import { HEALTH_CHECK, HEALTH_FILE } from "../health-check.ts";
import { modelTree } from "../packaged-model.ts";
import type { PackagePlan } from "../plan.ts";
import { type Tree, textFile, under } from "../tree.ts";
import { dockerfile } from "./dockerfile.ts";
import { dockerReadme } from "./readme.ts";

/** `--target docker`: everything that building the image needs, in one directory. */
export function dockerPackage(plan: PackagePlan): Tree {
  return [...imageContext(plan), textFile("README.md", dockerReadme(plan))];
}

/** The directory that an image is built from. */
export function imageContext(plan: PackagePlan): Tree {
  return [
    textFile("Dockerfile", dockerfile(plan)),
    textFile(".dockerignore", DOCKERIGNORE),
    textFile("packages.lock.json", packagesLock(plan)),
    ...under("app/sirve", [...plan.program.own, textFile(HEALTH_FILE, HEALTH_CHECK)]),
    ...under("app", plan.program.dependencies),
    ...modelTree(plan.models),
  ];
}

/** What is not copied is not sent to the builder either. */
const DOCKERIGNORE = `*
!app
!models
`;

/** The packages of the image, and the models, by digest. */
function packagesLock({ program, models, architecture }: PackagePlan): string {
  const lock = {
    sirve: program.version,
    platform: `linux-${architecture}`,
    packages: program.lock,
    models: models.map(({ model, version, digest, files }) => ({
      model,
      version,
      digest,
      files: files.map(({ name, digest: sha256, bytes }) => ({ name, sha256, bytes })),
    })),
  };
  return `${JSON.stringify(lock, undefined, 2)}\n`;
}
