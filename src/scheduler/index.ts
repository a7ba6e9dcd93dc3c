export type { BatchEvent, Depth } from "./batch-queue.ts";
export type { CurvePoint } from "./curve.ts";
export type { Answer } from "./entry.ts";
export { whyNotJoined } from "./joinable.ts";
export { type LaneClaim, LaneShare } from "./lane-share.ts";
export { type Profile, type ProfileLimits, profileSession } from "./profile.ts";
export { createScheduler, type RequestOptions, type Scheduler } from "./scheduler.ts";
export type { SchedulerOptions } from "./scheduler-options.ts";
export type { Defer } from "./wake-timer.ts";
