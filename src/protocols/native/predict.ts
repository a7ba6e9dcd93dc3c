import type { DataPlane } from "../../model/index.ts";
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
    const decoded = decodePredict(request, settings.maxBodyBytes);
    return answer(planes.data, request, decoded instanceof Promise ? await decoded : decoded);
  };
}

async function answer(data: DataPlane, request: HttpRequest, decoded: JsonRequest): Promise<HttpReply> {
  const asked = request.query.size === 0 ? undefined : request.query.get("outputs");
  const outputs = asked === undefined || asked === null ? decoded.outputs : namesOf(asked);
  const response = await data.predict(predictRequest(request.params, decoded, outputs), request.context);
  return encodeAnswer(response, { type: chooseAnswerType(request.headers["accept"]), outputs });
}

function namesOf(text: string): readonly string[] {
  return text.split(",").filter((name) => name !== "");
}
