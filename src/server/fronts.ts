import {
  type GrpcProtocol,
  grpcHealth,
  grpcReflection,
  type HttpProtocol,
  nativeProtocol,
  openInferenceGrpc,
  openInferenceRest,
} from "../protocols/index.ts";
import type { Common } from "./common.ts";
import { createGrpcServer, type GrpcFront } from "./grpc/front.ts";
import { healthProtocol } from "./health.ts";
import { createHttpServer, type HttpFront } from "./http/front.ts";
import type { ListenAddress } from "./listen.ts";
import type { ModelService } from "./model-service.ts";

/** A listening server of one transport. */
export type Front = Pick<HttpFront, "close">;

export interface Addresses {
  readonly http: ListenAddress;
  readonly grpc: ListenAddress | undefined;
}

/**
 * Makes the transports with their wires and listens on them. Those that listen are put into
 * `opened` at once, so that the caller can close them if a later one fails.
 *
 * @throws PlatformError if an address is refused or a port is taken.
 */
export async function openFronts(common: Common, service: ModelService, opened: Front[]): Promise<Addresses> {
  const http = createHttp(common, httpProtocols(common, service));
  const address = await http.listen();
  opened.push(http);
  if (!common.config.grpc.enabled) return { http: address, grpc: undefined };
  const grpc = createGrpc(common, grpcProtocols(common, service));
  const grpcAddress = await grpc.listen();
  opened.push(grpc);
  return { http: address, grpc: grpcAddress };
}

function httpProtocols(common: Common, service: ModelService): HttpProtocol[] {
  const { config, version, metrics, deadlines } = common;
  const { maxBodyBytes } = config.http;
  const { deadlineMs } = config.scheduler;
  const health = { isStarted: () => service.isStarted(), isReady: () => service.control.isReady() };
  return [
    healthProtocol({ health, metrics, version }),
    nativeProtocol(service, { version, maxBodyBytes, deadlines, deadlineMs }),
    openInferenceRest(service, { version, maxBodyBytes, deadlines }),
  ];
}

function grpcProtocols({ config, version, deadlines }: Common, service: ModelService): GrpcProtocol[] {
  const { maxMessageBytes: maxBodyBytes } = config.grpc;
  const { deadlineMs } = config.scheduler;
  const wire = openInferenceGrpc(service, { version, deadlines, deadlineMs, maxBodyBytes });
  return [wire, grpcHealth(service.control), grpcReflection()];
}

function createHttp(common: Common, protocols: readonly HttpProtocol[]): HttpFront {
  const { config } = common;
  return createHttpServer({ ...common, ...sharedSettings(common), protocols, settings: config.http });
}

function createGrpc(common: Common, protocols: readonly GrpcProtocol[]): GrpcFront {
  const { config } = common;
  return createGrpcServer({ ...common, ...sharedSettings(common), protocols, settings: config.grpc });
}

function sharedSettings({ config }: Common) {
  return {
    insecure: config.insecure,
    deadlineMs: config.scheduler.deadlineMs,
    logRequests: config.log.requests,
  };
}
