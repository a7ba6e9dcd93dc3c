import type { Access, Caller, ControlPlane, DataPlane, RequestContext } from "../model/index.ts";
import type { GrpcStatus } from "./grpc/status.ts";

/** The neutral request that every HTTP protocol decodes. */
export interface HttpRequest {
  readonly method: string;
  /** The path as sent, without query. */
  readonly path: string;
  /** Values of the template's `{names}`, percent-decoded once. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Lower-cased names; repeated ones joined by ", ". */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /**
   * The whole body, at most the route's limit, as sent (a Content-Encoding is not undone); empty for
   * body "stream". Its memory is the server's: nobody may read it after the reply has left.
   */
  readonly body: Uint8Array;
  /** The body part by part, for routes with body "stream"; at most the route's limit in all. */
  readonly bodyStream?: AsyncIterable<Uint8Array>;
  /** The address at the other end of the connection; undefined once it is gone. */
  readonly address?: string | undefined;
  readonly context: RequestContext;
}

/** The neutral answer. The server adds request id, traceparent and security headers. */
export interface HttpReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Values of Set-Cookie, a header each. */
  readonly cookies?: readonly string[];
  /** A string is sent as UTF-8; chunks in order without joining them; an iterable as they come. */
  readonly body: string | Uint8Array | readonly Uint8Array[] | AsyncIterable<Uint8Array>;
  /** The body's memory is nobody else's: the server frees it once it is sent. */
  readonly isOwned?: boolean;
}

export interface HttpRoute {
  /** Upper case, or "*" for any. */
  readonly method: string;
  /** "/v2/models/{model}/infer"; a name matches within one segment, as in "/v1/models/{model}:predict". */
  readonly path: string;
  /** What the server asks of the caller before the body is read; a `{model}` in the path must be the caller's to use. */
  readonly access: Access;
  /** How the body is read: at once (default), or handed on as it comes. */
  readonly body?: "buffer" | "stream";
  /** Largest body, where it is another than the server's limit. */
  readonly maxBytes?: number;
  /** Longest it may take in milliseconds, where that is another than the server's limit; 0: no limit. */
  readonly maxMs?: number;
  /** Each part of a streamed body has the time that elsewhere the whole request has: for large files. */
  readonly isPaced?: boolean;
  /** A header that tells how many bytes of text lead a large body: what follows is laid out in memory for 8-byte numbers. */
  readonly alignAfter?: string;
  handle(request: HttpRequest): Promise<HttpReply>;
}

/** The planes and limits that protocols are made with. */
export interface Planes {
  readonly data: DataPlane;
  /** The control plane as this caller may see it. */
  readonly control: (caller: Caller) => ControlPlane;
}

/** One HTTP wire: its routes and how it says that something went wrong. */
export interface HttpProtocol {
  readonly name: string;
  readonly routes: readonly HttpRoute[];
  /** Path prefixes it owns, such as "/v2": unknown paths and wrong methods under them are answered by {@link failure}. */
  readonly prefixes: readonly string[];
  /** The answer to a thrown error: status and body as this wire's contract demands. */
  failure(thrown: unknown, request: FailedRequest): HttpReply;
}

/** What is known of a request that failed, perhaps before it was read. */
export interface FailedRequest {
  readonly path: string;
  readonly requestId: string;
  /** Set when the route table, not a handler, refused it: 404 or 405. */
  readonly unrouted?: 404 | 405;
}

/** One method of a gRPC service. */
export type GrpcMethod =
  | {
      readonly kind: "unary";
      /** "/inference.GRPCInferenceService/ModelInfer" */
      readonly path: string;
      /** What the server asks of the caller before the method is handled. */
      readonly access: Access;
      /** The message's memory is the server's: nobody may read it after the call has ended. */
      handle(message: Uint8Array, call: GrpcCall): Promise<Uint8Array | readonly Uint8Array[]>;
    }
  | {
      readonly kind: "bidi";
      readonly path: string;
      readonly access: Access;
      handle(
        messages: AsyncIterable<Uint8Array>,
        call: GrpcCall,
      ): AsyncIterable<Uint8Array | readonly Uint8Array[]>;
    };

export interface GrpcCall {
  readonly context: RequestContext;
  /** Lower-cased names; binary ones ("-bin") stay base64. */
  readonly metadata: Readonly<Record<string, string | undefined>>;
  /** Adds to the trailing metadata of the answer. */
  setTrailer(name: string, value: string): void;
}

/** The methods of one gRPC wire and how it says that something went wrong. */
export interface GrpcProtocol {
  readonly name: string;
  readonly methods: readonly GrpcMethod[];
  /** How a thrown error ends a call. */
  failure(thrown: unknown): GrpcStatus;
}
