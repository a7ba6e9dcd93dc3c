import { z } from "zod";

const side = z.int().min(1).max(16_384);
const perChannel = z.union([z.number(), z.array(z.number()).min(1).max(4)]);

/** Parameters of the step `image`. */
export const imageParameters = z
  .strictObject({
    input: z
      .string()
      .optional()
      .describe("Input that takes the picture; default: the only one with four axes."),
    color: z.enum(["rgb", "bgr", "grayscale"]).default("rgb"),
    width: side.optional().describe("Default: the input's. A free width follows the picture's proportions."),
    height: side.optional().describe("Default: the input's."),
    resize: z.enum(["bilinear", "bicubic", "nearest", "lanczos"]).default("bilinear"),
    fit: z
      .enum(["fill", "cover", "contain"])
      .default("fill")
      .describe("fill: stretch; cover: crop what is over; contain: pad with padColor."),
    padColor: z
      .array(z.int().min(0).max(255))
      .min(1)
      .max(3)
      .default([0])
      .describe("Before scaling, 0 to 255."),
    maxWidth: side.default(4096).describe("Bound of a free width."),
    padToMultiple: z
      .int()
      .min(1)
      .max(1024)
      .default(1)
      .describe("A free width is padded on the right to a multiple."),
    minWidth: side.default(1).describe("A free width is padded on the right to at least this."),
    layout: z.enum(["NCHW", "NHWC"]).default("NCHW"),
    scale: z
      .number()
      .default(1 / 255)
      .describe(
        "value = (pixel * scale - mean) / std, pixel 0 to 255. An integer input takes pixels as they are.",
      ),
    mean: perChannel.default(0),
    std: perChannel.default(1),
    invert: z
      .union([z.boolean(), z.literal("auto")])
      .default(false)
      .describe("Light on dark from dark on light; auto: only where the picture's border is light."),
    background: z
      .array(z.int().min(0).max(255))
      .min(1)
      .max(3)
      .default([255, 255, 255])
      .describe("What shows through transparent parts."),
    maxPixels: z
      .int()
      .min(1)
      .max(268_435_456)
      .default(50_000_000)
      .describe("A picture of more pixels is refused before it is decoded."),
  })
  .describe(
    "Decodes pictures (PNG, JPEG, WebP, GIF, AVIF, TIFF), turns them upright, resizes and normalises them.",
  );

export type ImageParameters = z.output<typeof imageParameters>;
