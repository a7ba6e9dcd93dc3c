import { stringify } from "yaml";
import { imageContext } from "../docker/docker-package.ts";
import type { PackagePlan } from "../plan.ts";
import { type Tree, type TreeFile, textFile, under } from "../tree.ts";
import { autoscaler, disruptionBudget } from "./availability.ts";
import { chosen, type KubernetesChoices, type KubernetesOptions } from "./choices.ts";
import { deployment } from "./deployment.ts";
import { keysPatch } from "./keys-component.ts";
import { COMPONENTS_HINT, component, kustomization, type RESOURCES } from "./kustomization.ts";
import { adapterValues, serviceMonitor } from "./monitoring-component.ts";
import { networkPolicy } from "./network-policy.ts";
import { kubernetesReadme } from "./readme.ts";
import { service, serviceAccount } from "./service.ts";

/** `--target kubernetes`: the image's directory, and manifests for kustomize. @throws PlatformError for a bad option. */
export function kubernetesPackage(plan: PackagePlan, options: KubernetesOptions = {}): Tree {
  const choices = chosen(plan, options);
  return [
    textFile("README.md", kubernetesReadme(plan, choices)),
    yamlFile("kustomization.yaml", kustomization(plan, choices), COMPONENTS_HINT),
    ...Object.entries(resourcesOf(plan, choices)).map(([path, object]) => yamlFile(path, object)),
    ...under("components", components(plan)),
    ...under("image", imageContext(plan)),
  ];
}

function resourcesOf(
  plan: PackagePlan,
  choices: KubernetesChoices,
): Record<(typeof RESOURCES)[number], object> {
  return {
    "service-account.yaml": serviceAccount(plan),
    "network-policy.yaml": networkPolicy(plan),
    "service.yaml": service(plan),
    "deployment.yaml": deployment(plan, choices),
    "pod-disruption-budget.yaml": disruptionBudget(plan),
    "autoscaler.yaml": autoscaler(plan, choices),
  };
}

function components(plan: PackagePlan): Tree {
  const { selector: _, ...spec } = keysPatch(plan).spec ?? {};
  return [
    yamlFile("keys/kustomization.yaml", component({ patches: ["deployment.yaml"] })),
    yamlFile("keys/deployment.yaml", { ...keysPatch(plan), spec }),
    yamlFile("monitoring/kustomization.yaml", component({ resources: ["service-monitor.yaml"] })),
    yamlFile("monitoring/service-monitor.yaml", serviceMonitor(plan)),
    yamlFile("monitoring/prometheus-adapter-values.yaml", adapterValues()),
  ];
}

const HEAD = "# Made by sirve package; README.md says how to use it.\n";

/** Strings that another reader of YAML could take for something else are quoted. */
function yamlFile(path: string, object: object, more = ""): TreeFile {
  const text = stringify(object, { lineWidth: 0, version: "1.1", aliasDuplicateObjects: false });
  return textFile(path, HEAD + text + more);
}
