import { PlatformError } from "../base/index.ts";
import { CHAMPION, type PredictRequest, parseModelTarget, type RequestContext } from "../model/index.ts";
import { chooseVariant } from "./split.ts";

/** A variant of an endpoint: who answers, and its share. */
export interface RoutedVariant {
  readonly name: string;
  /** "churn", "churn@challenger", "churn@7" */
  readonly target: string;
  readonly weight: number;
}

export interface RoutedShadow {
  readonly target: string;
  readonly percent: number;
  readonly maxConcurrency: number;
  readonly tolerance: number;
}

export interface RoutedEndpoint {
  readonly endpoint: string;
  readonly variants: readonly RoutedVariant[];
  readonly shadow?: RoutedShadow | undefined;
  /** Header whose value is the split key. */
  readonly splitKey?: string | undefined;
  readonly salt: string;
}

/** Where a name leads: a model and perhaps one version of it. */
export interface Route {
  readonly model: string;
  readonly version?: number;
  /** Set where an endpoint was asked. */
  readonly endpoint?: RoutedEndpoint;
  readonly variant?: RoutedVariant;
  /** By which an endpoint keeps a caller where it is. */
  readonly splitKey?: string;
}

/** Header by which testers choose a variant. */
const VARIANT_HEADER = "x-sirve-variant";

/** What names stand for: endpoints, and aliases of models. Replaced whole when the registry changes. */
export class Routes {
  #endpoints: ReadonlyMap<string, RoutedEndpoint> = new Map();
  #aliases: ReadonlyMap<string, ReadonlyMap<string, number>> = new Map();

  /** Takes over what the registry says, in one step. */
  replace(
    endpoints: readonly RoutedEndpoint[],
    aliases: ReadonlyMap<string, ReadonlyMap<string, number>>,
  ): void {
    this.#endpoints = new Map(endpoints.map((one) => [one.endpoint, one]));
    this.#aliases = aliases;
  }

  endpoint(name: string): RoutedEndpoint | undefined {
    return this.#endpoints.get(name);
  }

  endpoints(): readonly RoutedEndpoint[] {
    return [...this.#endpoints.values()];
  }

  /** Whether a plain model's name stands for itself: the usual case, and the cheap one. */
  isPlain(name: string): boolean {
    return !this.#endpoints.has(name) && !name.includes("@");
  }

  /**
   * Where a request leads.
   *
   * @throws PlatformError `invalid_argument` for a reference or variant that is none, `not_found` for an alias.
   */
  route(
    { model, variant: named }: Pick<PredictRequest, "model" | "variant">,
    context: RequestContext,
  ): Route {
    const endpoint = this.#endpoints.get(model);
    if (!endpoint && named !== undefined) throw noVariants(model, named);
    if (!endpoint) return this.target(model);
    const splitKey = splitKeyFor(endpoint, context);
    const wanted = named ?? wantedByTester(context);
    const variant = wanted === undefined ? chosenBy(splitKey, endpoint) : variantCalled(wanted, endpoint);
    return { ...this.target(variant.target), endpoint, variant, splitKey };
  }

  /** Where a name leads for those who only look: for an endpoint its weightiest variant. */
  shown(name: string): Route {
    const endpoint = this.#endpoints.get(name);
    if (!endpoint) return this.target(name);
    const [variant] = endpoint.variants.toSorted((a, b) => b.weight - a.weight);
    return variant ? { ...this.target(variant.target), endpoint, variant } : { model: name };
  }

  /** Where a target leads: "churn", "churn@challenger", "churn@7". */
  target(text: string): Route {
    if (!text.includes("@")) return { model: text };
    const target = parseModelTarget(text);
    if (!target) throw noReference(text);
    const { model, alias, version } = target;
    if (version !== undefined) return { model, version };
    if (alias === CHAMPION) return { model };
    const stands = this.#aliases.get(model)?.get(alias ?? "");
    if (stands === undefined) throw aliasNotFound(model, alias ?? "");
    return { model, version: stands };
  }
}

/** The value of the header that the endpoint names, else the request's own key. */
function splitKeyFor(endpoint: RoutedEndpoint, { splitKey, headers }: RequestContext): string {
  return (endpoint.splitKey !== undefined && headers?.[endpoint.splitKey.toLowerCase()]) || splitKey;
}

/** Whoever may steer an endpoint may also choose; to others the header says nothing. */
function wantedByTester({ headers, caller }: RequestContext): string | undefined {
  return caller.role === "releaser" || caller.role === "admin" ? headers?.[VARIANT_HEADER] : undefined;
}

function chosenBy(splitKey: string, endpoint: RoutedEndpoint): RoutedVariant {
  const chosen = chooseVariant(endpoint.variants, endpoint.salt, splitKey);
  if (chosen) return chosen;
  throw new PlatformError(
    "unavailable",
    `endpoint "${endpoint.endpoint}" has no variant with a weight above 0`,
    { field: "weight", got: "0", expected: "one above 0" },
  );
}

function variantCalled(wanted: string, endpoint: RoutedEndpoint): RoutedVariant {
  const found = endpoint.variants.find(({ name }) => name === wanted);
  if (found) return found;
  const expected = endpoint.variants.map(({ name }) => name).join(", ");
  throw new PlatformError(
    "invalid_argument",
    `endpoint "${endpoint.endpoint}" has no variant "${wanted.slice(0, 64)}", expected ${expected}`,
    { field: "variant", got: wanted.slice(0, 64), expected },
  );
}

function noVariants(model: string, wanted: string): PlatformError {
  return new PlatformError(
    "invalid_argument",
    `"${model.slice(0, 128)}" is no endpoint, so it has no variants`,
    {
      field: "variant",
      got: wanted.slice(0, 64),
      expected: "none, or the name of an endpoint",
    },
  );
}

function noReference(text: string): PlatformError {
  return new PlatformError("not_found", `"${text.slice(0, 128)}" names no model`, {
    field: "model",
    got: text.slice(0, 128),
    expected: 'a model, perhaps at an alias or version: "churn", "churn@challenger", "churn@7"',
  });
}

function aliasNotFound(model: string, alias: string): PlatformError {
  return new PlatformError("not_found", `model '${model}' has no alias '${alias}'`, {
    field: "model",
    got: `${model}@${alias}`,
    hint: `sirve models show ${model} lists its aliases`,
  });
}
