import { writeJson } from "../../base/index.ts";
import type { Json, PredictResponse } from "../../model/index.ts";
import { plainTensor } from "../../tensor/index.ts";
import { answeredBy } from "../answered-by.ts";
import type { HttpReply } from "../contract.ts";
import { millis, serverTiming, tenths } from "../spent.ts";
import { encodeCsv } from "./encode-csv.ts";
import type { AnswerType } from "./media-type.ts";

/** What an answer holds beside the response. */
export interface AnswerChoice {
  readonly type: AnswerType;
  /** Outputs asked for by name: they are answered beside the predictions. */
  readonly outputs?: readonly string[] | undefined;
}

/** A prediction as the client wants it. */
export function encodeAnswer(response: PredictResponse, choice: AnswerChoice): HttpReply {
  const { predictions } = response;
  const type = predictions ? choice.type : "application/json"; // Whole tensors have no rows to make lines of.
  return {
    status: 200,
    headers: answerHeaders(response, type),
    body: encodeBody(response, type, choice.outputs),
  };
}

function encodeBody(response: PredictResponse, type: AnswerType, outputs: AnswerChoice["outputs"]): string {
  const { predictions = [] } = response;
  if (type === "text/csv") return encodeCsv(predictions);
  if (type === "application/json") return encodeJson(response, outputs);
  return `${predictions.map((item) => writeJson(item)).join("\n")}\n`;
}

/** `{ model, version, predictions | outputs, warnings?, timing, costUs }` as JSON text. */
export function encodeJson(response: PredictResponse, outputs?: readonly string[]): string {
  const { model, version, variant, predictions, warnings, timing, costUs } = response;
  let text = `{"model":${JSON.stringify(model)},"version":${version}`;
  if (variant !== undefined) text += `,"variant":${JSON.stringify(variant)}`;
  if (predictions) text += `,"predictions":${writePlain(predictions)}`;
  if (!predictions || outputs) text += `,"outputs":${writeJson(outputsOf(response, outputs))}`;
  if (warnings) text += `,"warnings":${JSON.stringify(warnings)}`;
  const { queueUs, computeUs, cpuUs, batchRows } = timing;
  text += `,"timing":{"queueUs":${tenths(queueUs)},"computeUs":${tenths(computeUs)},"cpuUs":${tenths(cpuUs)},"batchRows":${batchRows}}`;
  return `${text},"costUs":${tenths(costUs)}}`;
}

/** Predictions as JSON text; the fast writer stumbles over 64-bit integers only, which are rare here. */
function writePlain(predictions: readonly Json[]): string {
  try {
    return JSON.stringify(predictions);
  } catch {
    return writeJson(predictions);
  }
}

function outputsOf({ outputs }: PredictResponse, names: readonly string[] | undefined): Json {
  const entries: [string, Json][] = [];
  for (const [name, tensor] of outputs) {
    if (!names || names.includes(name)) entries.push([name, plainTensor(tensor)]);
  }
  return Object.fromEntries(entries);
}

function answerHeaders(response: PredictResponse, type: AnswerType): Record<string, string> {
  const { timing, costUs } = response;
  const { queueUs, computeUs } = timing;
  return {
    "content-type": type,
    "server-timing": `${serverTiming(timing)}, total;dur=${millis(queueUs + computeUs)}`,
    ...answeredBy(response),
    "x-sirve-cost-us": String(tenths(costUs)),
  };
}
