import assert from "node:assert/strict";
import { test } from "node:test";
import { plainContext } from "../../test/kit/fake-planes.ts";
import { ANYONE, type RequestContext, type Role } from "../model/index.ts";
import { type RoutedEndpoint, Routes } from "./routes.ts";

const SHOP: RoutedEndpoint = {
  endpoint: "shop",
  salt: "s",
  variants: [
    { name: "now", target: "churn", weight: 90 },
    { name: "next", target: "churn@challenger", weight: 10 },
  ],
};

function routes(...endpoints: RoutedEndpoint[]): Routes {
  const made = new Routes();
  made.replace(endpoints, new Map([["churn", new Map([["challenger", 3]])]]));
  return made;
}

const context = (change: Partial<RequestContext> = {}): RequestContext => ({ ...plainContext(), ...change });
const as = (role: Role, variant: string) =>
  context({ caller: { ...ANYONE, role }, headers: { "x-sirve-variant": variant } });
const codeOf = (code: string, field?: string) => (error: { code: string; details: { field?: string } }) =>
  error.code === code && error.details.field === field;

test("a model, a version, an alias and the champion lead where their names say", () => {
  const made = routes();
  assert.deepEqual(made.target("churn"), { model: "churn" });
  assert.deepEqual(made.target("churn@7"), { model: "churn", version: 7 });
  assert.deepEqual(made.target("churn@challenger"), { model: "churn", version: 3 });
  assert.deepEqual(made.target("churn@champion"), { model: "churn" });
  assert.throws(() => made.target("churn@nobody"), { code: "not_found" });
  assert.throws(() => made.target("churn@"), { code: "not_found" });
});

test("an endpoint may have a model's name and then answers in its place", () => {
  const made = routes({ ...SHOP, endpoint: "churn" });
  assert.equal(made.isPlain("churn"), false);
  assert.equal(made.route({ model: "churn" }, context()).model, "churn");
  assert.equal(routes(SHOP).isPlain("churn"), true);
});

test("the header that the endpoint names is the split key, else the request's own", () => {
  const made = routes({ ...SHOP, splitKey: "X-Customer" });
  const split = (headers: Record<string, string>) =>
    made.route({ model: "shop" }, context({ splitKey: "own", headers })).splitKey;
  assert.equal(split({ "x-customer": "c7" }), "c7");
  assert.equal(split({}), "own");
});

test("a tester's header chooses for those who may steer, and says nothing to others", () => {
  const made = routes(SHOP);
  const variantFor = (given: RequestContext) => made.route({ model: "shop" }, given).variant?.name;
  for (const role of ["releaser", "admin"] as const) assert.equal(variantFor(as(role, "next")), "next");
  const untold = variantFor(context({ splitKey: "k" }));
  assert.equal(variantFor({ ...as("predictor", "next"), splitKey: "k" }), untold);
  assert.throws(() => variantFor(as("admin", "nix")), codeOf("invalid_argument", "variant"));
});

test("a variant that a wire names is chosen for everyone, and a plain model has none", () => {
  const made = routes(SHOP);
  const { variant, version } = made.route({ model: "shop", variant: "next" }, as("predictor", "now"));
  assert.deepEqual([variant?.name, version], ["next", 3]);
  assert.throws(
    () => made.route({ model: "churn", variant: "next" }, context()),
    codeOf("invalid_argument", "variant"),
  );
});

test("an endpoint whose weights are all 0 is unavailable, but not to those who choose", () => {
  const made = routes({ ...SHOP, variants: SHOP.variants.map((one) => ({ ...one, weight: 0 })) });
  assert.throws(() => made.route({ model: "shop" }, context()), codeOf("unavailable", "weight"));
  assert.equal(made.route({ model: "shop", variant: "now" }, context()).variant?.name, "now");
});
