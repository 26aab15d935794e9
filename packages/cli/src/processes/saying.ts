/** Says on a terminal that something takes its time, and takes it away again. */

/** Does the work; meanwhile one line on stderr counts seconds, where stderr is a terminal. */
export async function saying<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
  if (!process.stderr.isTTY) return await work();
  const began = performance.now();
  const show = () => {
    const seconds = Math.floor((performance.now() - began) / 1_000);
    process.stderr.write(`\r\u001b[K${what} ... ${seconds === 0 ? "" : `${seconds} s`}`);
  };
  show();
  const timer = setInterval(show, 1_000);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    process.stderr.write("\r\u001b[K");
  }
}
