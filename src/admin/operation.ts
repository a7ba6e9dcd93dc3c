import type { z } from "zod";
import type { Role } from "../model/index.ts";

/** One operation of the management API: all that a route, a client, a document and a test must know of it. */
export interface Operation<
  Params extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
  Answer extends z.ZodType = z.ZodType,
> {
  readonly method: "GET" | "HEAD" | "PUT" | "POST" | "PATCH" | "DELETE";
  /** Path template below the server's address, such as "/api/v1/models/{model}". */
  readonly path: string;
  /** One line for people. */
  readonly summary: string;
  /** Section of the document. */
  readonly tag: "models" | "versions" | "endpoints" | "access" | "server";
  /** Role at least; a `{model}` or `{endpoint}` in the path must be the caller's to use. */
  readonly role: Role | "anyone";
  /** Whether it needs a registry (--data); a server of a folder answers `failed_precondition`. */
  readonly needsRegistry: boolean;
  readonly params: Params;
  readonly query: Query;
  /** JSON body. */
  readonly body: Body;
  /** JSON answer. */
  readonly answer: Answer;
  /** Status of success. */
  readonly status: 200 | 201 | 204;
  /** Whether the answer has an ETag (its `revision`) and the request may say If-Match. */
  readonly hasRevision: boolean;
  /** Whether an `Idempotency-Key` makes repeating it safe: the first answer is given again for a day. */
  readonly takesIdempotencyKey: boolean;
  /** Bodies that are no JSON: bytes in, bytes out, or server-sent events out. */
  readonly raw?: "bytes-in" | "bytes-out" | "events";
}

/** What a definition may leave out. */
interface Draft<P, Q, B, A> {
  readonly method: Operation["method"];
  readonly path: string;
  readonly summary: string;
  readonly tag: Operation["tag"];
  readonly role: Operation["role"];
  readonly needsRegistry?: boolean;
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  readonly answer: A;
  readonly status?: Operation["status"];
  readonly hasRevision?: boolean;
  readonly takesIdempotencyKey?: boolean;
  readonly raw?: NonNullable<Operation["raw"]>;
}

/** Defines an operation; what is left out is: status 200, registry needed, no revision, no idempotency key. */
export function operation<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, A extends z.ZodType>(
  draft: Draft<P, Q, B, A>,
): Operation<P, Q, B, A> {
  return {
    needsRegistry: true,
    status: 200,
    hasRevision: false,
    takesIdempotencyKey: false,
    ...draft,
  };
}
