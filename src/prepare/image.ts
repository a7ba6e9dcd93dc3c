import type sharpModule from "sharp";
import type { SharpOptions } from "sharp";
import { PlatformError } from "../base/index.ts";
import type { Content, Signature, TensorSpec } from "../model/index.ts";
import { concatRows, type Tensor, type Tensors } from "../tensor/index.ts";
import type { ContentPreparation } from "./contents.ts";
import type { RunModel } from "./contract.ts";
import { type ImageParameters, imageParameters } from "./image-parameters.ts";
import { joinOutputs } from "./join.ts";
import { parseParameters, type Step, stepError } from "./parameters.ts";
import { pixelTensor } from "./pixels.ts";

/** The sizes that a picture is brought to; an undefined width follows its proportions. */
interface Target {
  readonly input: string;
  readonly dtype: "FP32" | "UINT8";
  readonly channels: 1 | 3;
  readonly height: number;
  readonly width: number | undefined;
  /** Whether the input takes one picture per run only. */
  readonly alone: boolean;
}

type Sharp = typeof sharpModule;

const KERNELS = { bilinear: "linear", bicubic: "cubic", nearest: "nearest", lanczos: "lanczos3" } as const;

/**
 * Compiles the step `image`: pictures → [n, c, h, w] (or [n, h, w, c]). Pictures of one size
 * run together, others (a free width) each on its own, so none is changed by its company.
 *
 * @throws PlatformError `invalid_argument` if parameters are wrong or do not fit the input.
 */
export async function createImagePreparation(signature: Signature, step: Step): Promise<ContentPreparation> {
  const parameters = parseParameters(step, imageParameters);
  const target = targetOf(signature, parameters);
  const sharp = await importSharp();
  const prepare = (content: Content, at: number) => decodePicture(content, at, { sharp, parameters, target });
  return {
    kind: "image",
    async predict(contents, run, interpret) {
      const pictures = await Promise.all(contents.map(prepare));
      const isJoined = target.width !== undefined && !target.alone;
      const batches = isJoined ? [concatRows(pictures)] : pictures;
      const runs = await runAll(batches, target.input, run);
      return { outputs: joinOutputs(runs), predictions: runs.flatMap(interpret) };
    },
  };
}

function runAll(batches: readonly Tensor[], input: string, run: RunModel): Promise<Tensors[]> {
  return Promise.all(batches.map((batch) => run(new Map([[input, batch]]))));
}

function targetOf(signature: Signature, parameters: ImageParameters): Target {
  const spec = imageInput(signature, parameters.input);
  const sizes =
    parameters.layout === "NCHW" ? spec.shape : [spec.shape[0], spec.shape[3], spec.shape[1], spec.shape[2]];
  const [rows = -1, channels = -1, height = -1, width = -1] = sizes;
  const wanted = parameters.color === "grayscale" ? 1 : 3;
  if (channels !== -1 && channels !== wanted) {
    throw stepError(
      "image",
      `color ${parameters.color} gives ${wanted} channels, input "${spec.name}" takes ${channels}`,
    );
  }
  const fixedHeight = side("height", height, parameters.height);
  if (fixedHeight === undefined) {
    throw stepError("image", `parameter height is needed: input "${spec.name}" leaves it free`);
  }
  checkNorm(parameters, wanted);
  return {
    input: spec.name,
    dtype: dtypeOf(spec),
    channels: wanted,
    height: fixedHeight,
    width: side("width", width, parameters.width),
    alone: rows === 1,
  };
}

function imageInput(signature: Signature, name: string | undefined): TensorSpec {
  const candidates = signature.inputs.filter((spec) => spec.shape.length === 4);
  const spec = name === undefined ? candidates[0] : candidates.find((input) => input.name === name);
  if (spec && (name !== undefined || candidates.length === 1)) return spec;
  const inputs = signature.inputs.map((input) => `${input.name} [${input.shape}]`).join(", ");
  throw stepError("image", `parameter input: expected one input of four axes, got ${name ?? inputs}`);
}

function dtypeOf(spec: TensorSpec): "FP32" | "UINT8" {
  if (spec.dtype === "FP32" || spec.dtype === "UINT8") return spec.dtype;
  throw stepError("image", `input "${spec.name}" is ${spec.dtype}, expected FP32 or UINT8`);
}

function side(name: string, declared: number, parameter: number | undefined): number | undefined {
  if (declared === -1) return parameter;
  if (parameter === undefined || parameter === declared) return declared;
  throw stepError("image", `parameter ${name} is ${parameter}, the input takes ${declared}`);
}

function checkNorm({ mean, std }: ImageParameters, channels: number): void {
  for (const [name, value] of Object.entries({ mean, std })) {
    if (!Array.isArray(value) || value.length === 1 || value.length === channels) continue;
    throw stepError("image", `parameter ${name} has ${value.length} values, expected 1 or ${channels}`);
  }
  if ([std].flat().includes(0)) throw stepError("image", "parameter std must not be 0");
}

interface Decoding {
  readonly sharp: Sharp;
  readonly parameters: ImageParameters;
  readonly target: Target;
}

async function decodePicture(content: Content, at: number, decoding: Decoding): Promise<Tensor> {
  const { sharp, parameters, target } = decoding;
  const options: SharpOptions = { limitInputPixels: parameters.maxPixels, failOn: "error", animated: false };
  try {
    const { data, info } = await pipeline(sharp(content.bytes, options), decoding)
      .raw()
      .toBuffer({ resolveWithObject: true });
    if (info.channels !== target.channels) throw new Error(`decoded to ${info.channels} channels`);
    return pixelTensor({ pixels: data, width: info.width, height: info.height }, parameters, target);
  } catch (cause) {
    throw unreadable(content, at, cause);
  }
}

function pipeline(picture: ReturnType<Sharp>, { parameters, target }: Decoding): ReturnType<Sharp> {
  const { background, fit, padColor, maxWidth } = parameters;
  const upright = picture.autoOrient().flatten({ background: rgb(background) });
  const sized =
    target.width === undefined
      ? upright.resize({
          height: target.height,
          width: maxWidth,
          fit: "inside",
          kernel: KERNELS[parameters.resize],
        })
      : upright.resize({
          width: target.width,
          height: target.height,
          fit,
          background: rgb(padColor),
          kernel: KERNELS[parameters.resize],
        });
  return sized.removeAlpha().toColourspace(target.channels === 1 ? "b-w" : "srgb");
}

function rgb([red = 0, green = red, blue = red]: readonly number[]): { r: number; g: number; b: number } {
  return { r: red, g: green, b: blue };
}

function unreadable({ mediaType, bytes }: Content, at: number, cause: unknown): PlatformError {
  const problem = cause instanceof Error ? cause.message.split("\n")[0] : "";
  const got = `${bytes.length} bytes${mediaType && ` of ${mediaType}`}`;
  const isBomb = /pixel limit/i.test(problem ?? "");
  const message = isBomb
    ? `picture ${at + 1} has more pixels than the model's manifest allows`
    : `picture ${at + 1} cannot be read: ${got}, expected a PNG, JPEG, WebP, GIF, AVIF or TIFF file`;
  return new PlatformError(isBomb ? "too_large" : "invalid_argument", message, {
    field: `contents[${at}]`,
    got,
    expected: "a picture file",
    ...(problem && { hint: `The decoder says: ${problem}.` }),
    cause,
  });
}

/** Decoders that are let near hostile bytes: no SVG, no PDF, nothing that reads other files. */
const LOADERS = ["Jpeg", "Png", "Webp", "Nsgif", "Tiff", "Heif"].map((format) => `VipsForeignLoad${format}`);

async function importSharp(): Promise<Sharp> {
  try {
    const { default: sharp } = await import("sharp");
    sharp.block({ operation: ["VipsForeignLoad"] });
    sharp.unblock({ operation: LOADERS });
    // Pictures of many requests are decoded side by side: one thread each, and no cache of what does not come again.
    sharp.concurrency(1);
    sharp.cache(false);
    return sharp;
  } catch (cause) {
    throw new PlatformError(
      "failed_precondition",
      'preparation "image" needs the package sharp, which is not installed',
      { field: "model.json: preparation image", hint: "npm install sharp", cause },
    );
  }
}
