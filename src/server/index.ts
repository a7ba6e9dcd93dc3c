export { type AppOptions, type RunningApp, startApp } from "./app.ts";
export { type ArtifactDiagnosis, diagnoseEngine, diagnoseModels, type EngineDiagnosis } from "./diagnose.ts";
export { createGrpcServer, type GrpcFront, type GrpcServerOptions } from "./grpc/front.ts";
export { type HealthOptions, type HealthSource, healthProtocol } from "./health.ts";
export { createHttpServer, type HttpFront, type HttpServerOptions } from "./http/front.ts";
export { checkListenAddress, type ListenAddress } from "./listen.ts";
export { listenForSignals, Shutdown, type ShutdownOptions, type ShutdownState } from "./shutdown.ts";
