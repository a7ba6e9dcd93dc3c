import type { IService, IServiceAccount } from "kubernetes-models/v1";
import { GRPC_PORT, type PackagePlan } from "../plan.ts";
import { metadataOf, PORTS, selectorOf } from "./names.ts";

/** The name by which others in the cluster reach the pods. */
export function service(plan: PackagePlan): IService {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: metadataOf(plan),
    spec: {
      type: "ClusterIP",
      selector: selectorOf(plan),
      ports: [
        { name: PORTS.http, port: 80, targetPort: PORTS.http, appProtocol: "http" },
        { name: PORTS.grpc, port: GRPC_PORT, targetPort: PORTS.grpc, appProtocol: "kubernetes.io/h2c" },
      ],
    },
  };
}

/** An account of its own that may do nothing: the server never asks the cluster. */
export function serviceAccount(plan: PackagePlan): IServiceAccount {
  return {
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: metadataOf(plan),
    automountServiceAccountToken: false,
  };
}
