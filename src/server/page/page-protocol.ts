import { PlatformError } from "../../base/index.ts";
import {
  type HttpProtocol,
  type HttpReply,
  type HttpRequest,
  type HttpRoute,
  problemReply,
} from "../../protocols/index.ts";
import { type PageFile, pageFolder, readPage } from "./page-files.ts";
import { plainIndex } from "./plain-index.ts";

/** Scripts, styles and data come from this server alone; nothing is inline. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "media-src 'self' blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join("; ");

const SECURITY = {
  "content-security-policy": POLICY,
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "permissions-policy": "camera=(self), microphone=(self), geolocation=()",
};

/** Addresses that the page itself tells apart. */
const DEEP_LINKS = [
  "/",
  "/ui",
  "/ui/{page}",
  "/ui/{page}/{name}",
  "/ui/{page}/{name}/{part}",
  "/tour",
  "/tour/{step}",
];

/** The web page: one document for all its addresses, and the files that it names. */
export function pageProtocol(version: string): HttpProtocol {
  const folder = pageFolder();
  const files = folder === undefined ? undefined : onFirstUse(async () => readPage(folder));
  const route = (path: string, handle: HttpRoute["handle"]): HttpRoute => ({
    method: "GET",
    path,
    access: "public",
    handle,
  });
  const document = async (request: HttpRequest) =>
    files ? send((await files()).get("index.html"), request, "no-cache") : plain(version);
  const asset = async (request: HttpRequest) =>
    send((await files?.())?.get(`assets/${request.params["file"]}`), request, FOREVER);
  return {
    name: "page",
    prefixes: ["/ui", "/tour", "/assets"],
    routes: [
      ...DEEP_LINKS.filter((path) => files || path === "/").map((path) => route(path, document)),
      route("/assets/{file}", asset),
    ],
    failure: problemReply,
  };
}

/** Names of assets hold a digest of what is in them. */
const FOREVER = "public, max-age=31536000, immutable";

function onFirstUse<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return async () => {
    made ??= make();
    return await made;
  };
}

function send(file: PageFile | undefined, { headers, path }: HttpRequest, cacheControl: string): HttpReply {
  if (!file) throw new PlatformError("not_found", `the page has no file ${path}`);
  const shared = { etag: file.etag, "cache-control": cacheControl, vary: "accept-encoding", ...SECURITY };
  if (headers["if-none-match"] === file.etag) return { status: 304, headers: shared, body: "" };
  const accepted = headers["accept-encoding"] ?? "";
  const coded = file.coded.find(({ coding }) => accepts(accepted, coding));
  return {
    status: 200,
    headers: { ...shared, "content-type": file.type, ...(coded && { "content-encoding": coded.coding }) },
    body: coded?.bytes ?? file.bytes,
  };
}

/** Whether a client takes a content coding: it names it, and not with a weight of nothing. */
function accepts(header: string, coding: string): boolean {
  const [, weight = "1"] = header
    .split(",")
    .map((part) => part.trim().split(/\s*;\s*q=/i))
    .find(([name]) => name === coding) ?? ["", "0"];
  return Number(weight) > 0;
}

const plain = (version: string): HttpReply => ({
  status: 200,
  headers: { "content-type": "text/html; charset=utf-8" },
  body: plainIndex(version),
});
