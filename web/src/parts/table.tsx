import type { JSX, ReactNode } from "react";
import style from "./table.module.css";

export interface TableColumn<Row> {
  readonly title: string;
  readonly cell: (row: Row) => ReactNode;
  /** Numbers stand to the right. */
  readonly isNumber?: boolean;
}

interface TableProps<Row> {
  /** What the table is of; read aloud, not shown. */
  readonly caption: string;
  readonly columns: readonly TableColumn<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string | number;
}

/** Rows under titles; the first column names the row. On a narrow screen it scrolls by itself. */
export function Table<Row>({ caption, columns, rows, keyOf }: TableProps<Row>): JSX.Element {
  return (
    // What scrolls must be reached by the keyboard.
    <section className={style["scroll"]} aria-label={caption} tabIndex={0}>
      <table className={style["table"]}>
        <caption className="unseen">{caption}</caption>
        <thead>
          <tr>
            {columns.map(({ title, isNumber }) => (
              <th key={title} scope="col" data-number={isNumber}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row key={keyOf(row)} columns={columns} row={row} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

interface RowProps<T> {
  readonly columns: readonly TableColumn<T>[];
  readonly row: T;
}

function Row<T>({ columns, row }: RowProps<T>): JSX.Element {
  const [first, ...others] = columns;
  return (
    <tr>
      {first && <th scope="row">{first.cell(row)}</th>}
      {others.map(({ title, cell, isNumber }) => (
        <td key={title} data-number={isNumber}>
          {cell(row)}
        </td>
      ))}
    </tr>
  );
}
