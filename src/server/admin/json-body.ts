import { PlatformError } from "../../base/index.ts";
import type { HttpRequest } from "../../protocols/index.ts";

/** Largest JSON body of the management API. */
export const MAX_JSON_BYTES = 1024 * 1024;

const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json(?:\s*;|$)/i;

/**
 * The JSON value of a body; `{}` if there is none.
 *
 * @throws PlatformError `invalid_argument` if it is no JSON, is said to be something else, or is compressed.
 */
export function readJsonBody({ body, headers }: HttpRequest): unknown {
  if (body.length === 0) return {};
  const type = headers["content-type"];
  if (type !== undefined && !JSON_TYPE.test(type.trim())) {
    throw wrong("Content-Type", type, "application/json");
  }
  const coding = headers["content-encoding"];
  if (coding !== undefined && coding !== "identity") throw wrong("Content-Encoding", coding, "none");
  return parse(body);
}

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body)) as unknown;
  } catch (cause) {
    const { message } = cause as Error;
    throw new PlatformError("invalid_argument", `the body is no JSON: ${message.slice(0, 200)}`, {
      field: "body",
      got: `${body.length} bytes`,
      expected: "JSON in UTF-8",
      cause,
    });
  }
}

function wrong(field: string, got: string, expected: string): PlatformError {
  const shown = got.slice(0, 100);
  return new PlatformError("invalid_argument", `${field} is "${shown}", expected ${expected}`, {
    field,
    got: shown,
    expected,
  });
}
