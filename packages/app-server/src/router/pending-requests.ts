/** The requests that wait for their answer, by id. */
import type { RequestId } from "@signalbox/protocol";
import type { AppServerError } from "../errors.ts";
import type { Response } from "./message.ts";

type Waiter = PromiseWithResolvers<Response> & { readonly heard: (response: Response) => void };

export class PendingRequests {
  readonly #waiting = new Map<RequestId, Waiter>();

  get size(): number {
    return this.#waiting.size;
  }

  /**
   * Waits for the answer with this id. `heard` gets it on the reader, before anything that comes after it;
   * what it throws the waiter gets instead.
   */
  add(id: RequestId, heard: (response: Response) => void = () => {}): Promise<Response> {
    const waiter = Promise.withResolvers<Response>();
    this.#waiting.set(id, { ...waiter, heard });
    return waiter.promise;
  }

  /** The caller no longer waits: a late answer will be ignored. */
  forget(id: RequestId): void {
    this.#waiting.delete(id);
  }

  /** False when nobody waits for this answer (a late one, or a second one under the same id). */
  settle(response: Response): boolean {
    const waiter = this.#waiting.get(response.id);
    if (!waiter) return false;
    this.#waiting.delete(response.id);
    try {
      waiter.heard(response);
      waiter.resolve(response);
    } catch (error) {
      waiter.reject(error);
    }
    return true;
  }

  failAll(error: AppServerError): void {
    for (const waiter of this.#waiting.values()) waiter.reject(error);
    this.#waiting.clear();
  }
}
