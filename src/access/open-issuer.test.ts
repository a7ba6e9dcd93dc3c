import assert from "node:assert/strict";
import { test } from "node:test";
import { PlatformError, systemClock } from "../base/index.ts";
import { type IssuerSettings, openIssuer } from "./open-issuer.ts";

const NONE: IssuerSettings = {
  jwtIssuer: "",
  jwtAudience: "",
  jwtJwksUrl: "",
  jwtRoleClaim: "role",
  jwtModelsClaim: "models",
  oidcClientId: "",
  oidcClientSecretFile: "",
  oidcScopes: [],
  secret: undefined,
  clock: systemClock,
};
const ISSUER = { ...NONE, jwtIssuer: "https://login.example" };

test("an issuer is for programs by its audience, for people by its client, or for both", () => {
  assert.equal(openIssuer(NONE), undefined);
  const of = (settings: IssuerSettings) => {
    const { tokens, signIn } = openIssuer(settings) ?? {};
    return [tokens !== undefined, signIn !== undefined];
  };
  assert.deepEqual(of({ ...ISSUER, jwtAudience: "sirve" }), [true, false]);
  assert.deepEqual(of({ ...ISSUER, oidcClientId: "page" }), [false, true]);
  assert.deepEqual(of({ ...ISSUER, jwtAudience: "sirve", oidcClientId: "page" }), [true, true]);
});

test("a setting that is missing is named", () => {
  const fieldOf = (settings: IssuerSettings) => {
    try {
      openIssuer(settings);
      return "";
    } catch (thrown) {
      return PlatformError.from(thrown).details.field;
    }
  };
  assert.equal(fieldOf(ISSUER), "access.jwtAudience");
  assert.equal(fieldOf({ ...NONE, oidcClientId: "page" }), "access.jwtIssuer");
  const secret = "access.oidcClientSecretFile";
  assert.equal(fieldOf({ ...ISSUER, oidcClientId: "page", oidcClientSecretFile: "/nowhere" }), secret);
  assert.equal(fieldOf({ ...ISSUER, oidcClientId: "page", oidcClientSecretFile: "/dev/null" }), secret);
});
