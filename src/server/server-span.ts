import type { Clock } from "../base/index.ts";
import {
  type Attributes,
  formatTraceparent,
  parseTraceparent,
  type SpanIds,
  startSpan,
  type Tracer,
} from "../telemetry/index.ts";

/** The span of one request, child of the caller's if it sent a valid `traceparent`. */
export class ServerSpan {
  /** What is handed on and returned. */
  readonly traceparent: string;
  readonly #ids: SpanIds;
  readonly #parentSpanId: string | undefined;

  private constructor(parent: SpanIds | undefined) {
    this.#ids = startSpan(parent);
    this.#parentSpanId = parent?.spanId;
    this.traceparent = formatTraceparent(this.#ids);
  }

  /** Undefined where nobody is interested: no caller's trace, and no tracer. */
  static start(tracer: Tracer | undefined, header: string | undefined): ServerSpan | undefined {
    if (header === undefined && !tracer) return undefined;
    const parent = header === undefined ? undefined : parseTraceparent(header);
    return parent || tracer ? new ServerSpan(parent) : undefined;
  }

  /** Hands the finished span to the tracer. `startMs` is a time of `clock`. */
  end(tracer: Tracer | undefined, clock: Clock, facts: SpanFacts): void {
    if (!tracer || !this.#ids.sampled) return;
    const { startMs, error, name, attributes } = facts;
    const origin = performance.timeOrigin;
    tracer.record({
      ids: this.#ids,
      ...(this.#parentSpanId !== undefined && { parentSpanId: this.#parentSpanId }),
      name,
      kind: "server",
      startMs: origin + startMs,
      endMs: origin + clock.now(),
      attributes,
      ...(error !== undefined && { error }),
    });
  }
}

/** What is known of a request once it is answered. */
export interface SpanFacts {
  readonly name: string;
  readonly startMs: number;
  readonly attributes: Attributes;
  readonly error?: string | undefined;
}
