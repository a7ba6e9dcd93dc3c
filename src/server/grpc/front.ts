import {
  createSecureServer,
  createServer,
  type Http2SecureServer,
  type Http2Server,
  type Http2Session,
  type ServerHttp2Stream,
} from "node:http2";
import type { Config } from "../../config/index.ts";
import type { GrpcProtocol } from "../../protocols/index.ts";
import type { Metrics } from "../../telemetry/index.ts";
import { ByteBudget } from "../byte-budget.ts";
import { Connections } from "../connections.ts";
import { drain, interrupt, LAST_WORDS_MS, within } from "../drain.ts";
import type { Front, FrontOptions } from "../front.ts";
import { checkListenAddress, listenOn } from "../listen.ts";
import type { TlsFiles } from "../tls.ts";
import { CallExchange } from "./exchange.ts";
import type { GrpcEndpoint, GrpcService } from "./service.ts";

export interface GrpcServerOptions extends FrontOptions {
  readonly protocols: readonly GrpcProtocol[];
  /** Address and limits. */
  readonly settings: Config["grpc"];
  readonly metrics: Pick<Metrics, "grpc">;
}

type NodeServer = Http2Server | Http2SecureServer;

const HELD_MESSAGES = 16;
const MAX_CONNECTIONS = 10_000;
/** A connection that has not begun to speak HTTP/2 by then is closed. */
const PREFACE_MS = 10_000;
const MIB = 1024 * 1024;
/** Windows that keep a client of large tensors sending. */
const STREAM_WINDOW_BYTES = MIB;
const CONNECTION_WINDOW_BYTES = 4 * MIB;
const MAX_FRAME_BYTES = 64 * 1024;
const MAX_HEADER_BYTES = 16_384;

/** Serves protocols over gRPC on HTTP/2, with TLS where there is a certificate. */
export function createGrpcServer(options: GrpcServerOptions): Front {
  const { settings, insecure } = options;
  const service = createService(options);
  const server = createNodeServer(settings, options.tls);
  connect(server, service);
  server.maxConnections = MAX_CONNECTIONS;
  return {
    get active() {
      return service.connections.active;
    },
    async listen() {
      checkListenAddress(settings.host, insecure);
      return await listenOn(server, settings, "--grpc-port");
    },
    close: (graceMs) => closeServer(server, service, graceMs),
    interrupt: () => interrupt(service.connections),
  };
}

function createService(options: GrpcServerOptions): GrpcService {
  const { protocols, settings, maxHeldBytes = HELD_MESSAGES * settings.maxMessageBytes } = options;
  const { access, deadlines, clock, logger, metrics, tracer, deadlineMs, logRequests } = options;
  const endpoints = new Map<string, GrpcEndpoint>();
  for (const protocol of protocols) {
    for (const method of protocol.methods) {
      if (endpoints.has(method.path)) throw new RangeError(`two methods for ${method.path}`);
      endpoints.set(method.path, { protocol, method });
    }
  }
  const limits = { maxBytes: settings.maxMessageBytes, budget: new ByteBudget(maxHeldBytes) };
  const connections = new Connections<Http2Session>();
  return {
    access,
    endpoints,
    connections,
    limits,
    deadlines,
    clock,
    logger,
    metrics,
    tracer,
    deadlineMs,
    logRequests,
  };
}

function createNodeServer(
  { maxMessageBytes, maxConcurrentStreams }: Config["grpc"],
  tls: TlsFiles | undefined,
): NodeServer {
  const limits = {
    settings: {
      initialWindowSize: STREAM_WINDOW_BYTES,
      maxFrameSize: MAX_FRAME_BYTES,
      maxConcurrentStreams,
      maxHeaderListSize: MAX_HEADER_BYTES,
      enablePush: false,
    },
    // In megabytes; what is queued to be sent counts, so it must hold some of the largest answers.
    maxSessionMemory: Math.max(64, Math.ceil((4 * maxMessageBytes) / MIB)),
    // Rapid reset (CVE-2023-44487): a burst of cancelled calls is normal, an endless one is not.
    streamResetBurst: Math.max(1000, maxConcurrentStreams),
    streamResetRate: 200,
    maxSessionInvalidFrames: 100,
    maxSessionRejectedStreams: 100,
    maxOutstandingPings: 10,
    maxSettings: 32,
  };
  if (!tls) return createServer(limits);
  const server = createSecureServer({ ...limits, ...tls.options });
  tls.follow(server);
  return server;
}

function connect(server: NodeServer, service: GrpcService): void {
  const { connections, clock, logger } = service;
  server.on("session", (session) => {
    connections.opened(session);
    const cancel = clock.after(PREFACE_MS, () => session.destroy());
    session.once("remoteSettings", cancel);
    session.once("close", () => {
      cancel();
      connections.closed(session);
    });
    session.setLocalWindowSize(CONNECTION_WINDOW_BYTES);
  });
  server.on("sessionError", (error) => logger.debug("connection failed", { error }));
  server.on("stream", (stream, headers) => {
    // A stream's failure is that of its client: the call ends with its "close".
    stream.on("error", ignore);
    // Settles itself: never rejects.
    void new CallExchange(service, stream as ServerHttp2Stream, headers).run();
  });
  server.on("drop", () => logger.warn("connection refused: too many are open"));
}

const ignore = () => {};

async function closeServer(server: NodeServer, service: GrpcService, graceMs: number): Promise<void> {
  const { connections, clock } = service;
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  for (const session of connections.all()) session.close();
  await drain(connections, clock, graceMs);
  if (!(await within(clock, LAST_WORDS_MS, closed))) {
    for (const session of connections.all()) session.destroy();
  }
  await closed;
}
