import type { Tokenizer } from "@huggingface/tokenizers";
import { z } from "zod";
import { PlatformError } from "../base/index.ts";
import type { Signature, TensorSpec } from "../model/index.ts";
import { createStorage, type Tensor, type Tensors } from "../tensor/index.ts";
import type { ContentPreparation } from "./contents.ts";
import type { ModelFiles } from "./contract.ts";
import { parseParameters, type Step, stepError } from "./parameters.ts";
import { pause } from "./pause.ts";
import { cut, decodeText } from "./text.ts";

/** Parameters of the step `tokenize`. */
export const tokenizeParameters = z
  .strictObject({
    file: z.string().default("tokenizer.json").describe("Hugging Face tokenizer file beside the model."),
    maxLength: z
      .int()
      .min(2)
      .max(1_000_000)
      .default(512)
      .describe("Tokens of one text, special ones included; more are cut."),
    maxCharacters: z
      .int()
      .min(1)
      .max(10_000_000)
      .default(20_000)
      .describe("A text is cut to it before it is tokenised."),
    ids: z.string().default("input_ids").describe("Input that takes the token numbers."),
    mask: z
      .string()
      .default("attention_mask")
      .describe("Input that is 1 for tokens and 0 for padding, if the model has it."),
    typeIds: z.string().default("token_type_ids").describe("Input of segment numbers, if the model has it."),
    padId: z.int().min(0).optional().describe("Default: what the tokenizer file says, otherwise 0."),
    addSpecialTokens: z.boolean().default(true),
  })
  .describe("Texts to token numbers with mask and segments, padded to the longest of the request.");

type TokenizeParameters = z.output<typeof tokenizeParameters>;

interface Token {
  readonly ids: readonly number[];
  readonly typeIds: readonly number[];
}

/** Turns the texts of one request into inputs. */
export type Tokenize = (texts: readonly string[]) => Promise<Tensors>;

/**
 * Compiles the step `tokenize`; the tokenizer is read when the version is loaded.
 *
 * @throws PlatformError `invalid_argument` if parameters, file or signature do not fit.
 */
export async function createTokenize(signature: Signature, step: Step, files: ModelFiles): Promise<Tokenize> {
  const parameters = parseParameters(step, tokenizeParameters);
  const specs = tokenInputs(signature, parameters);
  const { tokenizer, padId } = await readTokenizer(parameters, files);
  const tail = tailLength(tokenizer, parameters);
  const fixed = specs.ids.shape[1] ?? -1;
  return async (texts) => {
    const tokens: Token[] = [];
    for (const text of texts) {
      if (tokens.length > 0) await pause(); // One long text takes milliseconds.
      tokens.push(truncate(encode(text, tokenizer, parameters), lengthBound(fixed, parameters), tail));
    }
    const width = fixed === -1 ? Math.max(1, ...tokens.map(({ ids }) => ids.length)) : fixed;
    const shape = [texts.length, width];
    const inputs = new Map<string, Tensor>();
    const put = (spec: TensorSpec | undefined, pad: number, rows: readonly (readonly number[])[]) => {
      if (spec) inputs.set(spec.name, filled(spec, shape, pad, rows));
    };
    put(
      specs.ids,
      padId,
      tokens.map(({ ids }) => ids),
    );
    put(
      specs.mask,
      0,
      tokens.map(({ ids }) => ids.map(() => 1)),
    );
    put(
      specs.typeIds,
      0,
      tokens.map(({ typeIds }) => typeIds),
    );
    return inputs;
  };
}

/** Texts sent as they are, tokenised. */
export function createTokenPreparation(tokenize: Tokenize): ContentPreparation {
  return {
    kind: "text",
    async predict(contents, run, interpret) {
      const outputs = await run(await tokenize(contents.map((content, at) => decodeText(content, at))));
      return { outputs, predictions: interpret(outputs) };
    },
  };
}

interface TokenInputs {
  readonly ids: TensorSpec;
  readonly mask: TensorSpec | undefined;
  readonly typeIds: TensorSpec | undefined;
}

function tokenInputs({ inputs }: Signature, { ids, mask, typeIds }: TokenizeParameters): TokenInputs {
  const known = [ids, mask, typeIds];
  const other = inputs.find((spec) => !known.includes(spec.name) && !spec.optional);
  if (other) {
    throw stepError(
      "tokenize",
      `input "${other.name}" is none of ${known.join(", ")}`,
      "Name it in ids, mask or typeIds.",
    );
  }
  const wrong = inputs.find((spec) => spec.shape.length !== 2 || !/^INT(64|32)$/.test(spec.dtype));
  if (wrong) {
    throw stepError(
      "tokenize",
      `input "${wrong.name}" is ${wrong.dtype} [${wrong.shape}], expected INT64 or INT32 [n, tokens]`,
    );
  }
  const find = (name: string) => inputs.find((spec) => spec.name === name);
  const found = find(ids);
  if (!found) throw stepError("tokenize", `parameter ids: "${ids}" is no input of this model`);
  return { ids: found, mask: find(mask), typeIds: find(typeIds) };
}

async function readTokenizer(
  { file, padId }: TokenizeParameters,
  files: ModelFiles,
): Promise<{ tokenizer: Tokenizer; padId: number }> {
  const bytes = await files(file);
  try {
    const { Tokenizer: Implementation } = await import("@huggingface/tokenizers");
    const json = JSON.parse(Buffer.from(bytes).toString("utf8")) as { padding?: { pad_id?: unknown } | null };
    const stated = json.padding?.pad_id;
    const tokenizer = new Implementation(json, {});
    return { tokenizer, padId: padId ?? (typeof stated === "number" ? stated : 0) };
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : "unreadable";
    throw new PlatformError(
      "invalid_argument",
      `preparation "tokenize": ${file} is no tokenizer file: ${problem}`,
      {
        field: "model.json: preparation tokenize",
        expected: "a tokenizer.json of Hugging Face tokenizers",
        cause,
      },
    );
  }
}

function encode(
  text: string,
  tokenizer: Tokenizer,
  { maxCharacters, addSpecialTokens }: TokenizeParameters,
): Token {
  const encoding = tokenizer.encode(cut(text, maxCharacters), {
    add_special_tokens: addSpecialTokens,
    return_token_type_ids: true,
  });
  return { ids: encoding.ids, typeIds: encoding.token_type_ids };
}

/** How many special tokens stand after a text: a cut text keeps them. */
function tailLength(tokenizer: Tokenizer, parameters: TokenizeParameters): number {
  const empty = encode("", tokenizer, parameters).ids;
  const some = encode("a", tokenizer, parameters).ids;
  let head = 0;
  while (head < empty.length && empty[head] === some[head]) head += 1;
  return empty.length - head;
}

const lengthBound = (fixed: number, { maxLength }: TokenizeParameters) =>
  fixed === -1 ? maxLength : Math.min(fixed, maxLength);

function truncate(token: Token, maxLength: number, tail: number): Token {
  if (token.ids.length <= maxLength) return token;
  const kept = maxLength - Math.min(tail, maxLength);
  const shorten = (list: readonly number[]) => [
    ...list.slice(0, kept),
    ...list.slice(list.length - (maxLength - kept)),
  ];
  return { ids: shorten(token.ids), typeIds: shorten(token.typeIds) };
}

function filled(
  spec: TensorSpec,
  shape: readonly number[],
  pad: number,
  rows: readonly (readonly number[])[],
): Tensor {
  const width = shape[1] ?? 0;
  const data = createStorage(spec.dtype, rows.length * width) as { [index: number]: number | bigint };
  const isBig = spec.dtype === "INT64";
  for (const [row, values] of rows.entries()) {
    for (let at = 0; at < width; at++) {
      const value = values[at] ?? pad;
      data[row * width + at] = isBig ? BigInt(value) : value;
    }
  }
  return { dtype: spec.dtype, shape, data: data as never };
}
