import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { PlatformError } from "../../base/index.ts";
import type { HttpReply, HttpRoute } from "../contract.ts";
import { errorsPage } from "./errors-page.ts";

/**
 * No inline script, nothing from elsewhere. Swagger UI sets style attributes and draws its icons
 * from data URIs, which is all that is let through.
 */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sirve</title>
<link rel="icon" href="/docs/favicon-32x32.png">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`;

const START = `window.ui = SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  tryItOutEnabled: true,
  displayRequestDuration: true,
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
});
`;

/** Files of swagger-ui-dist that the page needs, and nothing else of it. */
const FILES = new Map([
  ["swagger-ui.css", "text/css"],
  ["swagger-ui-bundle.js", "text/javascript"],
  ["favicon-32x32.png", "image/png"],
]);

/** The page that shows the OpenAPI document and lets every model be tried; nothing of it comes from elsewhere. */
export function docsRoutes(): HttpRoute[] {
  return [
    {
      method: "GET",
      path: "/docs",
      access: "public",
      handle: async () => page(PAGE, "text/html; charset=utf-8"),
    },
    {
      method: "GET",
      path: "/docs/start.js",
      access: "public",
      handle: async () => page(START, "text/javascript"),
    },
    {
      method: "GET",
      path: "/docs/errors",
      access: "public",
      handle: async () => page(errorsPage(), "text/html; charset=utf-8"),
    },
    {
      method: "GET",
      path: "/docs/{file}",
      access: "public",
      handle: async ({ params }) => sendFile(params["file"] ?? ""),
    },
  ];
}

function page(body: string | Uint8Array, type: string): HttpReply {
  return {
    status: 200,
    headers: { "content-type": type, "content-security-policy": POLICY, "cache-control": "no-cache" },
    body,
  };
}

async function sendFile(name: string): Promise<HttpReply> {
  const type = FILES.get(name);
  if (type === undefined) {
    throw new PlatformError("not_found", `there is no page "${name.slice(0, 60)}"`, {
      field: "path",
      got: name.slice(0, 60),
    });
  }
  const folder = dirname(createRequire(import.meta.url).resolve("swagger-ui-dist/package.json"));
  const file = page(await readFile(join(folder, name)), type);
  return { ...file, headers: { ...file.headers, "cache-control": "public, max-age=3600" } };
}
