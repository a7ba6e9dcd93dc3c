import { renderBox } from "../table.ts";

/** Where a server listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** "http://127.0.0.1:8080": an address that a client on this machine can use. */
export function urlOf({ host, port }: Address, isSecure: boolean): string {
  const reachable = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
  return `http${isSecure ? "s" : ""}://${reachable.includes(":") ? `[${reachable}]` : reachable}:${port}`;
}

/** The one box that a server shows when it starts. */
export function addressBox(
  version: string,
  { http, grpc }: { readonly http: Address; readonly grpc: Address | undefined },
  isSecure: boolean,
): string {
  const url = urlOf(http, isSecure);
  return renderBox(`Sirve ${version}`, [
    ["REST", `${url}/predict/<model>  and  ${url}/v2`],
    ["gRPC", grpc ? urlOf(grpc, false).replace("http://", "") : "off (--grpc-enabled turns it on)"],
    ["page", `${url}/`],
    ["metrics", `${url}/metrics`],
  ]);
}
