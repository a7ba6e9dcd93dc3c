import { existsSync } from "node:fs";
import { PlatformError } from "../../base/index.ts";
import {
  composePackage,
  dockerPackage,
  type KubernetesOptions,
  kubernetesPackage,
  type PackagePlan,
  systemdPackage,
  writeOciArchive,
  writeTree,
} from "../../deploy/index.ts";

/** What can be made. */
export const TARGETS = ["docker", "oci", "compose", "systemd", "kubernetes"] as const;

/** Options that the targets read. */
export interface TargetOptions extends KubernetesOptions {
  readonly target: (typeof TARGETS)[number];
  readonly out: string;
  readonly base?: string;
}

type Target = TargetOptions["target"];

/** Each writes one target. @returns what to do next. */
const WRITERS: Readonly<Record<Target, (plan: PackagePlan, options: TargetOptions) => Promise<string>>> = {
  docker: async (plan, { out }) => {
    await writeTree(out, dockerPackage(plan));
    return `docker build --tag ${plan.name}:${plan.tag} ${out}`;
  },
  oci: async (plan, { out, base }) => {
    refuseUsed(out);
    const digest = await writeOciArchive(out, plan, base);
    return `podman load --input ${out}   (manifest ${digest})`;
  },
  compose: async (plan, { out }) => {
    await writeTree(out, composePackage(plan));
    return `docker compose --project-directory ${out} up --build --detach --wait`;
  },
  kubernetes: async (plan, options) => {
    await writeTree(options.out, kubernetesPackage(plan, options));
    return `kubectl apply --kustomize ${options.out}   (first build and push its image: README.md)`;
  },
  systemd: async (plan, { out }) => {
    await writeTree(out, systemdPackage(plan));
    return `copy ${out} to the machine and run sudo ./install.sh in it`;
  },
};

/** Options that one target alone reads. */
const OWN_OPTIONS = {
  oci: ["base"],
  kubernetes: ["image", "replicas", "cpu", "memory", "inFlight"],
} as const;

/** Writes what was asked for. @returns what to do next, one line. @throws PlatformError for an option of another target. */
export async function writePackage(plan: PackagePlan, options: TargetOptions): Promise<string> {
  refuseForeign(options);
  return WRITERS[options.target](plan, options);
}

function refuseUsed(out: string): void {
  if (!existsSync(out)) return;
  throw new PlatformError("already_exists", `${out} is there already`, {
    field: "--out",
    got: out,
    expected: "the name of a file that does not exist",
  });
}

/** An option that changes nothing would be believed to. */
function refuseForeign(options: TargetOptions): void {
  for (const [target, names] of Object.entries(OWN_OPTIONS)) {
    const given = names.find((name: keyof TargetOptions) => options[name] !== undefined);
    if (target === options.target || given === undefined) continue;
    const field = `--${given.replace("inFlight", "in-flight")}`;
    throw new PlatformError("invalid_argument", `${field} is read by --target ${target} only`, {
      field,
      got: `--target ${options.target}`,
    });
  }
}
