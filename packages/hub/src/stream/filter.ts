/** What one reader of the stream wants: which journaled events, and which views of them. */
import { createTypeMatcher, type ViewName } from "@signalbox/contract";
import { viewNames, viewSources } from "./views.ts";

/** What a reader asked for. */
export interface FilterRequest {
  /** Only this thread's events, and broadcast ones; null for all. */
  readonly threadId: string | null;
  /** Only these types and views; null for all events. */
  readonly types: readonly string[] | null;
  /** A reader that named no version gets the views it does not know it would have to name. */
  readonly legacy: boolean;
  /** Threads that only those see who ask for exactly them. Default: none. */
  readonly isHidden?: (threadId: string) => boolean;
}

/** A compiled filter. */
export interface StreamFilter extends FilterRequest {
  /** Filters of one thread and one key let the same through. */
  readonly key: string;
  /** What must be read of the journal; undefined for everything. */
  readonly sources: readonly string[] | undefined;
  /** Whether a thread's events may be seen. */
  readonly sees: (threadId: string | null) => boolean;
  readonly wantsType: (type: string) => boolean;
  readonly wantsView: (view: ViewName) => boolean;
  /** Whether any view is wanted at all. */
  readonly wantsViews: boolean;
}

/** Compiles what a reader asked for. */
export function createFilter(request: FilterRequest): StreamFilter {
  const { types, legacy, threadId, isHidden = () => false } = request;
  const views = new Set(viewNames.filter((view) => isWanted(view, request)));
  const matches = createTypeMatcher(types);
  const known = new Map<string, boolean>();
  return {
    ...request,
    key: JSON.stringify([types, legacy]),
    sources: types === null ? undefined : [...types, ...[...views].flatMap(viewSources)],
    sees: (id) => id === null || id === threadId || !isHidden(id),
    wantsType(type) {
      let wanted = known.get(type);
      if (wanted === undefined) {
        wanted = matches(type);
        known.set(type, wanted);
      }
      return wanted;
    },
    wantsView: (view) => views.has(view),
    wantsViews: views.size > 0,
  };
}

function isWanted(view: ViewName, { types, legacy }: FilterRequest): boolean {
  // Every notification once more, so it must be asked for by its whole name.
  if (view === "notification") return types?.includes(view) ?? false;
  if (types === null) return legacy;
  const named = legacy ? types : types.filter((type) => type !== "*");
  return createTypeMatcher(named)(view);
}
