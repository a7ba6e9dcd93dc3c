import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import sharp from "sharp";
import { elementsOf, floatsOf } from "../../test/kit/numbers.ts";
import { PlatformError } from "../base/index.ts";
import { type Content, manifestSchema, type Signature } from "../model/index.ts";
import type { Tensor, Tensors } from "../tensor/index.ts";
import { createPreparation } from "./preparation.ts";

function signature(shape: readonly number[], dtype: "FP32" | "UINT8" = "FP32"): Signature {
  return {
    inputs: [{ name: "x", dtype, shape, batchAxis: 0 }],
    outputs: [{ name: "y", dtype: "FP32", shape: [-1, 1], batchAxis: 0 }],
  };
}

const asContent = (bytes: Uint8Array, mediaType = "image/png"): Content => ({ mediaType, bytes });

/** The inputs of every run that a preparation makes of pictures. */
async function inputsOf(of: Signature, parameters: object, contents: readonly Content[]): Promise<Tensor[]> {
  const manifest = manifestSchema.parse({ inputPreparation: [{ name: "image", parameters }] });
  const preparation = await createPreparation(of, manifest);
  const seen: Tensor[] = [];
  await preparation.predict({ kind: "contents", contents }, async (inputs: Tensors) => {
    const x = inputs.get("x");
    if (x) seen.push(x);
    return new Map([
      ["y", { dtype: "FP32", shape: [x?.shape[0] ?? 0, 1], data: new Float32Array(x?.shape[0] ?? 0) }],
    ]);
  });
  return seen;
}

const raw = (pixels: readonly number[], width: number, height: number, channels: 1 | 3 | 4) =>
  sharp(Uint8Array.from(pixels), { raw: { width, height, channels } });

const TWO_BY_TWO = [255, 0, 0, 0, 255, 0, 0, 0, 255, 10, 20, 30];

test("a grey picture of the right size is its pixels over 255, exactly", async () => {
  const file = readFileSync("test/artifacts/images/00000-9.png");
  const pixels = await sharp(file).greyscale().raw().toBuffer();
  const [x] = await inputsOf(signature([-1, 1, 28, 28]), { color: "grayscale" }, [asContent(file)]);
  assert.deepEqual(x?.shape, [1, 1, 28, 28]);
  assert.deepEqual(
    x.data,
    Float32Array.from(pixels, (pixel) => pixel / 255),
  );
});

test("NCHW has a plane per channel, NHWC a pixel's channels together, and bgr turns them round", async () => {
  const file = await raw(TWO_BY_TWO, 2, 2, 3).png().toBuffer();
  const planar = { scale: 1 };
  const [nchw] = await inputsOf(signature([-1, 3, 2, 2]), planar, [asContent(file)]);
  assert.deepEqual([...floatsOf(nchw)], [255, 0, 0, 10, 0, 255, 0, 20, 0, 0, 255, 30]);
  const [nhwc] = await inputsOf(signature([-1, 2, 2, 3]), { ...planar, layout: "NHWC" }, [asContent(file)]);
  assert.deepEqual([...floatsOf(nhwc)], TWO_BY_TWO);
  const [bgr] = await inputsOf(signature([-1, 3, 2, 2]), { ...planar, color: "bgr" }, [asContent(file)]);
  assert.deepEqual([...floatsOf(bgr)].slice(0, 4), [0, 0, 255, 30]);
});

test("values are (pixel * scale - mean) / std, per channel; an integer input takes pixels", async () => {
  const file = await raw([10, 20, 30], 1, 1, 3).png().toBuffer();
  const parameters = { scale: 0.1, mean: [1, 2, 3], std: [1, 2, 4] };
  const [x] = await inputsOf(signature([-1, 3, 1, 1]), parameters, [asContent(file)]);
  assert.deepEqual([...floatsOf(x)], [0, 0, 0]);
  const [pixels] = await inputsOf(signature([-1, 3, 1, 1], "UINT8"), {}, [asContent(file)]);
  assert.deepEqual([...elementsOf(pixels, Uint8Array)], [10, 20, 30]);
});

test("invert turns dark on light into light on dark; auto does so only where the border is light", async () => {
  const light = await raw([255, 255, 255, 255, 0, 255, 255, 255, 255], 3, 3, 1).png().toBuffer();
  const dark = await raw([0, 0, 0, 0, 255, 0, 0, 0, 0], 3, 3, 1).png().toBuffer();
  const of = signature([-1, 1, 3, 3]);
  const middle = async (file: Uint8Array, invert: boolean | "auto") => {
    const [x] = await inputsOf(of, { color: "grayscale", invert }, [asContent(file)]);
    return floatsOf(x)[4];
  };
  assert.equal(await middle(light, "auto"), 1);
  assert.equal(await middle(dark, "auto"), 1);
  assert.equal(await middle(dark, true), 0);
  assert.equal(await middle(light, false), 0);
});

test("contain pads, cover crops, fill stretches", async () => {
  const wide = await raw(
    Array.from({ length: 4 * 2 * 3 }, () => 200),
    4,
    2,
    3,
  )
    .png()
    .toBuffer();
  const of = signature([-1, 3, 4, 4]);
  const corner = async (fit: string) => {
    const [x] = await inputsOf(of, { fit, scale: 1, padColor: [7] }, [asContent(wide)]);
    return floatsOf(x)[0];
  };
  assert.equal(await corner("contain"), 7);
  assert.equal(await corner("cover"), 200);
  assert.equal(await corner("fill"), 200);
});

test("a free width follows the picture, is padded to a multiple, and each picture runs alone", async () => {
  const of = signature([-1, 3, 48, -1]);
  const pictures = await Promise.all(
    [
      [100, 48],
      [200, 96],
    ].map(([width = 1, height = 1]) =>
      sharp({ create: { width, height, channels: 3, background: "white" } })
        .png()
        .toBuffer(),
    ),
  );
  const seen = await inputsOf(
    of,
    { height: 48, padToMultiple: 32, minWidth: 64 },
    pictures.map((file) => asContent(file)),
  );
  assert.deepEqual(
    seen.map(({ shape }) => shape),
    [
      [1, 3, 48, 128],
      [1, 3, 48, 128],
    ],
  );
  assert.equal(floatsOf(seen[0])[99], 1);
  assert.equal(floatsOf(seen[0])[100], 0);
});

test("pictures of one size run together", async () => {
  const file = readFileSync("test/artifacts/images/00000-9.png");
  const seen = await inputsOf(signature([-1, 1, 28, 28]), { color: "grayscale" }, [
    asContent(file),
    asContent(file),
  ]);
  assert.deepEqual(
    seen.map(({ shape }) => shape),
    [[2, 1, 28, 28]],
  );
  const alone = await inputsOf(signature([1, 1, 28, 28]), { color: "grayscale" }, [
    asContent(file),
    asContent(file),
  ]);
  assert.deepEqual(
    alone.map(({ shape }) => shape),
    [
      [1, 1, 28, 28],
      [1, 1, 28, 28],
    ],
  );
});

test("JPEG, WebP and GIF are read, 16 bits become 8, EXIF turns are undone, what is transparent shows white", async () => {
  const of = signature([-1, 3, 2, 2]);
  const grey = () =>
    raw(
      Array.from({ length: 12 }, () => 128),
      2,
      2,
      3,
    );
  for (const file of [
    await grey().jpeg().toBuffer(),
    await grey().webp({ lossless: true }).toBuffer(),
    await grey().gif().toBuffer(),
  ]) {
    const [x] = await inputsOf(of, { scale: 1 }, [asContent(file, "")]);
    assert.ok([...floatsOf(x)].every((value) => Math.abs(value - 128) <= 1));
  }
  const deep = await grey().toColourspace("rgb16").png().toBuffer();
  const [sixteen] = await inputsOf(of, { scale: 1 }, [asContent(deep)]);
  assert.equal(floatsOf(sixteen)[0], 128);
  const turned = await raw(TWO_BY_TWO, 2, 2, 3).withMetadata({ orientation: 3 }).png().toBuffer();
  const [upright] = await inputsOf(of, { scale: 1 }, [asContent(turned)]);
  assert.deepEqual([...floatsOf(upright)].slice(0, 4), [10, 0, 0, 255]);
  const clear = await raw([0, 0, 0, 0], 1, 1, 4).png().toBuffer();
  const [white] = await inputsOf(signature([-1, 3, 1, 1]), { scale: 1 }, [asContent(clear)]);
  assert.deepEqual([...floatsOf(white)], [255, 255, 255]);
});

const broken: {
  readonly because: string;
  readonly bytes: () => Promise<Uint8Array>;
  readonly code: string;
}[] = [
  { because: "text is no picture", bytes: async () => Buffer.from("hello"), code: "invalid_argument" },
  { because: "nothing is no picture", bytes: async () => new Uint8Array(0), code: "invalid_argument" },
  {
    because: "an SVG is a program, not a picture",
    bytes: async () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
    code: "invalid_argument",
  },
  {
    because: "a picture that was cut off",
    bytes: async () => readFileSync("test/artifacts/images/00000-9.png").subarray(0, 200),
    code: "invalid_argument",
  },
  {
    because: "more pixels than the limit",
    bytes: async () =>
      sharp({ create: { width: 3000, height: 3000, channels: 3, background: "red" } })
        .png()
        .toBuffer(),
    code: "too_large",
  },
];

for (const { because, bytes, code } of broken) {
  test(`a picture is refused: ${because}`, async () => {
    const parameters = { color: "grayscale", maxPixels: 1_000_000 };
    const contents = [asContent(await bytes())];
    await assert.rejects(inputsOf(signature([-1, 1, 28, 28]), parameters, contents), (error) => {
      assert.ok(error instanceof PlatformError);
      assert.equal(error.code, code);
      assert.match(error.message, /picture 1 /);
      return true;
    });
  });
}

const wrong: { readonly of: Signature; readonly parameters: object; readonly message: RegExp }[] = [
  {
    of: signature([-1, 1, 28, 28]),
    parameters: {},
    message: /preparation "image": color rgb gives 3 channels, input "x" takes 1/,
  },
  {
    of: signature([-1, 3, 28, 28]),
    parameters: { width: 32 },
    message: /parameter width is 32, the input takes 28/,
  },
  { of: signature([-1, 3, -1, -1]), parameters: {}, message: /parameter height is needed/ },
  { of: signature([-1, 3]), parameters: {}, message: /expected one input of four axes/ },
  { of: signature([-1, 3, 8, 8]), parameters: { std: 0 }, message: /std must not be 0/ },
  {
    of: signature([-1, 3, 8, 8]),
    parameters: { mean: [1, 2] },
    message: /parameter mean has 2 values, expected 1 or 3/,
  },
  { of: signature([-1, 3, 8, 8]), parameters: { colour: "rgb" }, message: /preparation "image": .*colour/ },
  { of: signature([-1, 3, 8, 8]), parameters: { color: "red" }, message: /parameter color: / },
];

for (const { of, parameters, message } of wrong) {
  test(`the step image is refused at load: ${JSON.stringify(parameters)} for [${of.inputs[0]?.shape}]`, async () => {
    await assert.rejects(inputsOf(of, parameters, []), (error) => {
      assert.ok(error instanceof PlatformError && error.code === "invalid_argument");
      assert.match(error.message, message);
      return true;
    });
  });
}
