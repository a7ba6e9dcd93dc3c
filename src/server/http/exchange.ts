import type { IncomingMessage, ServerResponse } from "node:http";
import { type Deadline, PlatformError } from "../../base/index.ts";
import type { Caller } from "../../model/index.ts";
import {
  type FailedRequest,
  type HttpProtocol,
  type HttpReply,
  type HttpRoute,
  problemReply,
} from "../../protocols/index.ts";
import { authorize } from "../authorize.ts";
import { chooseDeadlineMs, createContext, type HeaderFields } from "../context.ts";
import { freeShare } from "../free-memory.ts";
import { peerOf } from "../peer.ts";
import { chooseRequestId } from "../request-id.ts";
import { ServerSpan } from "../server-span.ts";
import { announcedBytes, BodyReader, limitsOf, paced, streamBody } from "./body.ts";
import { crossOriginHeaders, preflightHeaders } from "./cors.ts";
import { headersOf, ServedRequest } from "./request.ts";
import type { Endpoint, Match } from "./routes.ts";
import { Sender } from "./sender.ts";
import type { HttpService } from "./service.ts";
import { strictTransport } from "./strict-transport.ts";
import { parseTarget, type Target } from "./target.ts";

/** Bodies from this size on are given back by hand. */
const LARGE_BYTES = 65_536;

type Params = Readonly<Record<string, string>>;

/** One request from its headers to its reply. */
export class Exchange {
  readonly #service: HttpService;
  readonly #request: IncomingMessage;
  readonly #headers: HeaderFields;
  readonly #method: string;
  readonly #requestId: string;
  readonly #startMs: number;
  readonly #span: ServerSpan | undefined;
  readonly #sender: Sender;
  #target: Target = { path: "", search: "" };
  #protocol: HttpProtocol | undefined;
  #template = "";
  #deadline: Deadline | undefined;
  #reader: BodyReader | undefined;
  #bytesIn = 0;
  #failure: PlatformError | undefined;
  #isSettled = false;
  /** Its body has a limit for each part instead of one for all. */
  isPaced = false;

  constructor(
    service: HttpService,
    request: IncomingMessage,
    response: ServerResponse,
    awaitsContinue: boolean,
  ) {
    this.#service = service;
    this.#request = request;
    this.#headers = headersOf(request);
    this.#method = request.method ?? "";
    this.#requestId = chooseRequestId(this.#headers["x-request-id"]);
    this.#startMs = service.clock.now();
    this.#span = ServerSpan.start(service.tracer, this.#headers["traceparent"]);
    this.#sender = new Sender(service, request, response, {
      requestId: this.#requestId,
      trace: this.#span?.traceparent ?? "",
      more: moreHeaders(service, this.#headers),
      awaitsContinue,
    });
  }

  /** Whether its reply was begun. */
  get isReplying(): boolean {
    return this.#sender.status !== 0;
  }

  /** Answers the request. Settles itself: never rejects. */
  async run(): Promise<void> {
    this.#service.connections.begin(this.#request.socket, this);
    try {
      const reply = await this.#answer();
      const sending = this.#sender.send(reply);
      if (sending) await sending;
      else if (reply.isOwned) this.#freeReply(reply);
    } catch (thrown) {
      if (!this.#isSettled) this.#fail(thrown);
    }
    this.#settle();
  }

  /** The client is gone, or the server stops. */
  interrupt(reason: PlatformError): void {
    if (reason.code === "cancelled") this.#sender.clientGone();
    this.#deadline?.end(reason);
  }

  #answer(): HttpReply | Promise<HttpReply> {
    this.#target = parseTarget(this.#request.url ?? "");
    const match = this.#service.routes.match(this.#method, this.#target.path);
    this.#protocol = match.kind === "found" ? match.endpoint.protocol : match.protocol;
    const refusal = this.#service.rules.check({
      method: this.#method,
      host: this.#target.authority ?? this.#headers["host"],
      origin: this.#headers["origin"],
      secFetchSite: this.#headers["sec-fetch-site"],
    });
    if (refusal) throw refusal;
    return match.kind === "found" ? this.#handle(match.endpoint, match.params) : this.#unmatched(match);
  }

  async #handle({ route }: Endpoint, params: Params): Promise<HttpReply> {
    this.#template = route.path;
    const who = authorize(this.#service.access, {
      access: route.access,
      method: this.#method,
      name: params["model"] ?? params["endpoint"],
      headers: this.#headers,
      peer: () => peerOf(this.#request.socket),
    });
    // One more promise would cost as much as the look-up of a key.
    const caller = who instanceof Promise ? await who : who;
    const limits = limitsOf(route, this.#service.limits);
    const announced = announcedBytes(this.#request, limits);
    const request = new ServedRequest(this.#method, this.#target, params, {
      headers: this.#headers,
      context: this.#createContext(route, caller),
      address: () => this.#request.socket.remoteAddress,
    });
    if (route.body === "stream") {
      this.#sender.sendContinue();
      this.isPaced = route.isPaced === true;
      const body = streamBody(this.#request, limits, (bytes) => {
        this.#bytesIn += bytes;
      });
      request.bodyStream = this.isPaced ? paced(body, this.#request, this.#service) : body;
    } else if (announced !== 0) {
      this.#sender.sendContinue();
      this.#reader = new BodyReader(this.#request, announced, limits, route.alignAfter);
      request.body = await this.#reader.read();
      this.#bytesIn = request.body.length;
      this.#sender.bodyCame();
    }
    return await route.handle(request);
  }

  #createContext({ body, maxMs }: HttpRoute, caller: Caller) {
    // A stream goes on for as long as its client wishes; each prediction in it has a deadline of its own.
    const limitMs = maxMs ?? (body === "stream" ? 0 : this.#service.deadlineMs);
    const deadline = this.#service.deadlines.start(
      chooseDeadlineMs(limitMs, this.#headers["x-sirve-deadline-ms"]),
    );
    this.#deadline = deadline;
    deadline.onEnd((reason) => this.#overdue(reason));
    return createContext({
      caller,
      requestId: this.#requestId,
      deadline,
      headers: this.#headers,
      trace: this.#span?.traceparent ?? "",
    });
  }

  /** The deadline ended: whoever works on the request has this turn to say so, then it is answered without them. */
  #overdue(reason: PlatformError): void {
    this.#reader?.fail(reason);
    setImmediate(() => {
      if (this.#isSettled) return;
      this.#fail(reason);
      this.#settle();
    });
  }

  #unmatched(match: Exclude<Match, { kind: "found" }>): HttpReply {
    if (match.kind === "malformed") throw match.error;
    const { path } = this.#target;
    const allow = match.kind === "method" ? match.allow.join(", ") : undefined;
    if (this.#method === "OPTIONS" && (allow !== undefined || path === "*")) return this.#options(allow);
    const unrouted = allow === undefined ? 404 : 405;
    this.#failure = allow === undefined ? nothingAt(path) : notAllowed(this.#method, allow);
    const reply = this.#failureReply(this.#failure, unrouted);
    return allow === undefined ? reply : { ...reply, headers: { ...reply.headers, allow } };
  }

  #options(allow = "GET, HEAD, OPTIONS, POST"): HttpReply {
    const isForeign = this.#service.rules.isForeignAllowed(this.#headers["origin"] ?? "");
    const headers = { allow, ...(isForeign && preflightHeaders(this.#headers, allow)) };
    return { status: 204, headers, body: "" };
  }

  #fail(thrown: unknown): void {
    const error = PlatformError.from(thrown);
    this.#failure = error;
    if (error.code === "internal") {
      const { cause = error } = error;
      this.#service.logger.error("request failed", { requestId: this.#requestId, error: cause });
    }
    if (this.#sender.isGone) return;
    if (this.#sender.isDone) this.#abort(error);
    else void this.#sender.send(this.#failureReply(thrown))?.catch(() => this.#sender.abort());
  }

  /** It went wrong in the middle of a reply: only a broken connection tells the client so. */
  #abort(error: PlatformError): void {
    this.#service.logger.warn("reply broken off", { requestId: this.#requestId, error });
    this.#sender.abort();
  }

  #failureReply(thrown: unknown, unrouted?: 404 | 405): HttpReply {
    const failed: FailedRequest = {
      path: this.#target.path,
      requestId: this.#requestId,
      ...(unrouted !== undefined && { unrouted }),
    };
    try {
      const reply = this.#protocol ? this.#protocol.failure(thrown, failed) : problemReply(thrown, failed);
      if (reply.status !== 401) return reply;
      return { ...reply, headers: { ...reply.headers, "www-authenticate": 'Bearer realm="sirve"' } };
    } catch (error) {
      this.#service.logger.error("a protocol failed to say what failed", {
        requestId: this.#requestId,
        error,
      });
      return problemReply(error, failed);
    }
  }

  #settle(): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#deadline?.close();
    this.#releaseBody();
    this.#service.connections.end(this.#request.socket, this);
    const { metrics, tracer, clock, logRequests } = this.#service;
    const { status, bytes } = this.#sender;
    metrics.http(this.#protocol?.name ?? "none", status, this.#bytesIn, bytes);
    if (logRequests) this.#log();
    this.#span?.end(tracer, clock, {
      name: `${this.#method} ${this.#template}`,
      startMs: this.#startMs,
      attributes: {
        "http.request.method": this.#method,
        "http.route": this.#template,
        "http.response.status_code": status,
      },
      error: this.#failure?.message,
    });
  }

  /**
   * A large body's memory goes back at once where the request succeeded: left to the collector,
   * bodies of megabytes would drive it to full collections. After a failure someone may still read it.
   */
  #releaseBody(): void {
    const reader = this.#reader;
    if (!reader) return;
    reader.release();
    const isLarge = this.#bytesIn >= LARGE_BYTES;
    const isGood = !this.#failure && this.#sender.status < 400;
    if (isLarge && isGood) this.#sender.whenSent(() => reader.free());
  }

  /** Only after the last byte has left: the kernel reads the body's own memory. */
  #freeReply({ body }: HttpReply): void {
    if (!Array.isArray(body) || this.#sender.bytes < LARGE_BYTES) return;
    this.#sender.whenSent(() => (body as readonly Uint8Array[]).forEach(freeShare));
  }

  #log(): void {
    const { status, bytes } = this.#sender;
    this.#service.logger.info("request", {
      requestId: this.#requestId,
      protocol: this.#protocol?.name,
      method: this.#method,
      path: this.#target.path.slice(0, 200),
      status,
      ms: Number((this.#service.clock.now() - this.#startMs).toFixed(3)),
      bytesIn: this.#bytesIn,
      bytesOut: bytes,
      code: this.#failure?.code,
    });
  }
}

/** What the security of browsers wants said, flat; undefined where it is nothing. */
function moreHeaders(
  { rules, hstsSeconds }: HttpService,
  headers: HeaderFields,
): readonly string[] | undefined {
  const shared = crossOriginHeaders(rules, headers["origin"]);
  if (hstsSeconds === 0) return shared;
  const strict = strictTransport(headers["host"], hstsSeconds);
  return strict.length === 0 ? shared : [...strict, ...(shared ?? [])];
}

function nothingAt(path: string): PlatformError {
  const got = path.slice(0, 200);
  const hint = "see /docs for what this server answers";
  return new PlatformError("not_found", `there is nothing at ${got}`, { field: "path", got, hint });
}

function notAllowed(method: string, allow: string): PlatformError {
  const details = { field: "method", got: method, expected: allow };
  return new PlatformError("unimplemented", `${method} is not possible here`, details);
}
