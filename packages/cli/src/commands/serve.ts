/** `signalbox serve`: the hub in the foreground. */
import { type RuntimeKind, startHub } from "@signalbox/hub";
import { hubHome } from "@signalbox/sdk/node";
import { reportFailure } from "../exit.ts";

/** The command's options. */
export interface ServeOptions {
  readonly host: string;
  readonly port: number;
  readonly home?: string;
  readonly codex?: string;
  readonly allowExec?: boolean;
  readonly allowAppServerMethod?: readonly string[];
  readonly lockDefaults?: boolean;
  readonly runtime: string;
  /** Milliseconds. */
  readonly retainDays?: number;
  /** Bytes. */
  readonly retainSize?: number;
  readonly json?: boolean;
}

/**
 * Runs until SIGTERM or SIGINT, then drains; resolves with the exit code. Says one line on stdout
 * when ready, and nothing else there: the log goes to stderr. Told to end before it is ready, the
 * process ends at once.
 */
export async function serve(options: ServeOptions): Promise<number> {
  const stopped = new Promise<void>((resolve) => {
    // Once each: a second signal ends the process as it would without us.
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => resolve());
    // A program that keeps an IPC channel to us wants us to end with it, however it ends.
    if (process.connected) process.once("disconnect", () => resolve());
  });
  try {
    const codexPath = options.codex ?? (process.env.SIGNALBOX_CODEX || undefined);
    const starting = startHub({
      home: options.home ?? hubHome(),
      host: options.host,
      port: options.port,
      // A wrong word is refused by the hub, by name.
      runtime: options.runtime as RuntimeKind,
      ...(codexPath === undefined ? {} : { codexPath }),
      retention: {
        ...(options.retainDays === undefined ? {} : { maxAge: options.retainDays }),
        ...(options.retainSize === undefined ? {} : { maxSize: options.retainSize }),
      },
      allowExec: options.allowExec,
      lockDefaults: options.lockDefaults ?? false,
      allowedMethods: options.allowAppServerMethod,
    });
    // Nobody was told of this hub yet, so there is nothing to drain: what it holds ends with it.
    const isStopped = await Promise.race([starting.then(() => false), stopped.then(() => true)]);
    if (isStopped) process.exit(0);
    await using hub = await starting;
    const { url } = hub;
    const ready =
      options.json === true
        ? JSON.stringify({ url, pid: process.pid })
        : `signalbox listening on ${url}`;
    process.stdout.write(`${ready}\n`);
    await stopped;
    return 0;
  } catch (error) {
    return reportFailure(error, options);
  } finally {
    // The channel would keep this process alive.
    if (process.connected) process.disconnect();
  }
}
