import { renderBox } from "../table.ts";

/** Where a server listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** "http://127.0.0.1:8080": an address that a client on this machine can use. */
export function urlOf({ host, port }: Address): string {
  const reachable = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
  return `http://${reachable.includes(":") ? `[${reachable}]` : reachable}:${port}`;
}

/** The one box that a server shows when it starts. */
export function addressBox(version: string, http: Address, grpc: Address | undefined): string {
  const url = urlOf(http);
  return renderBox(`Sirve ${version}`, [
    ["REST", `${url}/predict/<model>  and  ${url}/v2`],
    ["gRPC", grpc ? urlOf(grpc).replace("http://", "") : "off (--grpc-enabled turns it on)"],
    ["page", `${url}/docs`],
    ["metrics", `${url}/metrics`],
  ]);
}
