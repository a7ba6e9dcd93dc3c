import { PlatformError } from "../../base/index.ts";
import type { HttpProtocol, HttpRoute } from "../../protocols/index.ts";
import { matchSegment, parseTemplate, type Segment } from "./template.ts";

/** What the table knows of one route, looked up once. */
export interface Endpoint {
  readonly protocol: HttpProtocol;
  readonly route: HttpRoute;
}

/** Who answers a method and path. */
export type Match =
  | { readonly kind: "found"; readonly endpoint: Endpoint; readonly params: Readonly<Record<string, string>> }
  /** A value in the path is not valid percent-encoding. */
  | { readonly kind: "malformed"; readonly protocol: HttpProtocol; readonly error: PlatformError }
  | {
      readonly kind: "method";
      readonly allow: readonly string[];
      readonly protocol: HttpProtocol | undefined;
    }
  | { readonly kind: "none"; readonly protocol: HttpProtocol | undefined };

type NameSegment = Extract<Segment, { kind: "name" }>;

/** A place in the tree of paths, one segment per level. */
interface Node {
  readonly literals: Map<string, Node>;
  /** The most literal text first. */
  readonly names: { readonly segment: NameSegment; readonly node: Node }[];
  readonly byMethod: Map<string, Endpoint>;
}

/** Paths remembered with their match: clients send the same few again and again. */
const MAX_REMEMBERED = 1024;

/** The routes of all protocols: literal segments win over names, and longer literals over shorter. */
export class RouteTable {
  readonly #root: Node = createNode();
  readonly #prefixes: { readonly prefix: string; readonly protocol: HttpProtocol }[] = [];
  readonly #remembered = new Map<string, Map<string, Match>>();
  #rememberedCount = 0;

  /** @throws RangeError if two routes have the same method and path. */
  constructor(protocols: readonly HttpProtocol[]) {
    for (const protocol of protocols) {
      for (const route of protocol.routes) this.#add({ protocol, route });
      for (const prefix of protocol.prefixes) this.#prefixes.push({ prefix, protocol });
    }
    this.#prefixes.sort((a, b) => b.prefix.length - a.prefix.length);
  }

  /** O(1) for a path seen before, else O(segments). HEAD is answered by GET. */
  match(method: string, path: string): Match {
    const known = this.#remembered.get(method)?.get(path);
    if (known) return known;
    const match = this.#find(method, path);
    if (match.kind === "found") this.#remember(method, path, match);
    return match;
  }

  #remember(method: string, path: string, match: Match): void {
    if (this.#rememberedCount >= MAX_REMEMBERED) {
      this.#remembered.clear();
      this.#rememberedCount = 0;
    }
    let paths = this.#remembered.get(method);
    if (!paths) {
      paths = new Map();
      this.#remembered.set(method, paths);
    }
    paths.set(path, match);
    this.#rememberedCount += 1;
  }

  #add(endpoint: Endpoint): void {
    const { method, path } = endpoint.route;
    let node = this.#root;
    for (const segment of parseTemplate(path)) node = childOf(node, segment);
    if (node.byMethod.has(method)) throw new RangeError(`two routes for ${method} ${path}`);
    node.byMethod.set(method, endpoint);
  }

  #find(method: string, path: string): Match {
    const allow = new Set<string>();
    const search: Search = { path, method, allow, values: [] };
    const endpoint = find(this.#root, 1, search);
    if (endpoint) return decode(endpoint, search.values);
    const protocol = this.#ownerOf(path);
    return allow.size > 0
      ? { kind: "method", allow: printAllow(allow), protocol }
      : { kind: "none", protocol };
  }

  /** The protocol with the longest prefix of `path` that ends at a segment. */
  #ownerOf(path: string): HttpProtocol | undefined {
    return this.#prefixes.find(({ prefix }) => isUnder(path, prefix))?.protocol;
  }
}

interface Search {
  readonly path: string;
  readonly method: string;
  /** Methods of routes whose path matches. */
  readonly allow: Set<string>;
  /** Name and raw value of each segment with a name, so far. */
  readonly values: [string, string][];
}

/** The endpoint below `node` for the path from `from` on; depth is that of the tree, not of the path. */
function find(node: Node, from: number, search: Search): Endpoint | undefined {
  if (from > search.path.length) return choose(node, search);
  const slash = search.path.indexOf("/", from);
  const end = slash === -1 ? search.path.length : slash;
  const text = search.path.slice(from, end);
  const literal = node.literals.get(text);
  const found = literal && find(literal, end + 1, search);
  if (found) return found;
  for (const { segment, node: next } of node.names) {
    const value = matchSegment(segment, text);
    if (value === undefined) continue;
    search.values.push([segment.name, value]);
    const deeper = find(next, end + 1, search);
    if (deeper) return deeper;
    search.values.pop();
  }
  return undefined;
}

function choose({ byMethod }: Node, { method, allow }: Search): Endpoint | undefined {
  for (const allowed of byMethod.keys()) allow.add(allowed);
  return byMethod.get(method) ?? (method === "HEAD" ? byMethod.get("GET") : undefined) ?? byMethod.get("*");
}

function decode(endpoint: Endpoint, values: readonly [string, string][]): Match {
  const params: Record<string, string> = {};
  for (const [name, raw] of values) {
    try {
      params[name] = raw.includes("%") ? decodeURIComponent(raw) : raw;
    } catch {
      const details = { field: name, got: raw.slice(0, 100), expected: "%XX escapes that are UTF-8" };
      const error = new PlatformError(
        "invalid_argument",
        `${name} in the path is not valid percent-encoding`,
        details,
      );
      return { kind: "malformed", protocol: endpoint.protocol, error };
    }
  }
  return { kind: "found", endpoint, params: Object.freeze(params) };
}

function printAllow(allow: ReadonlySet<string>): string[] {
  const methods = new Set(allow);
  if (methods.has("GET")) methods.add("HEAD");
  methods.add("OPTIONS");
  return [...methods].toSorted();
}

const createNode = (): Node => ({ literals: new Map(), names: [], byMethod: new Map() });

function childOf(node: Node, segment: Segment): Node {
  if (segment.kind === "literal") {
    const child = node.literals.get(segment.text) ?? createNode();
    node.literals.set(segment.text, child);
    return child;
  }
  const known = node.names.find(({ segment: other }) => isSame(other, segment));
  if (known) return known.node;
  const child = createNode();
  node.names.push({ segment, node: child });
  node.names.sort((a, b) => literalLength(b.segment) - literalLength(a.segment));
  return child;
}

const isSame = (a: NameSegment, b: NameSegment) =>
  a.name === b.name && a.before === b.before && a.after === b.after;

const literalLength = ({ before, after }: NameSegment) => before.length + after.length;

const isUnder = (path: string, prefix: string) =>
  path === prefix || prefix === "/" || path.startsWith(prefix.endsWith("/") ? prefix : `${prefix}/`);
