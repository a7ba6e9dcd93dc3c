/** Values at which a model decides, by feature: where a mistake would show. */
export class Edges {
  readonly #values: number[][];
  readonly #seen: number[];
  readonly #categorical: Uint8Array;

  constructor(features: number) {
    this.#values = Array.from({ length: features }, () => []);
    this.#seen = Array.from({ length: features }, () => 0);
    this.#categorical = new Uint8Array(features);
  }

  /** A threshold. */
  number(feature: number, value: number): void {
    this.#add(feature, Math.fround(value));
  }

  /** Categories: only whole numbers are tried for their feature. */
  categories(feature: number, values: readonly number[]): void {
    this.#categorical[feature] = 1;
    for (const value of values) this.#add(feature, value);
  }

  /** Rows of values on the edges, just beside them, far from them, and missing. */
  rows(count: number, random: (below: number) => number): Float32Array {
    const features = this.#values.length;
    const rows = new Float32Array(count * features);
    for (let i = 0; i < rows.length; i += 1) rows[i] = this.#value(i % features, random);
    return rows;
  }

  #value(feature: number, random: (below: number) => number): number {
    const values = this.#values[feature] ?? [];
    if (random(10) === 0) return Number.NaN;
    if (values.length === 0) return random(200) / 10 - 10;
    const value = values[random(values.length)] ?? 0;
    if (this.#categorical[feature]) return random(8) === 0 ? -1 : value + random(3) - (value > 0 ? 1 : 0);
    const beside = [value, nextFloat(value, 1), nextFloat(value, -1), value + 1, value - 1, 0];
    return beside[random(beside.length)] ?? value;
  }

  /** Keeps the first edges of a feature, and then one now and then in the place of another: all parts of a forest are tried. */
  #add(feature: number, value: number): void {
    const values = this.#values[feature];
    if (!values) return;
    const seen = (this.#seen[feature] = (this.#seen[feature] ?? 0) + 1);
    if (values.length < KEPT) values.push(value);
    else if (seen % STRIDE === 0) values[(seen / STRIDE) % KEPT] = value;
  }
}

const KEPT = 64;
const STRIDE = 7;

const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

/** The float32 next to `value`, upwards or downwards. */
export function nextFloat(value: number, direction: 1 | -1): number {
  float[0] = value;
  if (!Number.isFinite(float[0] ?? 0)) return value;
  if (float[0] === 0) return direction * 1.401298464324817e-45;
  const isAway = (float[0] ?? 0) > 0 === direction > 0;
  bits[0] = (bits[0] ?? 0) + (isAway ? 1 : -1);
  return float[0] ?? value;
}
