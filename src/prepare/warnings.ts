import { nearest } from "../base/index.ts";
import type { Column } from "../model/index.ts";
import { shorten } from "./element.ts";

/** Warnings that an answer carries at the most; the rest is only counted. */
const MAX_WARNINGS = 20;

/** Collects what was accepted in a request and may not be meant. */
export class Warnings {
  readonly #texts: string[] = [];
  #count = 0;

  /** A text that is none of the column's known values. */
  unknownCategory(column: Column, at: number, value: string): void {
    this.#count += 1;
    if (this.#count > MAX_WARNINGS) return;
    const meant = nearest(value, column.values ?? []);
    const hint = meant === undefined ? "" : `; did you mean "${meant}"?`;
    const known = column.values?.length ?? 0;
    this.#texts.push(
      `row ${at + 1}, column "${column.name}": ${JSON.stringify(shorten(value))} is none of its ${known} known values${hint}`,
    );
  }

  /** A number outside the column's stated range. */
  outside({ name, min, max }: Column, at: number, value: number): void {
    this.#count += 1;
    if (this.#count > MAX_WARNINGS) return;
    this.#texts.push(`row ${at + 1}, column "${name}": ${value} is outside ${min ?? "-∞"} to ${max ?? "∞"}`);
  }

  list(): readonly string[] {
    const more = this.#count - MAX_WARNINGS;
    return more > 0 ? [...this.#texts, `and ${more} more`] : this.#texts;
  }
}
