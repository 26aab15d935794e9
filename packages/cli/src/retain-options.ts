/** `--retain-days` and `--retain-size` as people write them. */
import { InvalidArgumentError } from "commander";

const units: Readonly<Record<string, number>> = {
  kb: 1000,
  mb: 1000 ** 2,
  gb: 1000 ** 3,
  tb: 1000 ** 4,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
  tib: 1024 ** 4,
};

/** Days to milliseconds: a number above 0, or `forever`. */
export function parseDays(text: string): number {
  if (text === "forever") return Number.POSITIVE_INFINITY;
  const days = /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0;
  if (days > 0) return days * 24 * 60 * 60 * 1000;
  throw new InvalidArgumentError("Give a number of days above 0, such as 7 or 0.5, or forever.");
}

/** A size in bytes: a number above 0 and a unit, or `forever`. */
export function parseSize(text: string): number {
  if (text === "forever") return Number.POSITIVE_INFINITY;
  const [, number, unit] = /^(\d+(?:\.\d+)?) ?([a-z]+)$/i.exec(text) ?? [];
  const bytes = Number(number) * (units[unit?.toLowerCase() ?? ""] ?? Number.NaN);
  if (bytes >= 1) return Math.floor(bytes);
  throw new InvalidArgumentError("Give a size with its unit, such as 500MB or 2GiB, or forever.");
}
