/** The formats that are checked. Another name is a note to the reader, as the specification has it. */

const matching = (pattern: RegExp) => (text: string) => pattern.test(text);

const time = /^([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?(z|[+-]([01]\d|2[0-3]):[0-5]\d)$/i;

const formats: Readonly<Record<string, (text: string) => boolean>> = {
  date: isDate,
  time: matching(time),
  "date-time": (text) =>
    isDate(text.slice(0, 10)) && /^t$/i.test(text[10] ?? "") && time.test(text.slice(11)),
  email: matching(/^[^\s@"]+@[^\s@.]+(\.[^\s@.]+)*$/),
  uri: (text) => /^[a-z][a-z0-9+.-]*:/i.test(text) && URL.canParse(text),
  uuid: matching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i),
  ipv4: matching(/^((25[0-5]|2[0-4]\d|1?\d?\d)(\.|$)){4}$/),
  hostname: matching(
    /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i,
  ),
};

/** Whether a text has a format; true for a format that is not checked. */
export function isFormat(format: string, text: string): boolean {
  return Object.hasOwn(formats, format) ? formats[format]!(text) : true;
}

function isDate(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  // A day that does not exist becomes another one, or none.
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}
