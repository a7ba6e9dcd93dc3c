import { systemClock } from "../../base/index.ts";

/** Ends this process when the one that started it is gone: the system then gives it another parent. */
const LOOK_MS = 1000;
const parent = process.ppid;

function look(): void {
  if (process.ppid !== parent) process.kill(process.pid, "SIGKILL");
  systemClock.after(LOOK_MS, look);
}

look();
