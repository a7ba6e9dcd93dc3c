import type { ControlPlane } from "../../model/index.ts";
import { answeredBy } from "../answered-by.ts";
import type { HttpReply, HttpRequest, Planes } from "../contract.ts";
import { serverTiming, tenths } from "../spent.ts";
import { JSON_LENGTH_HEADER, jsonLength } from "./binary-extension.ts";
import { chooseCoding, decodeContent, encodeContent } from "./content-coding.ts";
import { decodeInferRequest, type RestCall, type Target } from "./decode-json.ts";
import { type EncodedAnswer, encodeInferAnswer } from "./encode-json.ts";
import { type InferAnswer, type InferSettings, infer } from "./infer.ts";
import { bodyTooLarge } from "./limits.ts";
import { describe } from "./metadata.ts";
import { decodeRawRequest } from "./raw-request.ts";

/** What REST inference is made with. */
export interface RestSettings extends InferSettings {
  /** Largest body, also after decompression. */
  readonly maxBodyBytes: number;
}

/** Answers `POST …/infer`: JSON, binary, mixed or raw, in either direction. */
export async function restInfer(
  planes: Planes,
  settings: RestSettings,
  target: Target,
  request: HttpRequest,
): Promise<HttpReply> {
  const coding = request.headers["content-encoding"];
  const { maxBodyBytes } = settings;
  const body = coding === undefined ? request.body : await decodeContent(request.body, coding, maxBodyBytes);
  if (body.length > maxBodyBytes) throw bodyTooLarge(maxBodyBytes, body.length);
  const call = decodeBody(planes.control(request.context.caller), settings, target, {
    body,
    header: request.headers[JSON_LENGTH_HEADER],
  });
  const answer = await infer(planes, settings, call, request.context);
  const encoded = encodeInferAnswer(answer, call);
  const accepted = request.headers["accept-encoding"];
  if (accepted === undefined) return inferReply(encoded, answer);
  return await compressed(inferReply(encoded, answer), accepted);
}

function decodeBody(
  control: ControlPlane,
  { maxBodyBytes }: RestSettings,
  target: Target,
  { body, header }: { body: Uint8Array; header: string | undefined },
): RestCall {
  const length = jsonLength(header, body.length);
  if (length === 0) {
    const description = describe(control, target.model, target.version);
    return decodeRawRequest(target, body, description, maxBodyBytes);
  }
  return decodeInferRequest(target, body.subarray(0, length), body.subarray(length), maxBodyBytes);
}

function inferReply({ json, tail }: EncodedAnswer, answer: InferAnswer): HttpReply {
  const headers = {
    "content-type": "application/json",
    ...answeredBy(answer),
    "server-timing": serverTiming(answer.timing),
    "x-sirve-cost-us": String(tenths(answer.costUs)),
  };
  if (tail.length === 0) return { status: 200, headers, body: json };
  const text = Buffer.from(json);
  const binary = { "content-type": "application/octet-stream", [JSON_LENGTH_HEADER]: String(text.length) };
  return { status: 200, headers: { ...headers, ...binary }, body: [text, ...tail], isOwned: true };
}

/** The reply in the coding that the client prefers, if it takes one of ours. */
async function compressed(reply: HttpReply, accepted: string): Promise<HttpReply> {
  const coding = chooseCoding(accepted);
  if (coding === undefined) return reply;
  const { body } = reply;
  const bytes = typeof body === "string" ? Buffer.from(body) : Buffer.concat(body as readonly Uint8Array[]);
  const headers = { ...reply.headers, "content-encoding": coding, vary: "accept-encoding" };
  return { status: reply.status, headers, body: await encodeContent(bytes, coding) };
}
