import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import type { Peer } from "../access/index.ts";

const UNKNOWN: Peer = {};

/** Who is at the other end of a connection: the common name of a certificate that an authority of ours has signed. */
export function peerOf(socket: Socket | undefined): Peer {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return UNKNOWN;
  const { CN: name } = socket.getPeerCertificate().subject ?? {};
  return typeof name === "string" && name !== "" ? { certificateName: name } : UNKNOWN;
}
