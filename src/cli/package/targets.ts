import { existsSync } from "node:fs";
import { PlatformError } from "../../base/index.ts";
import {
  composePackage,
  dockerPackage,
  type PackagePlan,
  systemdPackage,
  writeOciArchive,
  writeTree,
} from "../../deploy/index.ts";

/** What can be made. */
export const TARGETS = ["docker", "oci", "compose", "systemd"] as const;

/** Options that the targets read. */
export interface TargetOptions {
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
  systemd: async (plan, { out }) => {
    await writeTree(out, systemdPackage(plan));
    return `copy ${out} to the machine and run sudo ./install.sh in it`;
  },
};

/** Writes what was asked for. @returns what to do next, one line. */
export async function writePackage(plan: PackagePlan, options: TargetOptions): Promise<string> {
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
