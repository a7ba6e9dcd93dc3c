export type { BatchEvent } from "./batch-queue.ts";
export type { Answer } from "./entry.ts";
export { LaneShare } from "./lane-share.ts";
export { type Profile, profileSession } from "./profile.ts";
export { createScheduler, type Scheduler } from "./scheduler.ts";
export type { SchedulerOptions } from "./scheduler-options.ts";
export { sharedSession } from "./shared-session.ts";
