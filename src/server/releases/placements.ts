import { CHAMPION, parseModelTarget } from "../../model/index.ts";
import type { Artifacts, RegistryState, VersionRecord } from "../../registry/index.ts";
import type { FoundVersion, Placement } from "../../serving/index.ts";

/** What this server is to load and how names lead to it. */
export interface PlacedState {
  readonly placements: ReadonlyMap<string, Placement>;
  /** Versions by alias, by model. */
  readonly aliases: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

/**
 * What a registry's state means for a server: loaded is every version that an alias stands on, the step
 * before of each champion, what endpoints name, and the candidates of promotions under way; the champion
 * answers for the model's name.
 */
export function placeState(
  state: RegistryState,
  artifacts: Artifacts,
  candidates: readonly VersionRecord[] = [],
): PlacedState {
  const records = Map.groupBy(state.versions, ({ model }) => model);
  const tried = Map.groupBy(candidates, ({ model }) => model);
  const byEndpoints = namedByEndpoints(state);
  const placements = new Map<string, Placement>();
  const aliases = new Map<string, ReadonlyMap<string, number>>();
  for (const { model, aliases: standing } of state.models) {
    const champion = standing.find(({ alias }) => alias === CHAMPION);
    const wanted = new Set([
      ...standing.map(({ version }) => version),
      ...(champion?.previous.slice(0, 1) ?? []),
      ...(byEndpoints.get(model) ?? []),
    ]);
    const named = (records.get(model) ?? []).filter(({ version }) => wanted.has(version));
    const more = (tried.get(model) ?? []).filter(({ version }) => !wanted.has(version));
    const versions = [...named, ...more];
    placements.set(model, {
      versions: versions.map((record) => foundVersion(record, artifacts)),
      answers: champion?.version,
    });
    aliases.set(model, new Map(standing.map(({ alias, version }) => [alias, version])));
  }
  return { placements, aliases };
}

function namedByEndpoints({ endpoints }: RegistryState): Map<string, Set<number>> {
  const named = new Map<string, Set<number>>();
  for (const { variants, shadow } of endpoints) {
    for (const { target } of [...variants, ...(shadow ? [shadow] : [])]) {
      const { model = "", version } = parseModelTarget(target) ?? {};
      if (version === undefined) continue;
      named.set(model, (named.get(model) ?? new Set()).add(version));
    }
  }
  return named;
}

/** A version of a registry as what may be loaded: its files are brought here first. */
export function foundVersion(record: VersionRecord, artifacts: Artifacts): FoundVersion {
  const { model, version, digest, bytes } = record;
  return {
    model,
    version,
    path: "",
    directory: "",
    fingerprint: `${version} ${digest}`,
    bytes,
    writtenMs: 0,
    arrangedMs: 0,
    bring: async () => artifacts.acquire(record),
  };
}
