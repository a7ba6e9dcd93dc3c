import type { INetworkPolicy } from "kubernetes-models/networking.k8s.io/v1";
import type { PackagePlan } from "../plan.ts";
import { metadataOf, PORTS, selectorOf } from "./names.ts";

/** The namespace whose pods may read metrics. */
export const MONITORING_NAMESPACE = "monitoring";

/** Pods of the same namespace may ask, monitoring may read; the server itself reaches nothing. */
export function networkPolicy(plan: PackagePlan): INetworkPolicy {
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: metadataOf(plan),
    spec: {
      podSelector: { matchLabels: selectorOf(plan) },
      policyTypes: ["Ingress", "Egress"],
      ingress: [
        { from: [{ podSelector: {} }], ports: [{ port: PORTS.http }, { port: PORTS.grpc }] },
        {
          from: [
            { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": MONITORING_NAMESPACE } } },
          ],
          ports: [{ port: PORTS.http }],
        },
      ],
      egress: [],
    },
  };
}
