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

interface State {
  readonly url: string;
  readonly wrong: Misbehaviour;
  readonly codes: Map<string, Code>;
  readonly redeemed: FakeIssuer["redeemed"][number][];
  readonly keys: readonly object[];
  readonly sign: (claims: JWTPayload) => Promise<string>;
}

/** Starts an issuer whose people all have role "releaser"; `host` is a name of this machine, which tells sites apart. */
export async function startFakeIssuer(host = "127.0.0.1"): Promise<FakeIssuer> {
  const pair = await generateKeyPair("ES256");
  const server = createServer((request, response) => {
    // Answers are awaited by whoever asked; a failure here leaves them without one.
    void answer(state, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const state: State = {
    url: `http://${host}:${(server.address() as AddressInfo).port}`,
    wrong: {},
    codes: new Map(),
    redeemed: [],
    keys: [{ ...(await exportJWK(pair.publicKey)), kid: "k1", alg: "ES256", use: "sig" }],
    sign: async (claims) =>
      new SignJWT(claims).setProtectedHeader({ alg: "ES256", kid: "k1" }).setIssuedAt().sign(pair.privateKey),
  };
  return {
    url: state.url,
    wrong: state.wrong,
    redeemed: state.redeemed,
    agree: (address) => agree(state, new URL(address)),
    close: async () => new Promise((resolve) => server.close(() => resolve())),
  };
}

async function answer(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { url, wrong, keys } = state;
  const asked = new URL(request.url ?? "", url);
  if (wrong.isDown) response.writeHead(503).end();
  else if (asked.pathname === "/authorize") showPage(response, agree(state, asked));
  else if (asked.pathname === "/token") send(response, await redeem(state, request), wrong.padBytes);
  else if (asked.pathname === "/jwks") send(response, { keys }, wrong.padBytes);
  else send(response, { ...documentOf(url), ...wrong.document }, wrong.padBytes);
}

async function redeem(state: State, request: IncomingMessage): Promise<object> {
  const { codes, redeemed, sign, url, wrong } = state;
  const form = new URLSearchParams(await textOf(request));
  redeemed.push({ authorization: request.headers.authorization, form });
  const given = form.get("code") ?? "";
  const code = codes.get(given);
  codes.delete(given);
  const isGood =
    code?.redirectUri === form.get("redirect_uri") &&
    code?.challenge === s256(form.get("code_verifier") ?? "");
  if (!code || !isGood) return { error: "invalid_grant" };
  const exp = Math.ceil((performance.timeOrigin + performance.now()) / 1000) + 600;
  const { nonce, clientId: aud } = code;
  const claims = { iss: url, aud, sub: "ana", role: "releaser", nonce, exp, ...wrong.claims };
  return { id_token: await sign(claims), token_type: "Bearer" };
}

const documentOf = (issuer: string) => ({
  issuer,
  jwks_uri: `${issuer}/jwks`,
  authorization_endpoint: `${issuer}/authorize?tenant=1`,
  token_endpoint: `${issuer}/token`,
});

function agree({ codes, url }: State, address: URL): URL {
  const asked = (name: string) => address.searchParams.get(name) ?? "";
  const code = randomUUID();
  codes.set(code, {
    challenge: asked("code_challenge"),
    redirectUri: asked("redirect_uri"),
    nonce: asked("nonce"),
    clientId: asked("client_id"),
  });
  const back = new URL(asked("redirect_uri"));
  for (const [name, value] of Object.entries({ code, state: asked("state"), iss: url })) {
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

/** Where a person says yes, or no. */
function showPage(response: ServerResponse, back: URL): void {
  const no = new URL(back);
  no.searchParams.delete("code");
  no.searchParams.set("error", "access_denied");
  const link = (to: URL, text: string) => `<a href="${to.href.replaceAll("&", "&amp;")}">${text}</a>`;
  response.writeHead(200, { "content-type": "text/html" });
  response.end(`<title>Issuer</title>${link(back, "Let me in")} ${link(no, "No")}`);
}

function send(response: ServerResponse, body: object, padBytes = 0): void {
  response.writeHead("error" in body ? 400 : 200, { "content-type": "application/json" });
  response.end(JSON.stringify(body) + " ".repeat(padBytes));
}
