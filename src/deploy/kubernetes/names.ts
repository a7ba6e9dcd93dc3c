import type { PackagePlan } from "../plan.ts";

/** Names of a pod's ports. */
export const PORTS = { http: "http", grpc: "grpc" } as const;

/** What tells this server's pods from all others; never changed, as a Deployment's selector cannot be. */
export const selectorOf = ({ name }: PackagePlan): Record<string, string> => ({
  "app.kubernetes.io/name": "sirve",
  "app.kubernetes.io/instance": name,
});

/** Labels of every object. */
export const labelsOf = (plan: PackagePlan): Record<string, string> => ({
  ...selectorOf(plan),
  "app.kubernetes.io/component": "model-server",
  "app.kubernetes.io/managed-by": "kustomize",
});

/** Name and labels of an object that is called as the package is. */
export const metadataOf = (plan: PackagePlan): { name: string; labels: Record<string, string> } => ({
  name: plan.name,
  labels: labelsOf(plan),
});
