import type { PackagePlan } from "../plan.ts";
import type { KubernetesChoices } from "./choices.ts";

/** Files of the base, in the order in which they are made. */
export const RESOURCES = [
  "service-account.yaml",
  "network-policy.yaml",
  "service.yaml",
  "deployment.yaml",
  "pod-disruption-budget.yaml",
  "autoscaler.yaml",
] as const;

/** What kustomize reads first. Where the image lies is said here, and nowhere else. */
export function kustomization({ name }: PackagePlan, { image }: KubernetesChoices): object {
  const { name: newName, ...which } = image;
  return {
    apiVersion: "kustomize.config.k8s.io/v1beta1",
    kind: "Kustomization",
    resources: RESOURCES,
    images: [{ name, newName, ...("tag" in which ? { newTag: which.tag } : { digest: which.digest }) }],
  };
}

/** Named below the resources, for whoever wants them. */
export const COMPONENTS_HINT = `# What more there is; README.md says what each needs:
# components:
#   - components/keys
#   - components/monitoring
`;

/** A part that is switched on by naming it under \`components\`. */
export function component(parts: {
  readonly resources?: readonly string[];
  readonly patches?: readonly string[];
}): object {
  const { resources, patches } = parts;
  return {
    apiVersion: "kustomize.config.k8s.io/v1alpha1",
    kind: "Component",
    ...(resources && { resources }),
    ...(patches && { patches: patches.map((path) => ({ path })) }),
  };
}
