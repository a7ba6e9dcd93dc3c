import assert from "node:assert/strict";
import type { HttpProtocol, HttpReply, HttpRoute } from "../../../src/protocols/index.ts";
import { adminOver } from "../../kit/admin.ts";
import { emptyRegistry } from "../../kit/empty-registry.ts";
import { adminRequest } from "../admin-requests.ts";
import { blamesUs, context, planes } from "../planes.ts";
import type { Random } from "../random.ts";
import type { FuzzTarget } from "../target.ts";

const protocol = adminOver(planes, emptyRegistry());

/** Sends one hostile request to a route and checks that it is answered, or refused as a problem that blames it. */
export async function tryAdmin(wire: HttpProtocol, route: HttpRoute, random: Random): Promise<void> {
  const request = adminRequest(route, random);
  const reply = await answer(wire, route, request);
  const what = `${route.method} ${route.path}: ${reply.status}`;
  if (reply.status < 400 || reply.status === 416) return;
  assert.equal(typeof reply.body, "string", what);
  assert.ok(reply.status < 500, `${what} ${reply.body as string}`);
  assert.equal(reply.headers["content-type"], "application/problem+json", what);
  const { code } = JSON.parse(reply.body as string) as { readonly code?: unknown };
  assert.equal(typeof code, "string", what);
}

async function answer(
  wire: HttpProtocol,
  route: HttpRoute,
  request: ReturnType<typeof adminRequest>,
): Promise<HttpReply> {
  try {
    const reply = await route.handle(request);
    assert.equal(reply.headers["cache-control"], "no-store");
    await readFirst(reply);
    return reply;
  } catch (thrown) {
    blamesUs(thrown);
    return wire.failure(thrown, { path: route.path, requestId: context.requestId });
  }
}

/** A streamed body is begun and left: one of events would not end. */
async function readFirst({ body }: HttpReply): Promise<void> {
  if (typeof body === "string" || !(Symbol.asyncIterator in body)) return;
  const chunks = body[Symbol.asyncIterator]();
  await chunks.next();
  await chunks.return?.();
}

/** Every route of the management API with wrong paths, queries, headers and bodies. */
export const adminTarget: FuzzTarget = {
  name: "admin",
  run: async (random) => tryAdmin(protocol, random.pick(protocol.routes), random),
};
