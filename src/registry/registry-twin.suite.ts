import { CHAMPION, type ModelTarget, parseModelTarget } from "../model/index.ts";

interface TwinAlias {
  version: number;
  previous: readonly number[];
}

interface TwinModel {
  /** Number → file. */
  readonly versions: Map<number, number>;
  readonly aliases: Map<string, TwinAlias>;
}

/** A code of a refusal, or "ok". */
export type Outcome = string;

/** The registry as one would write it without a database: what the real one is compared with. */
export class TwinRegistry {
  readonly #models = new Map<string, TwinModel>();
  readonly #numbers = new Map<string, number>();
  readonly #endpoints = new Map<string, readonly string[]>();

  add(name: string, file: number): Outcome {
    const model: TwinModel = this.#models.get(name) ?? { versions: new Map(), aliases: new Map() };
    if ([...model.versions.values()].includes(file)) return "ok";
    this.#models.set(name, model);
    const version = (this.#numbers.get(name) ?? 0) + 1;
    this.#numbers.set(name, version);
    model.versions.set(version, file);
    if (!model.aliases.has(CHAMPION)) model.aliases.set(CHAMPION, { version, previous: [] });
    return "ok";
  }

  move(name: string, alias: string, version: number, kind: "promote" | "rollback"): Outcome {
    const model = this.#models.get(name);
    if (!model?.versions.has(version)) return "not_found";
    const current = model.aliases.get(alias);
    if (current?.version === version) return "ok";
    if (kind === "promote") {
      const previous = current ? [current.version, ...current.previous] : [];
      model.aliases.set(alias, { version, previous });
      return "ok";
    }
    if (!current) return "not_found";
    const at = current.previous.indexOf(version);
    if (at < 0) return "failed_precondition";
    model.aliases.set(alias, { version, previous: current.previous.slice(at + 1) });
    return "ok";
  }

  deleteAlias(name: string, alias: string): Outcome {
    const model = this.#models.get(name);
    if (!model?.aliases.has(alias)) return "not_found";
    if (alias === CHAMPION || this.#isNamed((target) => target.model === name && target.alias === alias)) {
      return "failed_precondition";
    }
    model.aliases.delete(alias);
    return "ok";
  }

  deleteVersion(name: string, version: number): Outcome {
    const model = this.#models.get(name);
    if (!model?.versions.has(version)) return "not_found";
    const serves = [...model.aliases.values()].some((alias) => alias.version === version);
    if (serves || this.#isNamed((target) => target.model === name && target.version === version)) {
      return "failed_precondition";
    }
    model.versions.delete(version);
    for (const alias of model.aliases.values()) {
      const steps: number[] = [];
      for (const step of alias.previous) {
        if (step !== version && step !== (steps.at(-1) ?? alias.version)) steps.push(step);
      }
      alias.previous = steps;
    }
    return "ok";
  }

  deleteModel(name: string, force: boolean): Outcome {
    if (!this.#models.has(name)) return "not_found";
    if (!force || this.#isNamed((target) => target.model === name)) return "failed_precondition";
    this.#models.delete(name);
    return "ok";
  }

  setEndpoint(name: string, targets: readonly string[]): Outcome {
    if (!targets.every((target) => this.#isThere(target))) return "not_found";
    this.#endpoints.set(name, targets);
    return "ok";
  }

  deleteEndpoint(name: string): Outcome {
    return this.#endpoints.delete(name) ? "ok" : "not_found";
  }

  /** All of it, as plain data. */
  snapshot(): unknown {
    const models = [...this.#models].map(([name, { versions, aliases }]) => ({
      name,
      versions: [...versions],
      aliases: [...aliases]
        .map(([alias, at]) => ({ alias, ...at }))
        .toSorted((a, b) => (a.alias < b.alias ? -1 : 1)),
    }));
    return {
      models: models.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
      endpoints: [...this.#endpoints].toSorted(([a], [b]) => (a < b ? -1 : 1)),
    };
  }

  #isNamed(isMeant: (target: ModelTarget) => boolean): boolean {
    const targets = [...this.#endpoints.values()].flat().map(parseModelTarget);
    return targets.some((target) => target !== undefined && isMeant(target));
  }

  #isThere(text: string): boolean {
    const { model, alias, version } = parseModelTarget(text) ?? { model: "" };
    const found = this.#models.get(model);
    if (!found) return false;
    return version === undefined ? found.aliases.has(alias ?? "") : found.versions.has(version);
  }
}
