import { PlatformError } from "../base/index.ts";
import { type ControlPlane, modelNotFound } from "../model/index.ts";
import type { Route, Routes } from "./routes.ts";

/** A control plane whose names may be endpoints, aliases and versions. */
export function routedControlPlane(plane: ControlPlane, routes: Routes): ControlPlane {
  return {
    ...plane,
    find(name) {
      if (routes.isPlain(name)) return plane.find(name);
      const route = shownOrNothing(routes, name);
      const found = route && plane.find(route.model);
      if (!found) return undefined;
      const { version } = route;
      if (version === undefined) return found;
      const status = found.versions.findLast((one) => one.version === version);
      if (!status) return undefined;
      const serving = status.state === "ready" ? { serving: version } : {};
      return { model: found.model, versions: [status], ...serving };
    },
    describe(name, version) {
      if (routes.isPlain(name)) return plane.describe(name, version);
      const route = routes.shown(name);
      return plane.describe(route.model, route.version ?? version);
    },
    statistics(name, version) {
      if (name === undefined || routes.isPlain(name)) return plane.statistics(name, version);
      const route = routes.shown(name);
      return plane.statistics(route.model, route.version ?? version);
    },
  };
}

function shownOrNothing(routes: Routes, name: string): Route | undefined {
  try {
    return routes.shown(name);
  } catch (thrown) {
    if (thrown instanceof PlatformError) return undefined;
    throw thrown;
  }
}

/** The plane as a caller may see it: what is not the caller's to use does not exist. */
export function visibleControlPlane(plane: ControlPlane, mayUse: (name: string) => boolean): ControlPlane {
  const check = (name: string, version?: number) => {
    if (!mayUse(baseOf(name))) throw modelNotFound(name, version);
  };
  return {
    isReady: () => plane.isReady(),
    list: () => plane.list().filter(({ model }) => mayUse(model)),
    find: (name) => (mayUse(baseOf(name)) ? plane.find(name) : undefined),
    describe(name, version) {
      check(name, version);
      return plane.describe(name, version);
    },
    async load(name, version) {
      check(name, version);
      return plane.load(name, version);
    },
    async unload(name, version) {
      check(name, version);
      return plane.unload(name, version);
    },
    statistics(name, version) {
      if (name === undefined) return plane.statistics().filter(({ model }) => mayUse(model));
      check(name, version);
      return plane.statistics(name, version);
    },
  };
}

/** "churn" of "churn@challenger": the name that patterns are about. */
export function baseOf(name: string): string {
  const at = name.indexOf("@");
  return at < 0 ? name : name.slice(0, at);
}
