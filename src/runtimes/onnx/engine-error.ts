import { basename } from "node:path";
import { PlatformError } from "../../base/index.ts";

/** What the engine said, as it said it. */
export interface EngineFailure {
  /** OrtErrorCode. */
  readonly code: number;
  readonly message: string;
}

/** OrtErrorCode INVALID_ARGUMENT. */
const INVALID_ARGUMENT = 2;

const MAX_CHARS = 500;

/** What is looked at before it is cleaned and cut: names in a hostile file may be long. */
const MAX_READ_CHARS = 4000;

/** Messages of kernels that mean: these inputs, not the model, are at fault. */
const INPUT_FAULTS =
  /out of (?:data )?bounds|out of range|must be within|invalid dimensions|invalid rank|dimensions? mismatch|shape mismatch|cannot be broadcast|incompatible dimensions|invalid index|invalid expand shape|cannot be reshaped|size of dimension|negative dimension/i;

/** Any failure that no user causes: a call that should not fail did. */
export function engineError(failure: EngineFailure): PlatformError {
  return new PlatformError("internal", `the engine failed: ${cleanMessage(failure.message)}`);
}

/** A model that does not load, with the reason for people. `path` is the model file, which the text must not tell. */
export function loadError(failure: EngineFailure, path: string): PlatformError {
  const text = cleanMessage(failure.message, path);
  const hint = loadHint(text);
  return new PlatformError("failed_precondition", `the model does not load: ${text}`, {
    field: "model.onnx",
    ...(hint && { hint }),
  });
}

function loadHint(text: string): string {
  if (text.includes("Failed to construct locale")) {
    return 'Install the locale (Debian: package locales-all), or set the attribute "locale" of the model\'s StringNormalizer to "C" when exporting.';
  }
  if (/protobuf parsing failed|does not have a graph/i.test(text)) {
    return "The file is not an ONNX model, or it was not copied completely.";
  }
  if (/opset/i.test(text)) return "Export the model with an opset that this engine supports.";
  if (/is not a registered function\/op/.test(text)) {
    return "The model uses an operator that this engine does not have; export it with standard ONNX operators.";
  }
  return "";
}

/** A run that failed: `invalid_argument` where the inputs are at fault as far as the text tells, else `internal`. */
export function runError(failure: EngineFailure): PlatformError {
  const text = cleanMessage(failure.message);
  const inputsAtFault = failure.code === INVALID_ARGUMENT || INPUT_FAULTS.test(text);
  return inputsAtFault
    ? new PlatformError("invalid_argument", `the model does not take these inputs: ${text}`, {
        field: "inputs",
      })
    : new PlatformError("internal", `the model failed: ${text}`);
}

/**
 * The engine's text in one line, without source locations of its C++ and without paths of this
 * host: the model's own path becomes its file name. Names of nodes, which look like paths, stay.
 */
export function cleanMessage(message: string, modelPath = ""): string {
  let text = message.slice(0, MAX_READ_CHARS).replaceAll(/\p{Cc}+/gu, " ");
  text = withoutLocations(text.replace(/^Load model from .*? failed: ?/, ""))
    .replace(
      /^Non-zero status code returned while running (\S+) node\. Name:'(.*?)' Status Message: /,
      "$1 '$2': ",
    )
    .replace(/ '': /, ": ");
  if (modelPath) text = withoutHostPaths(text, modelPath);
  text = text.replaceAll(/ {2,}/g, " ").trim();
  return text.length > MAX_CHARS ? `${text.slice(0, MAX_CHARS)} …` : text || "no reason given";
}

/** End of a file name, and line, as the engine's macros print them before a function. */
const LOCATION = /\.(?:cc|cpp|h|hpp|cu):\d+ /;

/** Takes out file, line and function: with its full signature after a path, a bare name after a file name. */
function withoutLocations(text: string): string {
  let rest = text;
  for (let found = LOCATION.exec(rest); found; found = LOCATION.exec(rest)) {
    const start = rest.lastIndexOf(" ", found.index) + 1;
    const after = rest.slice(found.index + found[0].length);
    const isPath = rest.slice(start, found.index).includes("/");
    const skip = isPath ? signatureLength(after) : (/^\w+ ?/.exec(after)?.[0].length ?? 0);
    rest = rest.slice(0, start) + after.slice(skip);
  }
  return rest;
}

/** Length of a C++ signature at the start of `text`: up to the parenthesis that closes its arguments. */
function signatureLength(text: string): number {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === "(") depth += 1;
    if (text[i] !== ")") continue;
    depth -= 1;
    if (depth > 0 || text[i + 1] === "(") continue; // operator()(…) has two pairs.
    const tail = /^(?: const)?(?: \[with .*?\])? ?/.exec(text.slice(i + 1))?.[0].length ?? 0;
    return i + 1 + tail;
  }
  return 0;
}

function withoutHostPaths(text: string, modelPath: string): string {
  const named = text.replaceAll(modelPath, basename(modelPath));
  const root = /^\/[^/]+\//.exec(modelPath)?.[0];
  if (!root) return named;
  return named
    .split(/(["'\s()]+)/)
    .map((word) => (word.startsWith(root) ? basename(word) : word))
    .join("");
}
