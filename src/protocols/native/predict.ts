import type { HttpReply, HttpRequest, Planes } from "../contract.ts";
import { decodePredict } from "./decode.ts";
import type { JsonRequest } from "./decode-json.ts";
import { encodeAnswer } from "./encode.ts";
import { chooseAnswerType, isNdjson, parseMediaType } from "./media-type.ts";
import type { NativeSettings } from "./options.ts";
import { predictRequest } from "./predict-request.ts";
import { predictLines } from "./stream.ts";

/** Answers `POST /predict/{model}`: decode, predict, encode. */
export function createPredict(
  planes: Planes,
  settings: NativeSettings,
): (request: HttpRequest) => Promise<HttpReply> {
  return async (request) => {
    const contentType = request.headers["content-type"];
    if (contentType !== "application/json" && isNdjson(parseMediaType(contentType).type)) {
      return predictLines(planes, settings, request);
    }
    const decoding = decodePredict(request, settings.maxBodyBytes);
    // The usual request is decoded at once; one more promise would cost as much as its decoding.
    const decoded = decoding instanceof Promise ? await decoding : decoding;
    const outputs = outputsOf(request.query, decoded);
    const asked = predictRequest(request.params, decoded, outputs);
    const response = await planes.data.predict(asked, request.context);
    return encodeAnswer(response, { type: chooseAnswerType(request.headers["accept"]), outputs });
  };
}

/** Outputs named in the query, or else in the body. */
function outputsOf(query: URLSearchParams, decoded: JsonRequest): readonly string[] | undefined {
  const named = query.size === 0 ? null : query.get("outputs");
  return named === null ? decoded.outputs : namesOf(named);
}

function namesOf(text: string): readonly string[] {
  return text.split(",").filter((name) => name !== "");
}
