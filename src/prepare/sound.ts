import { PlatformError } from "../base/index.ts";
import type { Content, Signature, TensorSpec } from "../model/index.ts";
import { createStorage, elementCount, type Tensor, type Tensors } from "../tensor/index.ts";
import type { ContentPreparation } from "./contents.ts";
import type { RunModel } from "./contract.ts";
import { elementWriter, type Numbers } from "./element.ts";
import { joinOutputs } from "./join.ts";
import { parseParameters, type Step, stepError } from "./parameters.ts";
import { pause } from "./pause.ts";
import { resample } from "./resample.ts";
import { type SoundParameters, soundParameters } from "./sound-parameters.ts";
import { openWav } from "./wav.ts";

/** Samples read between two pauses: a few milliseconds of work. */
const READ_SLICE = 131_072;
/** Tiny models run on the main thread and never wait, so a long sound would keep all others out. */
const RUNS_BETWEEN_PAUSES = 8;

/** A sound step, compiled for a signature. */
interface CompiledSound {
  readonly parameters: SoundParameters;
  readonly input: string;
  readonly rank: number;
  readonly constants: Tensors;
  /** First states: zeros, with 1 in the place of free sizes. */
  readonly states: Tensors;
}

/**
 * Compiles the step `sound`: WAV → samples [1, n], one run for all or one per frame with carried
 * states. The outputs of the frames are joined in order; a prediction stands for one sound.
 *
 * @throws PlatformError `invalid_argument` if parameters are wrong or do not fit the signature.
 */
export function createSoundPreparation(signature: Signature, step: Step): ContentPreparation {
  const compiled = compile(signature, parseParameters(step, soundParameters));
  return {
    kind: "sound",
    async predict(contents, run, interpret) {
      const sounds: Float32Array[] = [];
      for (const [at, content] of contents.entries()) {
        sounds.push(await readSound(content, at, compiled.parameters));
      }
      const runs = await Promise.all(sounds.map((samples) => runSound(samples, compiled, run)));
      return { outputs: joinOutputs(runs), predictions: runs.flatMap(interpret) };
    },
  };
}

function compile(signature: Signature, parameters: SoundParameters): CompiledSound {
  const specs = new Map(signature.inputs.map((spec) => [spec.name, spec]));
  const states = new Map<string, Tensor>();
  for (const { input, output } of parameters.states) {
    const spec = inputSpec(specs, "states", input);
    if (!signature.outputs.some(({ name }) => name === output)) {
      throw unknownName("states", output, signature.outputs);
    }
    states.set(input, zeros(spec));
  }
  const constants = new Map<string, Tensor>();
  for (const [name, value] of Object.entries(parameters.constants)) {
    constants.set(name, constant(inputSpec(specs, "constants", name), value));
  }
  const spec = soundInput(signature, parameters);
  checkCovered(signature, spec, [...states.keys(), ...constants.keys()]);
  return { parameters, input: spec.name, rank: spec.shape.length, states, constants };
}

function soundInput(signature: Signature, { input, states, constants }: SoundParameters): TensorSpec {
  const taken = new Set([...states.map((state) => state.input), ...Object.keys(constants)]);
  const free = signature.inputs.filter((spec) => !taken.has(spec.name));
  const spec = input === undefined ? free[0] : free.find(({ name }) => name === input);
  if (!spec || (input === undefined && free.length > 1)) throw unknownName("input", input ?? "none", free);
  if (spec.dtype !== "FP32") throw stepError("sound", `input "${spec.name}" is ${spec.dtype}, expected FP32`);
  if (spec.shape.length < 1 || spec.shape.length > 3) {
    throw stepError(
      "sound",
      `input "${spec.name}" is [${spec.shape}], expected [samples], [n, samples] or [n, 1, samples]`,
    );
  }
  return spec;
}

function checkCovered(signature: Signature, sound: TensorSpec, given: readonly string[]): void {
  const missing = signature.inputs.find(
    ({ name, optional }) => !optional && name !== sound.name && !given.includes(name),
  );
  if (!missing) return;
  throw stepError(
    "sound",
    `input "${missing.name}" is neither a state nor a constant`,
    "Name it in states or constants.",
  );
}

function inputSpec(specs: ReadonlyMap<string, TensorSpec>, parameter: string, name: string): TensorSpec {
  const spec = specs.get(name);
  if (!spec || spec.dtype === "BYTES") throw unknownName(parameter, name, [...specs.values()]);
  return spec;
}

function unknownName(parameter: string, name: string, specs: readonly TensorSpec[]): PlatformError {
  const known = specs.map((spec) => spec.name).join(", ");
  return stepError("sound", `parameter ${parameter}: "${name}" is not of this model, expected ${known}`);
}

function zeros({ dtype, shape }: TensorSpec): Tensor {
  const sizes = shape.map((size) => (size === -1 ? 1 : size));
  return { dtype, shape: sizes, data: createStorage(dtype, elementCount(sizes)) };
}

function constant(spec: TensorSpec, value: number | boolean): Tensor {
  const tensor = zeros(spec);
  if (spec.dtype === "BYTES") throw stepError("sound", `constant "${spec.name}" is text`);
  const write = elementWriter(spec.dtype);
  for (let i = 0; i < tensor.data.length; i++) {
    if (write(tensor.data as unknown as Numbers, i, value)) continue;
    throw stepError("sound", `parameter constants.${spec.name}: ${value} is not ${spec.dtype}`);
  }
  return tensor;
}

async function readSound(
  content: Content,
  at: number,
  { sampleRate, maxSeconds }: SoundParameters,
): Promise<Float32Array> {
  const file = openWav(content.bytes);
  const seconds = file.length / file.sampleRate;
  if (seconds > maxSeconds) throw tooLong(at, seconds, maxSeconds);
  if (file.length === 0) {
    throw new PlatformError("invalid_argument", `sound ${at + 1} is empty`, {
      field: `contents[${at}]`,
      expected: "samples",
    });
  }
  const samples = new Float32Array(file.length);
  for (let start = 0; start < file.length; start += READ_SLICE) {
    if (start > 0) await pause();
    file.read(samples, start, Math.min(file.length, start + READ_SLICE));
  }
  return resample(samples, file.sampleRate, sampleRate);
}

function tooLong(at: number, seconds: number, maxSeconds: number): PlatformError {
  const [got, expected] = [`${seconds.toFixed(1)} s`, `at most ${maxSeconds} s`];
  return new PlatformError("too_large", `sound ${at + 1} takes ${got}, expected ${expected}`, {
    field: `contents[${at}]`,
    got,
    expected,
  });
}

async function runSound(samples: Float32Array, compiled: CompiledSound, run: RunModel): Promise<Tensors> {
  const { frame, states } = compiled.parameters;
  if (!frame) return run(inputsOf(samples, compiled, compiled.states));
  const outputs: Tensors[] = [];
  let carried = compiled.states;
  for (const piece of framesOf(samples, frame)) {
    const answer = await run(inputsOf(piece, compiled, carried)); // The next frame needs this one's state.
    if (outputs.length % RUNS_BETWEEN_PAUSES === RUNS_BETWEEN_PAUSES - 1) await pause();
    carried = new Map(states.map(({ input, output }) => [input, answer.get(output) ?? missingState(output)]));
    outputs.push(withoutStates(answer, states));
  }
  return joinOutputs(outputs);
}

function missingState(output: string): never {
  throw new PlatformError("internal", `the model gave no state "${output}"`, { field: output });
}

/** A state is the model's memory, not its answer: joined over frames it would mean nothing. */
function withoutStates(answer: Tensors, states: SoundParameters["states"]): Tensors {
  const names = new Set(states.map((state) => state.output));
  return new Map([...answer].filter(([name]) => !names.has(name)));
}

function inputsOf(
  samples: Float32Array,
  { input, rank, constants }: CompiledSound,
  states: Tensors,
): Tensors {
  const shape = [1, 1, 1].slice(0, rank - 1).concat(samples.length);
  return new Map<string, Tensor>([[input, { dtype: "FP32", shape, data: samples }], ...states, ...constants]);
}

/** Frames with their context in front; the last one is filled up with silence. */
function* framesOf(
  samples: Float32Array,
  frame: { readonly samples: number; readonly hop?: number | undefined; readonly context: number },
): Generator<Float32Array> {
  const hop = frame.hop ?? frame.samples;
  for (let start = 0; start < samples.length; start += hop) {
    const piece = new Float32Array(frame.context + frame.samples);
    const from = Math.max(0, start - frame.context);
    piece.set(samples.subarray(from, start + frame.samples), frame.context - (start - from));
    yield piece;
  }
}
