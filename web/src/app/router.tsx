import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from "@tanstack/react-router";
import { OverviewPage } from "../pages/overview/overview-page.tsx";
import { SignInPage } from "../pages/sign-in/sign-in-page.tsx";
import { NotFound } from "./not-found.tsx";
import { Shell } from "./shell.tsx";

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });
const under = () => root;

const textIn = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

/** A path of this server; anything else is not gone to. */
const pathIn = (value: unknown): string | undefined =>
  typeof value === "string" && /^\/(?![/\\])/.test(value) ? value : undefined;

/** Where to go afterwards, and why an attempt by an issuer failed. */
interface SignInSearch {
  readonly to?: string | undefined;
  readonly failed?: string | undefined;
}

const pages = [
  createRoute({ getParentRoute: under, path: "/", component: OverviewPage }),
  createRoute({
    getParentRoute: under,
    path: "/ui/sign-in",
    validateSearch: (search: Record<string, unknown>): SignInSearch => ({
      to: pathIn(search["to"]),
      failed: textIn(search["failed"]),
    }),
    component: SignInPage,
  }),
  createRoute({
    getParentRoute: under,
    path: "/ui/models/$model",
    component: lazyRouteComponent(() => import("../pages/model/model-page.tsx"), "ModelPage"),
  }),
  createRoute({
    getParentRoute: under,
    path: "/ui/models/$model/$part",
    component: lazyRouteComponent(() => import("../pages/model/model-page.tsx"), "ModelPage"),
  }),
  createRoute({
    getParentRoute: under,
    path: "/ui/playground",
    component: lazyRouteComponent(() => import("../pages/playground/playground-page.tsx"), "PlaygroundPage"),
  }),
  createRoute({
    getParentRoute: under,
    path: "/ui/playground/$model",
    component: lazyRouteComponent(() => import("../pages/playground/playground-page.tsx"), "PlaygroundPage"),
  }),
  createRoute({
    getParentRoute: under,
    path: "/ui/endpoints",
    component: lazyRouteComponent(() => import("../pages/endpoints/endpoints-page.tsx"), "EndpointsPage"),
  }),
  createRoute({
    getParentRoute: under,
    path: "/ui/endpoints/$endpoint",
    component: lazyRouteComponent(() => import("../pages/endpoints/endpoint-page.tsx"), "EndpointPage"),
  }),
  createRoute({
    getParentRoute: under,
    path: "/ui/load",
    component: lazyRouteComponent(() => import("../pages/load/load-page.tsx"), "LoadPage"),
  }),
  createRoute({
    getParentRoute: under,
    path: "/ui/load/$model",
    component: lazyRouteComponent(() => import("../pages/load/load-page.tsx"), "LoadPage"),
  }),
  createRoute({
    getParentRoute: under,
    path: "/ui/activity",
    component: lazyRouteComponent(() => import("../pages/activity/activity-page.tsx"), "ActivityPage"),
  }),
  createRoute({
    getParentRoute: under,
    path: "/ui/settings",
    component: lazyRouteComponent(() => import("../pages/settings/settings-page.tsx"), "SettingsPage"),
  }),
  createRoute({
    getParentRoute: under,
    path: "/tour",
    component: lazyRouteComponent(() => import("../pages/tour/tour-page.tsx"), "TourPage"),
  }),
  createRoute({
    getParentRoute: under,
    path: "/tour/$step",
    component: lazyRouteComponent(() => import("../pages/tour/tour-page.tsx"), "TourPage"),
  }),
  createRoute({
    getParentRoute: under,
    path: "/ui",
    beforeLoad: () => {
      throw redirect({ to: "/" });
    },
  }),
];

export const router = createRouter({
  routeTree: root.addChildren(pages),
  defaultPreload: "intent",
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
