/**
 * Handlers written as methods: `@box.onEvent("session.created")` above one. A decorator runs once
 * per class, before there is an object, so the registration waits for each object to be made, and
 * belongs to it.
 */
import { SignalboxError } from "@signalbox/contract";
import type { HandlerContext } from "../router/route.ts";
import type { HandlerMode, ResultIn } from "./handler-mode.ts";

/**
 * A standard decorator for a method that takes this value. The method is called with its object as
 * `this`; a static one with its class. Registered when the object is made (a static one with its
 * class), and removed by `removeHandlers(object)`. A subclass that overrides the method without
 * the decorator changes nothing: it is the decorated function that was registered.
 */
export type HandlerDecorator<Value, Mode extends HandlerMode = "async"> = <This extends object>(
  method: (this: This, value: Value, context: HandlerContext) => ResultIn<Mode>,
  context: ClassMethodDecoratorContext<This>,
) => void;

/** What the decorators of one client have registered, by the object it belongs to. */
export class DecoratedHandlers {
  readonly #removals = new WeakMap<object, (() => void)[]>();

  /** The decorator for one registration. `register` is called for each object, with the bound method. */
  decorator<Value>(
    register: (handler: (value: Value, context: HandlerContext) => unknown) => () => void,
  ): HandlerDecorator<Value> {
    return (method, context) => {
      refuseOtherDecorators(context);
      const removals = this.#removals;
      context.addInitializer(function () {
        const removal = register(method.bind(this));
        removals.set(this, [...(removals.get(this) ?? []), removal]);
      });
    };
  }

  /** Removes what was registered for this object. Idempotent. */
  remove(owner: object): void {
    for (const removal of this.#removals.get(owner) ?? []) removal();
    this.#removals.delete(owner);
  }
}

// The older decorators of TypeScript are called with the name of the method in place of a context.
function refuseOtherDecorators(context: unknown): void {
  if (typeof context === "object" && context !== null && "addInitializer" in context) return;
  throw new SignalboxError(
    "invalid_request",
    "Handlers take standard decorators on methods: compile without experimentalDecorators, or register with a function as the last argument.",
  );
}
