import type { Access } from "../access/index.ts";
import type { Config } from "../config/index.ts";
import { ANYONE } from "../model/index.ts";
import {
  type GrpcMethod,
  type GrpcProtocol,
  grpcHealth,
  grpcReflection,
  type HttpProtocol,
  type HttpRoute,
  mlflowScoring,
  nativeProtocol,
  openInferenceGrpc,
  openInferenceRest,
  sageMaker,
  tfServingRest,
  torchServe,
  vertex,
} from "../protocols/index.ts";
import type { AdminService } from "./admin/admin-service.ts";
import { managementDocument } from "./admin/document.ts";
import type { Foundation } from "./foundation.ts";
import type { Front } from "./front.ts";
import { createGrpcServer } from "./grpc/front.ts";
import { healthProtocol } from "./health.ts";
import { createHttpServer } from "./http/front.ts";
import { isListeningAllowed, type ListenAddress } from "./listen.ts";
import type { ModelService } from "./model-service.ts";
import { pageProtocol } from "./page/page-protocol.ts";
import type { TlsFiles } from "./tls.ts";

/** What can be asked of a server, and who may. */
export interface Surface {
  readonly http: readonly (Pick<HttpRoute, "method" | "path" | "access"> & { readonly protocol: string })[];
  readonly grpc: readonly Pick<GrpcMethod, "path" | "access" | "kind">[];
}

export interface Addresses {
  readonly http: ListenAddress;
  readonly grpc: ListenAddress | undefined;
  readonly surface: Surface;
}

/** What the wires are made over. */
export interface FrontServices {
  readonly models: ModelService;
  readonly admin: AdminService;
  readonly access: Access;
  /** Undefined: no TLS. */
  readonly tls: TlsFiles | undefined;
}

/**
 * Makes the transports with their wires and listens on them. Those that listen are put into
 * `opened` at once, so that the caller can close them if a later one fails.
 *
 * @throws PlatformError if an address is refused or a port is taken.
 */
export async function openFronts(
  foundation: Foundation,
  services: FrontServices,
  opened: Front[],
): Promise<Addresses> {
  const { config } = foundation;
  const shared = { ...foundation, ...sharedSettings(foundation, services) };
  const wires = {
    http: httpProtocols(foundation, services),
    grpc: grpcProtocols(foundation, services.models),
  };
  const surface = surfaceOf(wires.http, wires.grpc);
  const http = createHttpServer({ ...shared, protocols: wires.http, settings: config.http });
  const address = await http.listen();
  opened.push(http);
  if (!config.grpc.enabled) return { http: address, grpc: undefined, surface };
  const grpc = createGrpcServer({ ...shared, protocols: wires.grpc, settings: config.grpc });
  const grpcAddress = await grpc.listen();
  opened.push(grpc);
  return { http: address, grpc: grpcAddress, surface };
}

function surfaceOf(http: readonly HttpProtocol[], grpc: readonly GrpcProtocol[]): Surface {
  return {
    http: http.flatMap(({ name, routes }) => routes.map((route) => ({ ...route, protocol: name }))),
    grpc: grpc.flatMap(({ methods }) => methods),
  };
}

function httpProtocols(foundation: Foundation, { models: service, admin }: FrontServices): HttpProtocol[] {
  const { config, version, metrics, deadlines } = foundation;
  const { maxBodyBytes } = config.http;
  const { deadlineMs } = config.scheduler;
  const control = service.control(ANYONE);
  const health = { isStarted: () => service.isStarted(), isReady: () => control.isReady() };
  return [
    healthProtocol({ health, metrics }),
    pageProtocol(version),
    nativeProtocol(service, {
      version,
      maxBodyBytes,
      deadlines,
      deadlineMs,
      management: managementDocument(),
    }),
    admin.protocol,
    openInferenceRest(service, { version, maxBodyBytes, deadlines }),
    tfServingRest(service),
    ...compatProtocols(config, version, service),
  ];
}

/** Wires of managed platforms. Paths that several of them use are those of the one that `compat` names. */
function compatProtocols(
  { compat, http: { maxBodyBytes }, vertex: aip }: Config,
  version: string,
  service: ModelService,
): HttpProtocol[] {
  const { healthRoute: health, predictRoute } = aip;
  const hasRoutes = compat === "vertex" && health !== "" && predictRoute !== "";
  const routes = hasRoutes ? { health, predict: predictRoute } : undefined;
  const wires = [
    sageMaker(service, { maxBodyBytes, isContainer: compat === "none" || compat === "sagemaker" }),
    vertex(service, { maxBodyBytes, routes }),
  ];
  if (compat === "mlflow") wires.push(mlflowScoring(service, { maxBodyBytes, version }));
  if (compat === "torchserve") wires.push(torchServe(service, { maxBodyBytes }));
  return wires;
}

function grpcProtocols({ config, version, deadlines }: Foundation, service: ModelService): GrpcProtocol[] {
  const { maxMessageBytes: maxBodyBytes } = config.grpc;
  const { deadlineMs } = config.scheduler;
  const wire = openInferenceGrpc(service, { version, deadlines, deadlineMs, maxBodyBytes });
  return [wire, grpcHealth(service.control(ANYONE)), grpcReflection()];
}

function sharedSettings({ config }: Foundation, { access, tls }: FrontServices) {
  return {
    access,
    tls,
    insecure: isListeningAllowed(config, !access.isOpen),
    deadlineMs: config.scheduler.deadlineMs,
    logRequests: config.log.requests,
  };
}
