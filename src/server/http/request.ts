import type { IncomingMessage } from "node:http";
import type { RequestContext } from "../../model/index.ts";
import type { HttpRequest } from "../../protocols/index.ts";
import type { HeaderFields } from "../context.ts";
import type { Target } from "./target.ts";

const EMPTY = new Uint8Array(0);

/** A request as protocols see it; what few of them ask for is made on demand. */
export class ServedRequest implements HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly headers: HeaderFields;
  readonly context: RequestContext;
  body: Uint8Array = EMPTY;
  bodyStream?: AsyncIterable<Uint8Array>;
  readonly #search: string;
  readonly #address: () => string | undefined;
  #query: URLSearchParams | undefined;

  constructor(method: string, target: Target, params: Readonly<Record<string, string>>, from: RequestFacts) {
    this.method = method;
    this.path = target.path;
    this.params = params;
    this.headers = from.headers;
    this.context = from.context;
    this.#search = target.search;
    this.#address = from.address;
  }

  get address(): string | undefined {
    return this.#address();
  }

  get query(): URLSearchParams {
    this.#query ??= new URLSearchParams(this.#search);
    return this.#query;
  }
}

/** What the server found out before a protocol sees the request. */
export interface RequestFacts {
  readonly headers: HeaderFields;
  readonly context: RequestContext;
  /** Of the client; few ask for it. */
  readonly address: () => string | undefined;
}

/** Headers by lower-cased name, repeated ones joined; the server is made with `joinDuplicateHeaders`. */
export function headersOf(request: IncomingMessage): HeaderFields {
  const { headers } = request;
  // The one header that Node keeps as a list; requests have no business with it.
  if (headers["set-cookie"]) delete headers["set-cookie"];
  return headers as HeaderFields;
}
