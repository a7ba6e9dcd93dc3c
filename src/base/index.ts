export { type Clock, systemClock } from "./clock.ts";
export { Deadline, Deadlines } from "./deadline.ts";
export { type ErrorCode, type ErrorDetails, PlatformError, STATUS } from "./error.ts";
export { Waiters } from "./waiters.ts";
