import { existsSync } from "node:fs";
import { PlatformError } from "../../base/index.ts";
import { dockerPackage, type PackagePlan, writeOciArchive, writeTree } from "../../deploy/index.ts";

/** What can be made. */
export const TARGETS = ["docker", "oci"] as const;

/** Options that the targets read. */
export interface TargetOptions {
  readonly target: (typeof TARGETS)[number];
  readonly out: string;
  readonly base?: string;
}

/** Writes what was asked for. @returns what to do next, one line. */
export async function writePackage(plan: PackagePlan, options: TargetOptions): Promise<string> {
  const { target, out, base } = options;
  const image = `${plan.name}:${plan.tag}`;
  if (target === "oci") {
    refuseUsed(out);
    const digest = await writeOciArchive(out, plan, base);
    return `podman load --input ${out}   (manifest ${digest})`;
  }
  await writeTree(out, dockerPackage(plan));
  return `docker build --tag ${image} ${out}`;
}

function refuseUsed(out: string): void {
  if (!existsSync(out)) return;
  throw new PlatformError("already_exists", `${out} is there already`, {
    field: "--out",
    got: out,
    expected: "the name of a file that does not exist",
  });
}
