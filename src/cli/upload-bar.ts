import { type Clock, systemClock } from "../base/index.ts";
import type { Progress } from "../client/index.ts";
import { note } from "./output.ts";
import { bytesText } from "./quantity.ts";

const REDRAW_MS = 100;
const WIDTH = 24;

/** Shows a transfer: a bar with rate and time left on a terminal, one line at the end elsewhere. */
export function uploadBar(isTerminal = process.stderr.isTTY, clock: Clock = systemClock): Progress {
  const startedAt = clock.now();
  let shownAt = Number.NEGATIVE_INFINITY;
  let isDone = false;
  return (sent, total) => {
    const now = clock.now();
    const isLast = sent >= total;
    if (isDone || (!isLast && (!isTerminal || now - shownAt < REDRAW_MS))) return;
    isDone = isLast;
    shownAt = now;
    const line = uploadLine(sent, total, now - startedAt);
    note(isTerminal ? `\r\u001b[K${line}${isLast ? "\n" : ""}` : `${line}\n`);
  };
}

/** "[####    ] 12 MiB of 24 MiB, 3 MiB/s, 4 s left" */
function uploadLine(sent: number, total: number, elapsedMs: number): string {
  const share = total === 0 ? 1 : sent / total;
  const bar = "#".repeat(Math.floor(share * WIDTH)).padEnd(WIDTH);
  const rate = elapsedMs > 0 ? (sent / elapsedMs) * 1000 : 0;
  const left = rate > 0 && sent < total ? `, ${Math.ceil((total - sent) / rate)} s left` : "";
  return `[${bar}] ${bytesText(sent)} of ${bytesText(total)}, ${bytesText(Math.round(rate))}/s${left}`;
}
