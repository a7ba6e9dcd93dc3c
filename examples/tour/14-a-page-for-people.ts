/** The web page is a client like any other: a person signs in, and what they do on it the API does by its own rules. */
import { demonstrateRegistry, prove, say } from "./kit.ts";

const json = { "content-type": "application/json" };

await demonstrateRegistry("14  A page for people", async ({ url }) => {
  const page = await fetch(`${url}/ui/models/churn`);
  const policy = page.headers.get("content-security-policy") ?? "";
  prove("every address of the page answers", (await page.text()).includes('<div id="page">'));
  prove(
    "nothing on it is inline or from elsewhere",
    /default-src 'none'/.test(policy) && !/unsafe/.test(policy),
  );

  const send = async (method: string, path: string, body: object, headers: Record<string, string> = {}) =>
    fetch(url + path, { method, headers: { ...json, ...headers }, body: JSON.stringify(body) });
  const made = await send("POST", "/api/v1/keys", { name: "me", role: "admin" });
  const { secret } = (await made.json()) as { secret: string };
  const signedIn = await send("POST", "/api/v1/session", { key: secret });
  const { csrf } = (await signedIn.json()) as { csrf: string };
  const cookie = signedIn.headers.get("set-cookie") ?? "";
  prove("a key becomes a cookie that no script can read", /HttpOnly; SameSite=Lax/.test(cookie));

  const headers = { cookie: cookie.split(";")[0] ?? "" };
  const colleague = { name: "ana", role: "predictor" };
  const foreign = await send("POST", "/api/v1/keys", colleague, headers);
  say(`a change with the cookie alone, as a foreign page could send it: ${foreign.status}`);
  const own = await send("POST", "/api/v1/keys", colleague, { ...headers, "x-csrf-token": csrf });
  say(`the same with the proof that only the page knows: ${own.status}`);
  prove(
    "a browser changes something only where its page shows the proof",
    foreign.status === 403 && own.status === 201,
  );

  await fetch(`${url}/api/v1/session`, { method: "DELETE", headers: { ...headers, "x-csrf-token": csrf } });
  const after = await fetch(`${url}/api/v1/keys`, { headers });
  prove("who has signed out is nobody, also with a copy of the cookie", after.status === 401);
});
