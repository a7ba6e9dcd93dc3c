import { z } from "zod";
import { PlatformError } from "../base/index.ts";
import type { Content, Signature, TensorSpec } from "../model/index.ts";
import type { ContentPreparation } from "./contents.ts";
import { textTensor } from "./element.ts";
import { parseParameters, type Step, stepError } from "./parameters.ts";

/** Parameters of the step `text`. */
export const textParameters = z
  .strictObject({
    input: z.string().optional().describe("Input that takes the text; default: the only text input."),
    maxCharacters: z
      .int()
      .min(1)
      .max(100_000_000)
      .optional()
      .describe("A longer text is cut to it; default: not cut."),
  })
  .describe("Takes plain text in UTF-8 as one row.");

/** Compiles the step `text`: n texts → BYTES [n, 1] (or [n]), in one run. */
export function createTextPreparation(signature: Signature, step: Step): ContentPreparation {
  const { input, maxCharacters } = parseParameters(step, textParameters);
  const spec = textInput(signature, input);
  return {
    kind: "text",
    async predict(contents, run, interpret) {
      const texts = contents.map((content, at) => cut(decodeText(content, at), maxCharacters));
      const shape = [texts.length, ...spec.shape.slice(1).map(() => 1)];
      const outputs = await run(new Map([[spec.name, textTensor(shape, texts)]]));
      return { outputs, predictions: interpret(outputs) };
    },
  };
}

/** The only input, if it takes one text per row: what the step `text` is assumed for. */
export function soleTextInput({ inputs }: Signature): TensorSpec | undefined {
  const [spec] = inputs;
  const isSole = inputs.length === 1 && spec?.dtype === "BYTES" && spec.shape.length > 0;
  return isSole && spec.shape.slice(1).every((size) => size === 1) ? spec : undefined;
}

/** @throws PlatformError `invalid_argument` if the bytes are not UTF-8. */
export function decodeText({ bytes }: Content, at: number): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new PlatformError("invalid_argument", `text ${at + 1} is not UTF-8`, {
      field: `contents[${at}]`,
      expected: "text in UTF-8",
      cause,
    });
  }
}

/** At most so many characters, never half of one that takes two UTF-16 units. */
export function cut(text: string, maxCharacters: number | undefined): string {
  if (maxCharacters === undefined || text.length <= maxCharacters) return text;
  const last = text.charCodeAt(maxCharacters - 1);
  const isHalf = last >= 0xd800 && last < 0xdc00;
  return text.slice(0, isHalf ? maxCharacters - 1 : maxCharacters);
}

function textInput(signature: Signature, name: string | undefined): TensorSpec {
  const texts = signature.inputs.filter((spec) => spec.dtype === "BYTES" && spec.shape.length > 0);
  const spec = name === undefined ? texts[0] : texts.find((input) => input.name === name);
  if (spec && signature.inputs.length === 1) return spec;
  const inputs = signature.inputs.map((input) => `${input.name} ${input.dtype}`).join(", ");
  throw stepError("text", `expected one input, of text, got ${inputs}`);
}
