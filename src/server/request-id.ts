import { randomBytes } from "node:crypto";

const FORM = /^[\x21-\x7e]{1,128}$/;

const prefix = randomBytes(6).toString("hex");
let count = 0;

/** The id that a client sent, if it is 1 to 128 printable characters; otherwise a new one. */
export function chooseRequestId(sent: string | undefined): string {
  return sent !== undefined && FORM.test(sent) ? sent : nextRequestId();
}

/** An id that no other request of this process has, and none of another by chance 2^-48. */
function nextRequestId(): string {
  count += 1;
  return `${prefix}-${count.toString(36)}`;
}
