/** What stands at "/" in a checkout whose page was not built. */
export function plainIndex(version: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sirve</title>
<h1>Sirve ${version}</h1>
<p>The web page is not built here: <code>npm run build</code> builds it, and <code>npm start</code> does.</p>
<ul>
<li><a href="/docs">Try the models</a></li>
<li><a href="/openapi.json">OpenAPI description</a></li>
<li><a href="/api/v1/models">Models</a></li>
<li><a href="/metrics">Metrics</a></li>
<li><a href="/health/ready">Readiness</a></li>
</ul>
</html>
`;
}
