/** A notice as a row of the database. */
import type { SQLOutputValue } from "node:sqlite";
import type { Notice } from "@signalbox/contract";

/** One notice, and its place: they count up in the order in which they were told. */
export interface NoticeRow {
  readonly number: number;
  readonly notice: Notice;
}

/** What does not change of a notice stands together, as JSON. */
type Told = Omit<Notice, "noticeId" | "to" | "kind" | "state" | "at" | "acknowledgedAt">;

/** The notice as the named values of a row. */
export function toColumns(notice: Notice) {
  const { noticeId: id, to, kind, state, at, acknowledgedAt, ...told } = notice;
  return { id, recipient: to, kind, state, at, acknowledgedAt, told: JSON.stringify(told) };
}

/** The row of a result. */
export function fromRow(row: Record<string, SQLOutputValue>): NoticeRow {
  return {
    number: row.number as number,
    notice: {
      ...(JSON.parse(String(row.told)) as Told),
      noticeId: row.id as string,
      to: row.recipient as string | null,
      kind: row.kind as Notice["kind"],
      state: row.state as Notice["state"],
      at: row.at as number,
      acknowledgedAt: row.acknowledged_at as number | null,
    },
  };
}
