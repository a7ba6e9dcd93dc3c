import { PlatformError } from "../base/index.ts";
import {
  type Content,
  type Json,
  type Manifest,
  type Payload,
  type RowLayout,
  rowLayout,
  type Signature,
} from "../model/index.ts";
import { sliceRows, type Tensors } from "../tensor/index.ts";
import { decodeArrays } from "./arrays.ts";
import type { ContentPreparation, Interpret } from "./contents.ts";
import type { ModelFiles, Preparation, Prepared, RunModel } from "./contract.ts";
import { showValue } from "./element.ts";
import { createImagePreparation } from "./image.ts";
import { createInterpretation } from "./interpret.ts";
import { joinOutputs } from "./join.ts";
import { plainlyNamed } from "./named-files.ts";
import { type Step, stepError, unknownStep } from "./parameters.ts";
import { RowDecoder } from "./rows.ts";
import { createSoundPreparation } from "./sound.ts";
import { INPUT_STEPS } from "./steps.ts";
import { createTextPreparation, soleTextInput } from "./text.ts";
import { createTokenize, createTokenPreparation } from "./tokenize.ts";

/**
 * Compiles what a version's signature and manifest say about preparation, once, when it is loaded.
 * `files` reads what the manifest names beside the model.
 *
 * @throws PlatformError `invalid_argument` naming the step and parameter that is wrong or does not fit.
 */
export async function createPreparation(
  signature: Signature,
  manifest: Manifest,
  files: ModelFiles = noFiles,
): Promise<Preparation> {
  const layout = rowLayout(signature, manifest);
  const beside = plainlyNamed(files);
  const compiled: Compiled = {
    signature,
    rows: new RowDecoder(layout, signature),
    layout,
    contents: await createContents(signature, manifest, beside),
    interpret: await createInterpretation(signature, manifest, beside),
    isFixedToOneRow: layout.kind !== "none" && signature.inputs.some((spec) => spec.shape[0] === 1),
  };
  return {
    contents: compiled.contents?.kind,
    predict: (payload, run) =>
      payload.kind === "rows" && layout.kind !== "texts"
        ? predictRows(payload, run, compiled)
        : predictOther(payload, run, compiled),
  };
}

interface Compiled {
  readonly signature: Signature;
  readonly rows: RowDecoder;
  readonly layout: RowLayout;
  readonly contents: ContentPreparation | undefined;
  readonly interpret: Interpret;
  /** Each row runs alone, because the file says that axis 0 has size 1. */
  readonly isFixedToOneRow: boolean;
}

async function noFiles(name: string): Promise<never> {
  throw new PlatformError("invalid_argument", `file "${name}" is not beside the model`, {
    field: "model.json",
    got: name,
  });
}

async function createContents(
  signature: Signature,
  { inputPreparation }: Manifest,
  files: ModelFiles,
): Promise<ContentPreparation | undefined> {
  const tokenize = inputPreparation.find((step) => step.name === "tokenize");
  const [first, ...others] = tokenize ? [tokenize, ...inputPreparation.filter(isNoText)] : inputPreparation;
  const second = others[0];
  if (second) throw stepError(second.name, `cannot be combined with ${first?.name ?? ""}`);
  if (first) return createStep(first, signature, files);
  return soleTextInput(signature) && createTextPreparation(signature, { name: "text", parameters: {} });
}

/** `text` before `tokenize` says nothing more, so it may stand there. */
const isNoText = (step: Step) => step.name !== "tokenize" && step.name !== "text";

async function createStep(step: Step, signature: Signature, files: ModelFiles): Promise<ContentPreparation> {
  switch (step.name) {
    case "image":
      return createImagePreparation(signature, step);
    case "sound":
      return createSoundPreparation(signature, step);
    case "text":
      return createTextPreparation(signature, step);
    case "tokenize":
      return createTokenPreparation(await createTokenize(signature, step, files));
    default:
      throw unknownStep(step.name, Object.keys(INPUT_STEPS));
  }
}

/** Pictures, sounds or texts of one request at the most. */
const MAX_CONTENTS = 10_000;

type PreparedPayload = Exclude<Payload, { kind: "tensors" }>;

/** Whole inputs, and everything that is made of contents. */
async function predictOther(payload: PreparedPayload, run: RunModel, compiled: Compiled): Promise<Prepared> {
  if (payload.kind === "arrays") {
    return { outputs: await run(decodeArrays(compiled.signature, payload.arrays)) };
  }
  const contents = payload.kind === "rows" ? textsOf(payload.rows, compiled) : payload.contents;
  return predictContents(contents, run, compiled);
}

async function predictRows(
  payload: Extract<Payload, { kind: "rows" }>,
  run: RunModel,
  { rows, interpret, isFixedToOneRow }: Compiled,
): Promise<Prepared> {
  const { inputs, count, warnings } = rows.decode(payload.rows, payload.cells);
  const isCut = isFixedToOneRow && count > 1;
  const outputs = isCut ? await runAlone(inputs, count, run) : await run(inputs);
  const predictions = interpret(outputs);
  return warnings.length > 0 ? { outputs, predictions, warnings } : { outputs, predictions };
}

async function runAlone(inputs: Tensors, rows: number, run: RunModel): Promise<Tensors> {
  const runs = Array.from({ length: rows }, (_, row) =>
    run(new Map([...inputs].map(([name, tensor]) => [name, sliceRows(tensor, row, row + 1)]))),
  );
  return joinOutputs(await Promise.all(runs));
}

async function predictContents(
  contents: readonly Content[],
  run: RunModel,
  compiled: Compiled,
): Promise<Prepared> {
  if (!compiled.contents) {
    throw new PlatformError("invalid_argument", "this model takes no pictures, sounds or texts", {
      field: "body",
      got: contents[0]?.mediaType ?? "",
      expected:
        compiled.layout.columns.length > 0
          ? `rows of ${compiled.layout.columns.map(({ name }) => name).join(", ")}`
          : "inputs",
      hint: looksLikeJson(contents[0])
        ? "Send it with content-type: application/json."
        : "A step image, sound or text under inputPreparation in model.json makes it take them.",
    });
  }
  if (contents.length > MAX_CONTENTS) {
    const [got, expected] = [String(contents.length), `at most ${MAX_CONTENTS}`];
    throw new PlatformError("too_large", `got ${got} contents in one request, expected ${expected}`, {
      field: "body",
      got,
      expected,
    });
  }
  if (contents.length === 0) {
    throw new PlatformError("invalid_argument", `expected at least one ${compiled.contents.kind}, got none`, {
      field: "body",
    });
  }
  return compiled.contents.predict(contents, run, compiled.interpret);
}

/** Clients in a hurry send JSON as text/plain: fetch does so by default. */
function looksLikeJson(content: Content | undefined): boolean {
  return (
    content?.mediaType === "text/plain" &&
    /^\s*[[{]/.test(Buffer.from(content.bytes.subarray(0, 64)).toString("latin1"))
  );
}

/** Rows with one text each, as contents. */
function textsOf(rows: readonly Json[], { layout }: Compiled): Content[] {
  const name = layout.columns[0]?.name ?? "text";
  return rows.map((row, at) => {
    const value = Array.isArray(row)
      ? (row as readonly Json[])[0]
      : (row as { [name: string]: Json } | null)?.[name];
    if (typeof value === "string") return { mediaType: "text/plain", bytes: Buffer.from(value) };
    throw new PlatformError(
      "invalid_argument",
      `row ${at + 1}, column "${name}": got ${showValue(value)}, expected text`,
      {
        field: `rows[${at}].${name}`,
        got: showValue(value),
        expected: "text",
      },
    );
  });
}
