import type { IDeployment } from "kubernetes-models/apps/v1";
import type { IContainer, IPodSpec, IProbe } from "kubernetes-models/v1";
import { GRACE_SECONDS, GRPC_PORT, HTTP_PORT, type PackagePlan, USER_ID } from "../plan.ts";
import { dollarText } from "../quoting.ts";
import type { KubernetesChoices } from "./choices.ts";
import { labelsOf, metadataOf, PORTS, selectorOf } from "./names.ts";

/** How long a pod that is to end goes on answering while the cluster stops sending it requests, in seconds. */
const LAME_DUCK_SECONDS = 10;
/** Closing of connections and the process's own end, in seconds. */
const SPARE_SECONDS = 10;

/** Pods that serve, replaced one after the other, each once its successor is ready. */
export function deployment(plan: PackagePlan, choices: KubernetesChoices): IDeployment {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: metadataOf(plan),
    // Without `replicas`: the autoscaler alone says how many, and applying this file again changes nothing of it.
    spec: {
      selector: { matchLabels: selectorOf(plan) },
      strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      minReadySeconds: 5,
      revisionHistoryLimit: 5,
      template: {
        metadata: {
          labels: labelsOf(plan),
          annotations: {
            "sirve.io/models": modelsOf(plan),
            "kubectl.kubernetes.io/default-container": "sirve",
          },
        },
        spec: pod(plan, choices),
      },
    },
  };
}

/** By digest, so that other models make another pod. */
const modelsOf = ({ models }: PackagePlan) =>
  models.map(({ model, version, digest }) => `${model}@${version} sha256:${digest}`).join("\n");

function pod(plan: PackagePlan, choices: KubernetesChoices): IPodSpec {
  return {
    serviceAccountName: plan.name,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: LAME_DUCK_SECONDS + GRACE_SECONDS + SPARE_SECONDS,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: USER_ID,
      runAsGroup: USER_ID,
      seccompProfile: { type: "RuntimeDefault" },
    },
    topologySpreadConstraints: ["kubernetes.io/hostname", "topology.kubernetes.io/zone"].map(
      (topologyKey) => ({
        maxSkew: 1,
        topologyKey,
        whenUnsatisfiable: "ScheduleAnyway",
        labelSelector: { matchLabels: selectorOf(plan) },
      }),
    ),
    containers: [container(plan, choices)],
  };
}

function container(plan: PackagePlan, { cpu, memory }: KubernetesChoices): IContainer {
  return {
    name: "sirve",
    // kustomization.yaml says where it lies and which tag.
    image: plan.name,
    args: ["serve"],
    ports: [
      { name: PORTS.http, containerPort: HTTP_PORT },
      { name: PORTS.grpc, containerPort: GRPC_PORT },
    ],
    env: environmentOf(plan).map(([name, value]) => ({ name, value })),
    // CPUs are limited so that the server starts as many compute lanes as it is given.
    resources: { requests: { cpu, memory }, limits: { cpu, memory } },
    startupProbe: probe("/health/startup", { periodSeconds: 2, failureThreshold: 150 }),
    readinessProbe: probe("/health/ready", { periodSeconds: 5, failureThreshold: 2 }),
    livenessProbe: probe("/health/live", { periodSeconds: 10, failureThreshold: 6 }),
    securityContext: {
      allowPrivilegeEscalation: false,
      privileged: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    },
  };
}

const environmentOf = ({ environment }: PackagePlan): [string, string][] =>
  Object.entries({ SIRVE_SHUTDOWN_LAME_DUCK_MS: String(LAME_DUCK_SECONDS * 1000), ...environment }).map(
    ([name, value]) => [name, dollarText(value)],
  );

function probe(path: string, times: { periodSeconds: number; failureThreshold: number }): IProbe {
  return { httpGet: { path, port: PORTS.http }, timeoutSeconds: 5, ...times };
}
