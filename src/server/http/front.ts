import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer, Server as TlsServer } from "node:https";
import type { Socket } from "node:net";
import type { Config } from "../../config/index.ts";
import type { HttpProtocol } from "../../protocols/index.ts";
import type { Metrics } from "../../telemetry/index.ts";
import { ByteBudget } from "../byte-budget.ts";
import { Connections } from "../connections.ts";
import { drain, interrupt, LAST_WORDS_MS, within } from "../drain.ts";
import type { Front, FrontOptions } from "../front.ts";
import { checkListenAddress, listenOn } from "../listen.ts";
import { OriginRules } from "../origin.ts";
import type { TlsFiles } from "../tls.ts";
import { answerClientError, statusOfClientError } from "./client-error.ts";
import { Exchange } from "./exchange.ts";
import { RouteTable } from "./routes.ts";
import type { HttpService } from "./service.ts";

export interface HttpServerOptions extends FrontOptions {
  readonly protocols: readonly HttpProtocol[];
  /** Address and limits. */
  readonly settings: Config["http"];
  readonly metrics: Pick<Metrics, "http">;
}

const HELD_BODIES = 16;
const DAY_MS = 86_400_000;

/** Serves protocols over HTTP/1.1. */
export function createHttpServer(options: HttpServerOptions): Front {
  const { settings, insecure } = options;
  const service = createService(options);
  const server = createNodeServer(settings, options.tls);
  connect(server, service);
  return {
    get active() {
      return service.connections.active;
    },
    async listen() {
      checkListenAddress(settings.host, insecure);
      return await listenOn(server, settings, "--http-port");
    },
    close: (graceMs) => closeServer(server, service, graceMs),
    interrupt: () => interrupt(service.connections),
  };
}

function createService(options: HttpServerOptions): HttpService {
  const { settings, maxHeldBytes = HELD_BODIES * settings.maxBodyBytes } = options;
  const { access, deadlines, clock, logger, metrics, tracer, deadlineMs, logRequests } = options;
  return {
    access,
    routes: new RouteTable(options.protocols),
    rules: new OriginRules(settings),
    connections: new Connections(),
    limits: { maxBytes: settings.maxBodyBytes, budget: new ByteBudget(maxHeldBytes) },
    deadlines,
    clock,
    logger,
    metrics,
    tracer,
    deadlineMs,
    logRequests,
    stallMs: settings.requestTimeoutMs > 0 ? settings.requestTimeoutMs : DAY_MS,
    hstsSeconds: options.tls ? settings.hstsSeconds : 0,
    isClosing: false,
  };
}

function createNodeServer(settings: Config["http"], tls: TlsFiles | undefined): Server {
  const { headersTimeoutMs, requestTimeoutMs, keepAliveTimeoutMs, maxHeaderBytes, maxConnections } = settings;
  // Node looks for late clients this often: a tenth of the shorter limit is punctual enough.
  const limits = [headersTimeoutMs, requestTimeoutMs].filter((ms) => ms > 0);
  const connectionsCheckingInterval = Math.max(50, Math.min(5000, Math.min(...limits, 50_000) / 10));
  const limited = {
    maxHeaderSize: maxHeaderBytes,
    headersTimeout: headersTimeoutMs,
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: keepAliveTimeoutMs,
    connectionsCheckingInterval,
    joinDuplicateHeaders: true,
    optimizeEmptyRequests: true,
  };
  const server = tls ? createTlsServer({ ...limited, ...tls.options }) : createServer(limited);
  if (server instanceof TlsServer) tls?.follow(server);
  server.maxConnections = maxConnections;
  // Their bytes are limited; a limit on their number would drop the rest without a word.
  server.maxHeadersCount = 0;
  return server;
}

function connect(server: Server, service: HttpService): void {
  const serve = (request: IncomingMessage, response: ServerResponse, awaitsContinue: boolean) => {
    // Settles itself: never rejects.
    void new Exchange(service, request, response, awaitsContinue).run();
  };
  // With TLS requests know the socket that is made once both sides agree.
  server.on(server instanceof TlsServer ? "secureConnection" : "connection", (socket: Socket) => {
    service.connections.opened(socket);
    socket.once("close", () => service.connections.closed(socket));
  });
  server.on("request", (request, response) => serve(request, response, false));
  server.on("checkContinue", (request, response) => serve(request, response, true));
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) => {
    const code = error.code ?? "";
    // The request is late as a whole; its parts are watched where they are read.
    if (code === "ERR_HTTP_REQUEST_TIMEOUT" && service.connections.isPaced(socket)) return;
    service.logger.debug("not a request", { code, remote: socket.remoteAddress });
    if (code === "ECONNRESET" || service.connections.isReplying(socket)) {
      socket.destroy();
      return;
    }
    // A request under way counts itself.
    if (!service.connections.isBusy(socket)) service.metrics.http("none", statusOfClientError(code), 0, 0);
    answerClientError(socket, code);
  });
  server.on("drop", () => service.logger.warn("connection refused: too many are open"));
}

async function closeServer(server: Server, service: HttpService, graceMs: number): Promise<void> {
  const { connections, clock } = service;
  service.isClosing = true;
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  await drain(connections, clock, graceMs);
  server.closeIdleConnections();
  // Replies are written; what their clients have not taken yet may still flow for a moment.
  if (!(await within(clock, LAST_WORDS_MS, closed))) server.closeAllConnections();
  await closed;
}
