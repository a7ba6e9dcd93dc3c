import { SirveError } from "./error.ts";

/** The bytes of an answer, whose end before it is whole is a {@link SirveError} `unavailable`. */
export function wholeBody({ body }: Pick<Response, "body">): ReadableStream<Uint8Array> | null {
  if (!body) return null;
  const reader = body.getReader();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await reader.read().catch((cause: unknown) => {
        throw brokenOff(cause);
      });
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: async (reason) => reader.cancel(reason),
  });
}

function brokenOff(cause: unknown): SirveError {
  const hint = "see whether it still runs and what its log says, then try again";
  const details = { status: 0, code: "unavailable", hint };
  return new SirveError("the server broke off its answer", details, cause);
}
