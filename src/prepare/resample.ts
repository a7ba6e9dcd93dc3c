import { pause } from "./pause.ts";

/** Samples made between two pauses: a few milliseconds of work. */
const SLICE = 16_384;
/** Zero crossings of the sinc on each side: more is sharper and slower. */
const CROSSINGS = 16;
/** Positions between two samples for which the filter is tabulated when the ratio is not a small fraction. */
const MAX_PHASES = 512;
/** Share of the narrower band that is kept; the filter falls off above it. */
const ROLLOFF = 0.94;

/**
 * Brings a sound to another sample rate with a windowed sinc (Hann, {@link CROSSINGS} zero
 * crossings), cut off below half the lower of the two rates, so that nothing aliases.
 * The same rate gives the same samples. O(n · crossings · max(1, from / to)).
 */
export async function resample(samples: Float32Array, from: number, to: number): Promise<Float32Array> {
  if (from === to || samples.length === 0) return samples;
  const length = Math.max(1, Math.round((samples.length * to) / from));
  const out = new Float32Array(length);
  const filter = new SincFilter(from, to);
  for (let i = 0; i < length; i++) {
    if (i % SLICE === SLICE - 1) await pause();
    out[i] = filter.at(samples, (i * from) / to);
  }
  return out;
}

class SincFilter {
  readonly #reach: number;
  readonly #phases: number;
  readonly #taps: readonly Float32Array[];

  constructor(from: number, to: number) {
    const cutoff = ROLLOFF * Math.min(1, to / from);
    this.#reach = Math.ceil(CROSSINGS / cutoff);
    this.#phases = Math.min(MAX_PHASES, to / greatestCommonDivisor(from, to));
    this.#taps = Array.from({ length: this.#phases }, (_, phase) =>
      tapsAt(phase / this.#phases, this.#reach, cutoff),
    );
  }

  /** The sound at a position between two samples; outside it there is silence. */
  at(samples: Float32Array, position: number): number {
    const scaled = Math.round(position * this.#phases);
    const center = Math.floor(scaled / this.#phases);
    const taps = this.#taps[scaled - center * this.#phases] ?? new Float32Array(0);
    const first = center - this.#reach + 1;
    const [from, to] = [Math.max(0, -first), Math.min(taps.length, samples.length - first)];
    let sum = 0;
    for (let k = from; k < to; k++) sum += (samples[first + k] ?? 0) * (taps[k] ?? 0);
    return sum;
  }
}

/** The filter for one fraction of a sample, scaled so that a constant sound stays what it is. */
function tapsAt(fraction: number, reach: number, cutoff: number): Float32Array {
  const taps = new Float32Array(2 * reach);
  let sum = 0;
  for (let k = 0; k < taps.length; k++) {
    const distance = k - reach + 1 - fraction;
    const window = Math.abs(distance) >= reach ? 0 : 0.5 + 0.5 * Math.cos((Math.PI * distance) / reach);
    const value = sinc(distance * cutoff) * window;
    taps[k] = value;
    sum += value;
  }
  for (let k = 0; k < taps.length; k++) taps[k] = (taps[k] ?? 0) / sum;
  return taps;
}

const sinc = (x: number) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
