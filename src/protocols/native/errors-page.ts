import { STATUS } from "../../base/index.ts";

/** Every error code as a page: where the `type` of a problem leads to. */
export function errorsPage(): string {
  const rows = Object.entries(STATUS).map(
    ([code, { http, grpc, meaning }]) =>
      `<tr id="${code}"><td><code>${code}</code></td><td>${http}</td><td>${grpc}</td><td>${meaning}</td></tr>`,
  );
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Errors of Sirve</title></head>
<body>
<h1>Errors</h1>
<table>
<thead><tr><th>code</th><th>HTTP</th><th>gRPC</th><th>meaning</th></tr></thead>
<tbody>
${rows.join("\n")}
</tbody>
</table>
</body>
</html>
`;
}
