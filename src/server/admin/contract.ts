import type { Answer, Input, OperationId, Operations } from "../../admin/index.ts";
import type { Caller } from "../../model/index.ts";
import type { HttpReply, HttpRequest } from "../../protocols/index.ts";
import type { Actor } from "../../registry/index.ts";
import type { Precondition } from "./precondition.ts";

/** What a handler knows of its request beside the checked input. */
export interface AdminRequest {
  readonly caller: Caller;
  /** The same for the audit log. */
  readonly actor: Actor;
  /** What If-Match and If-None-Match ask. */
  readonly precondition: Precondition;
  readonly http: HttpRequest;
}

/** A JSON answer with what belongs into its headers. */
export interface Outcome<A> {
  readonly body: A;
  /** The ETag. */
  readonly revision?: number | undefined;
  /** Where that lies which was made. */
  readonly location?: string | undefined;
}

/** Keys with a name of their own, without "any other". */
type Named<T> = keyof { readonly [K in keyof T as string extends K ? never : K]: T[K] };

/** A value that is only read; an object that may have more fields is told by those that have names. */
export type Frozen<T> = unknown extends T
  ? T
  : T extends readonly (infer E)[]
    ? readonly Frozen<E>[]
    : T extends object
      ? [Named<T>] extends [never]
        ? { readonly [K in keyof T]: Frozen<T[K]> }
        : { readonly [K in Named<T>]: K extends keyof T ? Frozen<T[K]> : never }
      : T;

/** One operation at work: a JSON answer, or a whole reply where bytes or events are answered. */
export type Handler<Id extends OperationId> = (
  input: Input<Operations[Id]>,
  request: AdminRequest,
) => Promise<Outcome<Frozen<Answer<Operations[Id]>>> | HttpReply>;

/** A handler for every operation of the table; a missing one does not compile. */
export type Handlers = { readonly [Id in OperationId]: Handler<Id> };

/** The part of the handlers that a file answers for. */
export type HandlersOf<Ids extends OperationId> = Pick<Handlers, Ids>;

/** An answer without a body. */
export const EMPTY_OUTCOME: Outcome<Record<string, never>> = { body: {} };
