import { PlatformError, parseJson } from "../../base/index.ts";
import { modelNotFound } from "../../model/index.ts";
import type { HttpReply, HttpRequest, Planes } from "../contract.ts";
import { inOrder } from "../in-order.ts";
import { decodeContent } from "./content-coding.ts";
import { decodeJson } from "./decode-json.ts";
import { encodeJson } from "./encode.ts";
import { linesOf } from "./lines.ts";
import type { NativeSettings } from "./options.ts";
import { piecesOf } from "./pieces.ts";
import { predictRequest, versionOf } from "./predict-request.ts";
import { problemOf } from "./problem.ts";

interface Line {
  readonly number: number;
  readonly bytes: Uint8Array;
}

/**
 * Predicts line by line: newline-delimited JSON in, one line out for each, in order. A line that
 * fails is answered by a line with its error; the others go on. Lines are read no faster than the
 * client takes answers.
 *
 * @throws PlatformError `not_found` before anything is read if there is no such model.
 */
export async function predictLines(
  planes: Planes,
  settings: NativeSettings,
  request: HttpRequest,
): Promise<HttpReply> {
  checkModel(planes, request);
  const parts =
    request.bodyStream ??
    piecesOf(await decodeContent(request.body, request.headers["content-encoding"], settings.maxBodyBytes));
  if (request.bodyStream && request.headers["content-encoding"] !== undefined) throw encodedStream();
  const lines = readLines(linesOf(parts, settings.maxLineBytes));
  const answer = async (line: Line | PlatformError) => answerLine(planes, settings, request, line);
  const answers = inOrder(lines, answer, settings.streamWidth);
  return { status: 200, headers: { "content-type": "application/x-ndjson" }, body: encodeLines(answers) };
}

function checkModel(planes: Planes, { params, context }: HttpRequest): void {
  const [model, version] = [params["model"] ?? "", versionOf(params["version"])];
  const known = planes.control(context.caller).find(model);
  if (!known) throw modelNotFound(model);
  if (version !== undefined && !known.versions.some((status) => status.version === version)) {
    throw modelNotFound(model, version);
  }
}

/** Lines, and in the end the error that broke the reading, as an item like them. */
async function* readLines(lines: AsyncIterable<Line>): AsyncGenerator<Line | PlatformError> {
  try {
    yield* lines;
  } catch (thrown) {
    yield PlatformError.from(thrown);
  }
}

async function answerLine(
  planes: Planes,
  settings: NativeSettings,
  request: HttpRequest,
  line: Line | PlatformError,
): Promise<string> {
  if (line instanceof PlatformError) return failedLine(line, request, undefined);
  try {
    return `{"line":${line.number},${(await predictLine(planes, settings, request, line)).slice(1)}\n`;
  } catch (thrown) {
    return failedLine(PlatformError.from(thrown), request, line.number);
  }
}

async function predictLine(
  { data }: Planes,
  { deadlines, deadlineMs }: NativeSettings,
  { params, context }: HttpRequest,
  line: Line,
): Promise<string> {
  const { payload, outputs } = decodeJson(parseJson(line.bytes));
  const deadline =
    deadlines && deadlineMs > 0 ? deadlines.within(context.deadline, deadlineMs) : context.deadline;
  try {
    const response = await data.predict(predictRequest(params, { payload }, outputs), {
      ...context,
      deadline,
    });
    return encodeJson(response, outputs);
  } finally {
    if (deadline !== context.deadline) deadline.close();
  }
}

function failedLine(error: PlatformError, { context }: HttpRequest, line: number | undefined): string {
  return `${JSON.stringify({ ...(line !== undefined && { line }), error: problemOf(error, context.requestId) })}\n`;
}

async function* encodeLines(answers: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  for await (const answer of answers) yield Buffer.from(answer);
}

function encodedStream(): PlatformError {
  return new PlatformError("invalid_argument", "a stream cannot be compressed", {
    field: "content-encoding",
    expected: "no content-encoding",
    hint: "Send it to /predict/{model} without /stream: that takes whole bodies, compressed or not.",
  });
}
