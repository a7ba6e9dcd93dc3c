import { type Json, PlatformError, parseJson } from "../../base/index.ts";
import type { Content, ControlPlane, Payload } from "../../model/index.ts";
import { decodeNpy } from "../../tensor/index.ts";
import type { HttpRequest } from "../contract.ts";
import { decodePredict } from "../native/decode.ts";
import { decodeJson } from "../native/decode-json.ts";
import { isNdjson, parseMediaType } from "../native/media-type.ts";

const MAX_LINES = 1_000_000;

/** What an invocation asks, by its Content-Type: what the native API takes, arrays of numpy, and JSON lines. */
export async function decodeInvocation(
  request: HttpRequest,
  control: ControlPlane,
  model: string,
  maxBytes: number,
): Promise<Payload> {
  const { type } = parseMediaType(request.headers["content-type"]);
  if (type === "application/x-npy") return onlyInput(request.body, control, model);
  if (isNdjson(type)) return linesPayload(request.body);
  return (await decodePredict(request, maxBytes)).payload;
}

function onlyInput(body: Uint8Array, control: ControlPlane, model: string): Payload {
  const { inputs } = control.describe(model).signature;
  const [only] = inputs;
  if (only && inputs.length === 1) {
    return { kind: "tensors", tensors: new Map([[only.name, decodeNpy(body)]]) };
  }
  throw new PlatformError(
    "invalid_argument",
    `an array of numpy is one input, the model has ${inputs.length}`,
    {
      field: "content-type",
      got: "application/x-npy",
      expected: "application/json",
    },
  );
}

/** One row a line, in any of the forms of the native API; all of one kind. */
function linesPayload(body: Uint8Array): Payload {
  const lines = Buffer.from(body)
    .toString("utf8")
    .split("\n")
    .filter((line) => line.trim() !== "");
  if (lines.length === 0 || lines.length > MAX_LINES) {
    throw lineError("body", `${lines.length} lines`, "1 to a million lines");
  }
  const parts = lines.map((line, i) => {
    try {
      return decodeJson(parseJson(Buffer.from(line))).payload;
    } catch (thrown) {
      const error = PlatformError.from(thrown);
      throw lineError(`line ${i + 1}`, error.message, error.details.expected ?? "a row");
    }
  });
  const rows = parts.flatMap((part): readonly Json[] => (part.kind === "rows" ? part.rows : []));
  if (parts.every(({ kind }) => kind === "rows")) return { kind: "rows", rows };
  const contents = parts.flatMap((part): readonly Content[] =>
    part.kind === "contents" ? part.contents : [],
  );
  if (parts.every(({ kind }) => kind === "contents")) return { kind: "contents", contents };
  throw lineError("body", "lines of different kinds", "rows, or pictures, sounds or texts");
}

function lineError(field: string, got: string, expected: string): PlatformError {
  return new PlatformError("invalid_argument", `${field}: ${got}`, { field, got, expected });
}
