import type { IHorizontalPodAutoscaler } from "kubernetes-models/autoscaling/v2";
import type { IPodDisruptionBudget } from "kubernetes-models/policy/v1";
import type { PackagePlan } from "../plan.ts";
import type { KubernetesChoices } from "./choices.ts";
import { metadataOf, selectorOf } from "./names.ts";

/** The metric that the autoscaler follows. */
export const IN_FLIGHT = "sirve_requests_in_flight";

/** A node that is emptied takes one pod at a time. */
export function disruptionBudget(plan: PackagePlan): IPodDisruptionBudget {
  return {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: metadataOf(plan),
    spec: {
      maxUnavailable: 1,
      selector: { matchLabels: selectorOf(plan) },
      // A pod that never gets ready does not hold the node back.
      unhealthyPodEvictionPolicy: "AlwaysAllow",
    },
  };
}

/** As many pods as requests in flight need: they rise before CPUs are busy, and also where a model waits. */
export function autoscaler(
  plan: PackagePlan,
  { replicas, inFlight }: KubernetesChoices,
): IHorizontalPodAutoscaler {
  return {
    apiVersion: "autoscaling/v2",
    kind: "HorizontalPodAutoscaler",
    metadata: metadataOf(plan),
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: plan.name },
      minReplicas: replicas.min,
      maxReplicas: replicas.max,
      metrics: [
        {
          type: "Pods",
          pods: {
            metric: { name: IN_FLIGHT },
            target: { type: "AverageValue", averageValue: String(inFlight) },
          },
        },
      ],
      behavior: {
        scaleUp: {
          stabilizationWindowSeconds: 0,
          policies: [
            { type: "Percent", value: 100, periodSeconds: 15 },
            { type: "Pods", value: 2, periodSeconds: 15 },
          ],
          selectPolicy: "Max",
        },
        scaleDown: {
          stabilizationWindowSeconds: 300,
          policies: [{ type: "Percent", value: 20, periodSeconds: 60 }],
        },
      },
    },
  };
}
