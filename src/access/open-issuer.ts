import { type Clock, PlatformError } from "../base/index.ts";
import { Issuer } from "./issuer.ts";
import { IssuerSignIn } from "./issuer-sign-in.ts";
import { secretIn } from "./session-secret.ts";
import { Tokens } from "./tokens.ts";

export interface IssuerSettings {
  /** Issuer of accepted tokens; empty: none are. */
  readonly jwtIssuer: string;
  readonly jwtAudience: string;
  readonly jwtJwksUrl: string;
  readonly jwtRoleClaim: string;
  readonly jwtModelsClaim: string;
  /** What the issuer knows this server as where people sign in with it; empty: they do not. */
  readonly oidcClientId: string;
  /** File with the client's secret; empty: it has none. */
  readonly oidcClientSecretFile: string;
  readonly oidcScopes: readonly string[];
  /** What cookies are sealed with. */
  readonly secret: string | undefined;
  readonly clock: Clock;
}

/** What an issuer is asked for: by programs that show its tokens, and by people who sign in with it. */
export interface OpenedIssuer {
  /** Undefined: no tokens are accepted. */
  readonly tokens: Tokens | undefined;
  readonly signIn: IssuerSignIn | undefined;
}

/** The issuer of the settings; undefined without one. It is not asked anything yet. @throws PlatformError if a setting is missing. */
export function openIssuer(settings: IssuerSettings): OpenedIssuer | undefined {
  const { jwtIssuer, jwtAudience, jwtJwksUrl, oidcClientId: clientId, oidcScopes, secret, clock } = settings;
  if (jwtIssuer === "" && clientId === "") return undefined;
  checkIssuer(settings);
  const issuer = new Issuer(jwtIssuer, jwtJwksUrl);
  const claims = { roleClaim: settings.jwtRoleClaim, modelsClaim: settings.jwtModelsClaim };
  const tokensFor = (audience: string) => new Tokens({ issuer, audience, ...claims, clock });
  const clientSecret = secretIn("access.oidcClientSecretFile", settings.oidcClientSecretFile);
  return {
    tokens: jwtAudience === "" ? undefined : tokensFor(jwtAudience),
    signIn:
      clientId === ""
        ? undefined
        : new IssuerSignIn({
            issuer,
            clientId,
            clientSecret,
            scopes: oidcScopes,
            tokens: tokensFor(clientId),
            secret,
            clock,
          }),
  };
}

function checkIssuer({ jwtIssuer, jwtAudience, oidcClientId }: IssuerSettings): void {
  if (jwtIssuer === "") {
    throw new PlatformError("invalid_argument", "access.oidcClientId needs access.jwtIssuer", {
      field: "access.jwtIssuer",
      got: "nothing",
      expected: "the issuer that people sign in with, such as https://login.example",
    });
  }
  if (jwtAudience === "" && oidcClientId === "") {
    throw new PlatformError("invalid_argument", "access.jwtIssuer needs access.jwtAudience", {
      field: "access.jwtAudience",
      got: "nothing",
      expected: "the audience that tokens for this server name",
      hint: "without it a token for another service of the same issuer would be good here",
    });
  }
}
