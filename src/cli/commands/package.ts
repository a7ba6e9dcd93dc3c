import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Command, Option } from "commander";
import { collectProgram, makePlan, modelsOfFolder, ownArchitecture } from "../../deploy/index.ts";
import { addClientOptions, type ClientOptions, withServer } from "../client-options.ts";
import { named } from "../model-target.ts";
import { print } from "../output.ts";
import { modelsOfServer } from "../package/models-of-server.ts";
import { TARGETS, type TargetOptions, writePackage } from "../package/targets.ts";
import { packageRoot } from "../package-root.ts";
import { safeText } from "../safe-text.ts";

interface PackageOptions extends ClientOptions, TargetOptions {
  readonly from?: string;
  readonly name?: string;
  readonly tag?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const EXAMPLES = `
Examples:
  $ sirve package churn --from models --target docker --out churn-image
  $ sirve package churn@7 fashion --target oci --out churn.tar        # of a registry server
  $ sirve package churn --target kubernetes --image registry.example/churn:7 --out churn-k8s

docs/packaging.md tells each target.`;

/** `sirve package`: models and server as one thing that runs elsewhere. */
export function command(): Command {
  const made = new Command("package")
    .description("Package models together with the server: as an image, for Compose, systemd or Kubernetes.")
    .argument("<models...>", 'such as "churn", "churn@7" or, of a registry, "churn@challenger"')
    .addOption(new Option("--target <kind>", "what to make").choices(TARGETS).makeOptionMandatory())
    .requiredOption("--out <path>", "new directory; for oci the archive")
    .option("--from <folder>", "folder of models to take them from, instead of a registry server")
    .option("--name <name>", "of image, service and unit (default: the first model's)")
    .option("--tag <tag>", "of the image (default: the version, or a digest of several models)")
    .option("--env <NAME=VALUE>", "setting of the packaged server, such as SIRVE_LOG_LEVEL=warn", named)
    .option("--base <archive>", "oci: an OCI or docker archive to build on, instead of a root of our own")
    .option("--image <reference>", "kubernetes: where the cluster finds the image (default: name and tag)")
    .option("--replicas <min-max>", "kubernetes: fewest and most pods (default: 2-10)")
    .option("--cpu <quantity>", "kubernetes: CPUs of one pod (default: 1)")
    .option("--memory <quantity>", "kubernetes: memory of one pod (default: by the models' size)")
    .option("--in-flight <n>", "kubernetes: requests in flight per pod before more are started (default: 8)");
  return addClientOptions(made).addHelpText("after", EXAMPLES).action(packageModels);
}

async function packageModels(targets: readonly string[], options: PackageOptions): Promise<void> {
  const work = await mkdtemp(join(tmpdir(), "sirve-package-"));
  try {
    const models =
      options.from === undefined
        ? await withServer(options, async (server) => modelsOfServer(server, targets, work))
        : await modelsOfFolder(resolve(options.from), targets);
    const architecture = ownArchitecture();
    const plan = makePlan({
      models,
      architecture,
      program: collectProgram(fileURLToPath(packageRoot), architecture),
      environment: options.env ?? {},
      ...(options.name !== undefined && { name: options.name }),
      ...(options.tag !== undefined && { tag: options.tag }),
    });
    const next = await writePackage(plan, options);
    print(`wrote ${safeText(options.out)}\nnext: ${safeText(next)}\n`);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
