import type { IncomingHttpHeaders } from "node:http2";
import type { RequestContext } from "../../model/index.ts";
import type { GrpcCall } from "../../protocols/index.ts";
import type { HeaderFields } from "../context.ts";

const NAME = /^[0-9a-z_.-]+$/;
const VALUE = /^[\x20-\x7e]*$/;
/** Names that the server itself sets. */
const RESERVED = /^(?::|grpc-|content-type$)/;

/** A call as protocols see it. */
export class ServedCall implements GrpcCall {
  readonly context: RequestContext;
  readonly #headers: IncomingHttpHeaders;
  #metadata: HeaderFields | undefined;
  /** Trailing metadata set so far; undefined while there is none. */
  trailers: Record<string, string> | undefined;

  constructor(headers: IncomingHttpHeaders, context: RequestContext) {
    this.#headers = headers;
    this.context = context;
  }

  get metadata(): HeaderFields {
    this.#metadata ??= metadataOf(this.#headers);
    return this.#metadata;
  }

  /** @throws RangeError if it is no legal metadata: what protocols set is theirs, so this is a bug. */
  setTrailer(name: string, value: string): void {
    if (!NAME.test(name) || RESERVED.test(name) || !VALUE.test(value)) {
      throw new RangeError(`trailer ${name} is no legal metadata`);
    }
    this.trailers ??= {};
    this.trailers[name] = value;
  }
}

/** Headers without pseudo-headers; repeated ones come joined by ", ". */
function metadataOf(headers: IncomingHttpHeaders): HeaderFields {
  const metadata: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value === "string" && !name.startsWith(":")) metadata[name] = value;
  }
  return metadata;
}
