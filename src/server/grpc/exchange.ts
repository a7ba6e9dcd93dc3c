import type { Http2Session, IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import { type Deadline, PlatformError } from "../../base/index.ts";
import type { Caller } from "../../model/index.ts";
import { type GrpcMethod, type GrpcStatus, statusOf } from "../../protocols/index.ts";
import { authorize } from "../authorize.ts";
import { createContext, type HeaderFields } from "../context.ts";
import { peerOf } from "../peer.ts";
import { chooseRequestId } from "../request-id.ts";
import { ServerSpan } from "../server-span.ts";
import { Answer } from "./answer.ts";
import { ServedCall } from "./call.ts";
import { checkEncoding } from "./compression.ts";
import { encodeFrame } from "./frames.ts";
import { Incoming } from "./incoming.ts";
import type { GrpcEndpoint, GrpcService } from "./service.ts";
import { parseTimeout } from "./timeout.ts";

const OK: GrpcStatus = { code: 0, message: "" };

type Unary = Extract<GrpcMethod, { kind: "unary" }>;
type Bidi = Extract<GrpcMethod, { kind: "bidi" }>;

/** One gRPC call from its headers to its trailers. */
export class CallExchange {
  readonly #service: GrpcService;
  readonly #stream: ServerHttp2Stream;
  readonly #headers: IncomingHttpHeaders;
  readonly #path: string;
  readonly #requestId: string;
  readonly #startMs: number;
  readonly #span: ServerSpan | undefined;
  readonly #answer: Answer;
  readonly #incoming: Incoming;
  #endpoint: GrpcEndpoint | undefined;
  #call: ServedCall | undefined;
  #deadline: Deadline | undefined;
  #status: GrpcStatus = OK;
  #session: Http2Session | undefined;
  #isSettled = false;

  constructor(service: GrpcService, stream: ServerHttp2Stream, headers: IncomingHttpHeaders) {
    this.#service = service;
    this.#stream = stream;
    this.#headers = headers;
    this.#path = headers[":path"] ?? "";
    this.#requestId = chooseRequestId(this.#field("x-request-id"));
    this.#startMs = service.clock.now();
    this.#span = ServerSpan.start(service.tracer, this.#field("traceparent"));
    this.#answer = new Answer(stream, service.clock);
    this.#incoming = new Incoming(stream, service.limits, this.#field("grpc-encoding"));
  }

  /** Whether its answer was begun. */
  get isReplying(): boolean {
    return this.#answer.hasBegun;
  }

  /** Answers the call. Settles itself: never rejects. */
  async run(): Promise<void> {
    const refusal = this.#refusal();
    if (refusal !== undefined) {
      this.#answer.refuse(refusal);
      return;
    }
    this.#session = this.#stream.session;
    if (this.#session) this.#service.connections.begin(this.#session, this);
    this.#stream.on("close", () => this.#closed());
    try {
      await this.#serve();
    } catch (thrown) {
      if (!this.#isSettled) this.#fail(thrown);
    }
    this.#settle();
  }

  /** The client is gone, or the server stops. */
  interrupt(reason: PlatformError): void {
    this.#deadline?.end(reason);
  }

  async #serve(): Promise<void> {
    const endpoint = this.#service.endpoints.get(this.#path);
    if (!endpoint) throw unknownMethod(this.#path);
    this.#endpoint = endpoint;
    checkEncoding(this.#field("grpc-encoding"));
    const { method } = endpoint;
    const who = authorize(this.#service.access, {
      access: method.access,
      headers: this.#headers as HeaderFields,
      peer: () => peerOf(this.#stream.session?.socket),
    });
    const call = this.#createCall(method, who instanceof Promise ? await who : who);
    this.#call = call;
    await (method.kind === "unary" ? this.#unary(method, call) : this.#bidi(method, call));
  }

  async #unary(method: Unary, call: ServedCall): Promise<void> {
    const message = await this.#incoming.only();
    const answer = await method.handle(message, call);
    if (this.#isSettled) return;
    this.#answer.sendOnly(encodeFrame(answer, this.#service.limits.maxBytes), call.trailers);
  }

  async #bidi(method: Bidi, call: ServedCall): Promise<void> {
    this.#answer.begin();
    for await (const message of method.handle(this.#incoming.all(), call)) {
      if (this.#isSettled) return;
      await this.#answer.send(encodeFrame(message, this.#service.limits.maxBytes));
    }
    if (!this.#isSettled) this.#answer.end(OK, call.trailers);
  }

  /** The HTTP status for what is no gRPC call; undefined if it is one. */
  #refusal(): number | undefined {
    if (this.#headers[":method"] !== "POST") return 405;
    return GRPC.test(this.#headers["content-type"] ?? "") ? undefined : 415;
  }

  #createCall(method: GrpcMethod, caller: Caller): ServedCall {
    // A stream goes on for as long as its client wishes; each prediction in it has a deadline of its own.
    const { deadlineMs } = this.#service;
    const limitMs = method.kind === "bidi" || deadlineMs === 0 ? Number.POSITIVE_INFINITY : deadlineMs;
    const timeoutMs = parseTimeout(this.#field("grpc-timeout")) ?? limitMs;
    const deadline = this.#service.deadlines.start(Math.min(limitMs, timeoutMs));
    this.#deadline = deadline;
    deadline.onEnd((reason) => this.#overdue(reason));
    const trace = this.#span?.traceparent ?? "";
    const headers = this.#headers as HeaderFields;
    const context = createContext({ caller, requestId: this.#requestId, deadline, headers, trace });
    const call = new ServedCall(this.#headers, context);
    if (this.#headers["x-request-id"] !== undefined) call.setTrailer("x-request-id", this.#requestId);
    if (trace !== "") call.setTrailer("traceparent", trace);
    return call;
  }

  /** The deadline ended: whoever works on the call has this turn to say so, then it is answered without them. */
  #overdue(reason: PlatformError): void {
    this.#incoming.fail(reason);
    setImmediate(() => {
      if (this.#isSettled) return;
      this.#fail(reason);
      this.#settle();
    });
  }

  #closed(): void {
    this.#answer.gone();
    // Node holds a stream until a full collection: without this, all that its listeners hold would grow old with it.
    this.#stream.removeAllListeners();
    if (this.#isSettled) {
      if (this.#status.code === 0) this.#incoming.free();
      return;
    }
    this.#deadline?.end(new PlatformError("cancelled", "the client cancelled or went away"));
  }

  #fail(thrown: unknown): void {
    const error = PlatformError.from(thrown);
    if (error.code === "internal") {
      const { cause = error } = error;
      this.#service.logger.error("call failed", {
        requestId: this.#requestId,
        path: this.#path,
        error: cause,
      });
    }
    this.#status = this.#statusOf(thrown);
    const { retryAfterMs } = error.details;
    const pushback = retryAfterMs !== undefined && { "grpc-retry-pushback-ms": String(retryAfterMs) };
    this.#answer.end(this.#status, { ...this.#call?.trailers, ...pushback });
  }

  #statusOf(thrown: unknown): GrpcStatus {
    try {
      return this.#endpoint ? this.#endpoint.protocol.failure(thrown) : statusOf(thrown);
    } catch (error) {
      this.#service.logger.error("a protocol failed to say what failed", {
        requestId: this.#requestId,
        error,
      });
      return statusOf(error);
    }
  }

  #settle(): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#deadline?.close();
    this.#incoming.release();
    const { connections, metrics, tracer, clock, logRequests } = this.#service;
    if (this.#session) connections.end(this.#session, this);
    const { code, message } = this.#status;
    metrics.grpc(this.#endpoint?.protocol.name ?? "none", code, this.#incoming.bytes, this.#answer.bytes);
    if (logRequests) this.#log();
    this.#span?.end(tracer, clock, {
      name: this.#path.slice(1),
      startMs: this.#startMs,
      attributes: { "rpc.system": "grpc", "rpc.method": this.#path, "rpc.grpc.status_code": code },
      error: code === 0 ? undefined : message,
    });
  }

  #log(): void {
    this.#service.logger.info("request", {
      requestId: this.#requestId,
      protocol: this.#endpoint?.protocol.name,
      path: this.#path.slice(0, 200),
      status: this.#status.code,
      ms: Number((this.#service.clock.now() - this.#startMs).toFixed(3)),
      bytesIn: this.#incoming.bytes,
      bytesOut: this.#answer.bytes,
    });
  }

  #field(name: string): string | undefined {
    const value = this.#headers[name];
    return typeof value === "string" ? value : undefined;
  }
}

const GRPC = /^application\/grpc(?:[+;]|$)/;

function unknownMethod(path: string): PlatformError {
  const got = path.slice(0, 200);
  return new PlatformError("unimplemented", `unknown method ${got}`, { field: ":path", got });
}
