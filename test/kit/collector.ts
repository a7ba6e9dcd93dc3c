import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** One export that came, as OTLP's JSON says it. */
export interface Collected {
  readonly url: string | undefined;
  readonly body: {
    readonly resourceSpans: readonly {
      readonly resource: unknown;
      readonly scopeSpans: readonly { readonly spans: readonly CollectedSpan[] }[];
    }[];
  };
}

/** A span as it is sent. */
export interface CollectedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly { readonly key: string; readonly value: object }[];
  readonly status: object;
}

/** An OTLP/HTTP collector on a free loopback port that answers with `status`, while `use` runs. */
export async function withCollector(
  status: number,
  use: (endpoint: string, collected: readonly Collected[]) => Promise<void>,
): Promise<void> {
  const collected: Collected[] = [];
  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk) => {
      text += String(chunk);
    });
    request.on("end", () => {
      collected.push({ url: request.url, body: JSON.parse(text) as Collected["body"] });
      response.writeHead(status).end("{}");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, collected);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** All spans of these exports, in the order they came. */
export const spansOf = (collected: readonly Collected[]): readonly CollectedSpan[] =>
  collected.flatMap(({ body }) =>
    body.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)),
  );
