import { createHash, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";

/** How an issuer misbehaves. */
export interface Misbehaviour {
  /** Answers everything with 503. */
  isDown?: boolean;
  /** Adds this many bytes to its documents. */
  padBytes?: number;
  /** Changes what the identity token says. */
  claims?: JWTPayload;
  /** Changes its discovery document. */
  document?: Readonly<Record<string, unknown>>;
}

/** An OpenID Connect issuer within this process, which knows one client and does as it is told. */
export interface FakeIssuer {
  readonly url: string;
  readonly wrong: Misbehaviour;
  /** What its token endpoint was asked with: Authorization, and the form. */
  readonly redeemed: { readonly authorization: string | undefined; readonly form: URLSearchParams }[];
  /** What the person's browser gets when it comes here with `address` and the person agrees: where to go back to. */
  agree(address: string): URL;
  close(): Promise<void>;
}

interface Code {
  readonly challenge: string;
  readonly redirectUri: string;
  readonly nonce: string;
  readonly clientId: string;
}

/** Starts an issuer whose people all have role "releaser". */
export async function startFakeIssuer(): Promise<FakeIssuer> {
  const pair = await generateKeyPair("ES256");
  const keys = [{ ...(await exportJWK(pair.publicKey)), kid: "k1", alg: "ES256", use: "sig" }];
  const codes = new Map<string, Code>();
  const wrong: Misbehaviour = {};
  const redeemed: FakeIssuer["redeemed"][number][] = [];
  const exp = Math.ceil((performance.timeOrigin + performance.now()) / 1000) + 600;
  const token = async ({ nonce, clientId }: Code) =>
    new SignJWT({ iss: url, aud: clientId, sub: "ana", role: "releaser", nonce, exp, ...wrong.claims })
      .setProtectedHeader({ alg: "ES256", kid: "k1" })
      .setIssuedAt()
      .sign(pair.privateKey);
  const redeem = async (form: URLSearchParams): Promise<object> => {
    const code = codes.get(form.get("code") ?? "");
    codes.delete(form.get("code") ?? "");
    const isGood =
      code?.redirectUri === form.get("redirect_uri") &&
      code?.challenge === s256(form.get("code_verifier") ?? "");
    return code && isGood
      ? { id_token: await token(code), token_type: "Bearer" }
      : { error: "invalid_grant" };
  };
  const server = createServer((request, response) => {
    const pages = new Map<string, () => Promise<object>>([
      ["/.well-known/openid-configuration", async () => ({ ...documentOf(url), ...wrong.document })],
      ["/jwks", async () => ({ keys })],
      [
        "/token",
        async () => {
          const form = new URLSearchParams(await textOf(request));
          redeemed.push({ authorization: request.headers.authorization, form });
          return redeem(form);
        },
      ],
    ]);
    const page = pages.get(request.url ?? "");
    if (wrong.isDown || !page) response.writeHead(503).end();
    // Answers are awaited by whoever asked; a failure here leaves them without one.
    else void page().then((answer) => send(response, answer, wrong.padBytes ?? 0));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    wrong,
    redeemed,
    agree: (address) => agree(new URL(address), codes, url),
    close: async () => new Promise((resolve) => server.close(() => resolve())),
  };
}

const documentOf = (issuer: string) => ({
  issuer,
  jwks_uri: `${issuer}/jwks`,
  authorization_endpoint: `${issuer}/authorize?tenant=1`,
  token_endpoint: `${issuer}/token`,
});

function agree(address: URL, codes: Map<string, Code>, issuer: string): URL {
  const asked = (name: string) => address.searchParams.get(name) ?? "";
  const code = randomUUID();
  codes.set(code, {
    challenge: asked("code_challenge"),
    redirectUri: asked("redirect_uri"),
    nonce: asked("nonce"),
    clientId: asked("client_id"),
  });
  const back = new URL(asked("redirect_uri"));
  for (const [name, value] of Object.entries({ code, state: asked("state"), iss: issuer })) {
    back.searchParams.set(name, value);
  }
  return back;
}

const s256 = (text: string) => createHash("sha256").update(text).digest("base64url");

async function textOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const part of request.setEncoding("utf8")) text += String(part);
  return text;
}

function send(response: ServerResponse, answer: object, padBytes: number): void {
  response.writeHead("error" in answer ? 400 : 200, { "content-type": "application/json" });
  response.end(JSON.stringify(answer) + " ".repeat(padBytes));
}
