import { dockerPackage, type PackagePlan, writeTree } from "../../deploy/index.ts";

/** What can be made. */
export const TARGETS = ["docker"] as const;

/** Options that the targets read. */
export interface TargetOptions {
  readonly target: (typeof TARGETS)[number];
  readonly out: string;
}

/** Writes what was asked for. @returns what to do next, one line. */
export async function writePackage(plan: PackagePlan, { out }: TargetOptions): Promise<string> {
  await writeTree(out, dockerPackage(plan));
  return `docker build --tag ${plan.name}:${plan.tag} ${out}`;
}
