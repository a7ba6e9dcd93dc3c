import { enumeration, message, PlatformError } from "../../base/index.ts";
import type { ControlPlane } from "../../model/index.ts";
import type { GrpcProtocol } from "../contract.ts";
import { inferenceService } from "../open-inference/inference-service.ts";
import { type ServiceTable, unaryMethods } from "./service-table.ts";
import { statusOf } from "./status.ts";

const servingStatus = enumeration("grpc.health.v1.HealthCheckResponse.ServingStatus", {
  UNKNOWN: 0,
  SERVING: 1,
  NOT_SERVING: 2,
  SERVICE_UNKNOWN: 3,
});
const SERVING = 1;
const NOT_SERVING = 2;

interface HealthCheckRequest {
  readonly service: string;
}

interface HealthCheckResponse {
  readonly status: number;
}

/** The service by which load balancers and probes ask. Source: grpc/grpc, doc/health-checking.md. */
export const healthService = {
  name: "grpc.health.v1.Health",
  methods: {
    Check: {
      input: message<HealthCheckRequest>("grpc.health.v1.HealthCheckRequest", {
        service: { number: 1, type: "string" },
      }),
      output: message<HealthCheckResponse>("grpc.health.v1.HealthCheckResponse", {
        status: { number: 1, type: servingStatus },
      }),
    },
  },
} as const satisfies ServiceTable;

/** `Check` of the whole server (service "") and of each of its services. */
export function grpcHealth(control: Pick<ControlPlane, "isReady">): GrpcProtocol {
  const known = new Set(["", inferenceService.name, healthService.name]);
  return {
    name: "grpc-health",
    methods: unaryMethods(healthService, "public", {
      Check: ({ service }) => {
        if (!known.has(service)) throw new PlatformError("not_found", `unknown service '${service}'`);
        return { status: control.isReady() ? SERVING : NOT_SERVING };
      },
    }),
    failure: statusOf,
  };
}
