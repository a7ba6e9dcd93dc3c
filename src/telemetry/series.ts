/** A number that only grows. */
export class Counter {
  value = 0;

  add(amount = 1): void {
    this.value += amount;
  }
}

/** A number that goes up and down. */
export class Gauge {
  value = 0;

  set(value: number): void {
    this.value = value;
  }
}

/** How often values fell into fixed buckets, and their sum. */
export class Histogram {
  /** Upper bounds, ascending; the last bucket, +Inf, has none. */
  readonly bounds: readonly number[];
  /** Count per bucket, not cumulative; one more than there are bounds. */
  readonly counts: number[];
  sum = 0;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.counts = Array.from({ length: bounds.length + 1 }, () => 0);
  }

  /** O(buckets), without allocation. */
  observe(value: number): void {
    const { bounds, counts } = this;
    let bucket = 0;
    while (bucket < bounds.length && value > (bounds[bucket] as number)) bucket++;
    counts[bucket] = (counts[bucket] as number) + 1;
    this.sum += value;
  }
}

export type Series = Counter | Gauge | Histogram;

/** One metric: a name with a meaning, and a series for each combination of label values. */
export class Family<S extends Series> {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
  readonly #create: () => S;
  readonly #series = new Map<string, { readonly values: readonly string[]; readonly series: S }>();

  constructor(name: string, help: string, labels: readonly string[], create: () => S) {
    this.name = name;
    this.help = help;
    this.labels = labels;
    this.#create = create;
  }

  /** The series of these label values, made if it is new. Look it up once and keep it: no hashing per event. */
  of(...values: string[]): S {
    if (values.length !== this.labels.length) {
      throw new RangeError(`${this.name} takes ${this.labels.length} label values`);
    }
    const key = JSON.stringify(values);
    let entry = this.#series.get(key);
    if (!entry) {
      entry = { values, series: this.#create() };
      this.#series.set(key, entry);
    }
    return entry.series;
  }

  /** Forgets every series whose first label values are these. O(series). */
  remove(...first: string[]): void {
    for (const [key, { values }] of this.#series) {
      if (first.every((value, i) => values[i] === value)) this.#series.delete(key);
    }
  }

  *entries(): Iterable<{ readonly values: readonly string[]; readonly series: S }> {
    yield* this.#series.values();
  }
}
