import type { Tensor } from "../tensor/index.ts";
import type { ImageParameters } from "./image-parameters.ts";

/** Decoded pixels, 8 bits each, channels interleaved. */
export interface Pixels {
  readonly pixels: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** What the tensor must look like. */
export interface PixelTarget {
  readonly dtype: "FP32" | "UINT8";
  readonly channels: 1 | 3;
  readonly height: number;
  /** Undefined: as wide as the picture, then padded as the parameters say. */
  readonly width: number | undefined;
}

/**
 * One picture as a tensor [1, c, h, w] or [1, h, w, c]: `(pixel * scale - mean) / std` for FP32,
 * the pixels themselves for UINT8. 256 values per channel are computed once and looked up. Where
 * the width is free, the right is padded with what stands for 0 after normalising, as PaddleOCR does.
 */
export function pixelTensor(picture: Pixels, parameters: ImageParameters, target: PixelTarget): Tensor {
  const { channels, height, dtype } = target;
  const width = target.width ?? paddedWidth(picture.width, parameters);
  const plane = height * width;
  const data = dtype === "FP32" ? new Float32Array(plane * channels) : new Uint8Array(plane * channels);
  const isPlanar = parameters.layout === "NCHW";
  const top = Math.floor((height - picture.height) / 2); // A picture that maxWidth made flatter stands in the middle.
  const inverted = isInverted(picture, parameters, channels);
  for (let channel = 0; channel < channels; channel++) {
    const values = valuesOf(parameters, channel, dtype, inverted);
    const source = parameters.color === "bgr" ? channels - 1 - channel : channel;
    for (let y = 0; y < picture.height; y++) {
      let from = y * picture.width * channels + source;
      const line = (y + top) * width;
      for (let x = 0; x < picture.width; x++, from += channels) {
        const to = isPlanar ? channel * plane + line + x : (line + x) * channels + channel;
        data[to] = values[picture.pixels[from] ?? 0] ?? 0;
      }
    }
  }
  const shape = isPlanar ? [1, channels, height, width] : [1, height, width, channels];
  return { dtype, shape, data };
}

function paddedWidth(width: number, { minWidth, padToMultiple }: ImageParameters): number {
  return Math.ceil(Math.max(width, minWidth) / padToMultiple) * padToMultiple;
}

/** What each pixel value 0 to 255 becomes in a channel. */
function valuesOf(
  parameters: ImageParameters,
  channel: number,
  dtype: "FP32" | "UINT8",
  inverted: boolean,
): Float32Array | Uint8Array {
  const values = dtype === "FP32" ? new Float32Array(256) : new Uint8Array(256);
  const [mean, std] = [perChannel(parameters.mean, channel), perChannel(parameters.std, channel)];
  for (let pixel = 0; pixel < 256; pixel++) {
    const seen = inverted ? 255 - pixel : pixel;
    values[pixel] = dtype === "FP32" ? (seen * parameters.scale - mean) / std : seen;
  }
  return values;
}

function perChannel(value: number | readonly number[], channel: number): number {
  if (typeof value === "number") return value;
  return value[channel] ?? value[0] ?? 0;
}

function isInverted(picture: Pixels, { invert }: ImageParameters, channels: number): boolean {
  return invert === "auto" ? borderMean(picture, channels) > 127 : invert;
}

/** Mean brightness of the outermost pixels: what surrounds the object, as a rule. */
function borderMean({ pixels, width, height }: Pixels, channels: number): number {
  let sum = 0;
  let count = 0;
  for (let y = 0; y < height; y++) {
    const step = y === 0 || y === height - 1 ? 1 : Math.max(1, width - 1);
    for (let x = 0; x < width; x += step) {
      for (let channel = 0; channel < channels; channel++) {
        sum += pixels[(y * width + x) * channels + channel] ?? 0;
      }
      count += channels;
    }
  }
  return count === 0 ? 0 : sum / count;
}
