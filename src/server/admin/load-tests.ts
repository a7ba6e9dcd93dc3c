import { PlatformError, parseJson } from "../../base/index.ts";
import type { Json } from "../../model/index.ts";
import { decodeNativeJson, type HttpRequest, problemOf } from "../../protocols/index.ts";
import type { Registry } from "../../registry/index.ts";
import type { LoadTests, RunningTest } from "../../serving/index.ts";
import type { Logger } from "../../telemetry/index.ts";
import type { HandlersOf } from "./contract.ts";
import { EVENT_STREAM } from "./events.ts";

export interface LoadTestHandlerParts {
  readonly loadTests: Pick<LoadTests, "begin">;
  /** Undefined: the server serves a folder, and keeps no audit log. */
  readonly registry: Registry | undefined;
  readonly logger: Logger;
}

/** Load tests, told as server-sent events. They begin before the answer does, so that what is refused has a status. */
export function loadTestHandlers({
  loadTests,
  registry,
  logger,
}: LoadTestHandlerParts): HandlersOf<"runLoadTest"> {
  return {
    async runLoadTest({ params: { model }, body }, { caller, actor, http }) {
      const { rows, version, ...plan } = body;
      const asked = rows === undefined ? undefined : askedIn(http);
      const wish = { model, version, asked, caller, ...plan };
      const test = await loadTests.begin(wish, http.context.deadline);
      const details = { version: test.version, ...plan };
      await registry?.note({ action: "loadtest.run", model, details }, actor).catch((thrown: unknown) => {
        const error = PlatformError.from(thrown);
        test.end(error);
        throw error;
      });
      const { requestId } = http.context;
      return { status: 200, headers: EVENT_STREAM, body: stream(test, requestId, logger) };
    },
  };
}

/** Rows as they were sent: the checked body has lost the digits of large integers. */
function askedIn({ body }: HttpRequest): ReturnType<typeof decodeNativeJson> {
  const { rows } = parseJson(body) as { readonly rows: Json };
  return decodeNativeJson(rows);
}

async function* stream(test: RunningTest, requestId: string, logger: Logger): AsyncGenerator<Uint8Array> {
  try {
    for await (const { event, data } of test.read()) yield encode(event, data);
  } catch (thrown) {
    const error = PlatformError.from(thrown);
    const { code, cause = error } = error;
    if (code === "internal") logger.error("load test failed", { requestId, error: cause });
    yield encode("failed", problemOf(error, requestId));
  } finally {
    test.end(new PlatformError("cancelled", "nobody reads how it goes"));
  }
}

const encode = (event: string, data: object) =>
  Buffer.from(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
