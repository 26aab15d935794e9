/** What the client asks of the app-server: methods, params and results. */
import type { ClientRequestTypes } from "./generated/methods.ts";

/** Every method a client can call, stable, experimental and legacy. */
export type ClientMethod = keyof ClientRequestTypes;

/**
 * The params of a client request. Includes `undefined` where a method has none or can do without;
 * the wire wants the field all the same, as `{}` or null.
 */
export type ParamsOf<M extends ClientMethod> = ClientRequestTypes[M]["params"];

/** What the app-server answers to a client request. */
export type ResultOf<M extends ClientMethod> = ClientRequestTypes[M]["result"];
