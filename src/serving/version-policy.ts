import { PlatformError } from "../base/index.ts";

/** Which of a model's versions are to be served. */
export type VersionPolicy =
  | { readonly kind: "all" }
  | { readonly kind: "latest"; readonly count: number }
  | { readonly kind: "specific"; readonly versions: readonly number[] };

/**
 * Reads "all", "latest:2" or "specific:3,5".
 *
 * @throws PlatformError `invalid_argument`.
 */
export function parseVersionPolicy(text: string): VersionPolicy {
  const [kind, list = ""] = text.split(":");
  const numbers = list.split(",").map(Number);
  const areVersions = numbers.every((n) => Number.isSafeInteger(n) && n > 0);
  if (text === "all") return { kind: "all" };
  if (kind === "latest" && areVersions && numbers[0]) return { kind, count: numbers[0] };
  if (kind === "specific" && areVersions) return { kind, versions: numbers };
  const expected = "all, latest:N or specific:N,N";
  throw new PlatformError("invalid_argument", `version policy is "${text}", expected ${expected}`, {
    field: "versionPolicy",
    got: text,
    expected,
  });
}

/**
 * The versions that the policy wants of those that are there. A version that failed to load does
 * not count as one of the latest: the next older one serves in its place.
 */
export function desiredVersions(
  available: readonly number[],
  failed: ReadonlySet<number>,
  policy: VersionPolicy,
): number[] {
  if (policy.kind === "all") return [...available];
  if (policy.kind === "specific") return available.filter((version) => policy.versions.includes(version));
  const newestFirst = available.toSorted((a, b) => b - a);
  const loadable = newestFirst.filter((version) => !failed.has(version));
  return loadable.slice(0, policy.count);
}
