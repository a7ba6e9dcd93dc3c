import type { PackagePlan } from "../plan.ts";
import { IN_FLIGHT } from "./availability.ts";
import { metadataOf, PORTS, selectorOf } from "./names.ts";

/** For the Prometheus operator: read every pod's metrics. */
export function serviceMonitor(plan: PackagePlan): object {
  return {
    apiVersion: "monitoring.coreos.com/v1",
    kind: "ServiceMonitor",
    metadata: metadataOf(plan),
    spec: {
      selector: { matchLabels: selectorOf(plan) },
      endpoints: [{ port: PORTS.http, path: "/metrics", interval: "15s" }],
    },
  };
}

/** Values of prometheus-adapter: what makes the metric of the pods known to the autoscaler. */
export function adapterValues(): object {
  return {
    rules: {
      custom: [
        {
          seriesQuery: `${IN_FLIGHT}{namespace!="",pod!=""}`,
          resources: { overrides: { namespace: { resource: "namespace" }, pod: { resource: "pod" } } },
          name: { as: IN_FLIGHT },
          metricsQuery: "sum(<<.Series>>{<<.LabelMatchers>>}) by (<<.GroupBy>>)",
        },
      ],
    },
  };
}
