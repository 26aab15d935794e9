/** What a hub remembers: its database, the journal in it, and what is kept beside it and follows from it. */
import type { DatabaseSync } from "node:sqlite";
import { createNoticeProjection } from "./dispatch/inbox/notice-projection.ts";
import { NoticeStore } from "./dispatch/inbox/notice-store.ts";
import { createMessageProjection } from "./dispatch/messages/message-projection.ts";
import { MessageStore } from "./dispatch/messages/message-store.ts";
import { FiringStore } from "./dispatch/triggers/firing-store.ts";
import { Reactor } from "./dispatch/triggers/reactor.ts";
import { TriggerSecrets } from "./dispatch/triggers/trigger-secrets.ts";
import { TriggerStore } from "./dispatch/triggers/trigger-store.ts";
import type { HubOptions } from "./hub-options.ts";
import { EventLog } from "./journal/event-log.ts";
import type { Journal } from "./journal/journal.ts";
import { Projections } from "./journal/projection.ts";
import { Retention, retain, toRetentionLimits } from "./journal/retention.ts";
import { SqliteJournal } from "./journal/sqlite-journal.ts";
import { StoredPosition } from "./journal/stored-position.ts";
import type { Log } from "./log.ts";
import { createProjectProjection, ProjectStore } from "./projects/project-store.ts";
import { createAnnouncedProjection } from "./requests/announced.ts";
import { createPolicyProjection, PolicyStore } from "./requests/policy-store.ts";
import { RequestStore } from "./requests/request-store.ts";
import { ThreadProgress } from "./runtime/thread-progress.ts";
import { createDefaultsProjection, DefaultsStore } from "./sessions/session-defaults.ts";
import { createSessionProjection } from "./sessions/session-projection.ts";
import { SessionStore } from "./sessions/session-store.ts";
import { AuditLog } from "./store/audit-log.ts";
import { openDatabase } from "./store/database.ts";
import { giveBackPages } from "./store/free-pages.ts";
import type { Teardown } from "./teardown.ts";
import { createTranscriptProjection } from "./transcript/transcript-projection.ts";
import { TranscriptStore } from "./transcript/transcript-store.ts";

/** The durable half of a hub. */
export interface HubState {
  readonly database: DatabaseSync;
  readonly journal: Journal;
  /** The one way into the journal. */
  readonly events: EventLog;
  readonly audit: AuditLog;
  readonly sessions: SessionStore;
  readonly requests: RequestStore;
  readonly policies: PolicyStore;
  readonly defaults: DefaultsStore;
  readonly projects: ProjectStore;
  readonly transcripts: TranscriptStore;
  readonly progress: ThreadProgress;
  readonly messages: MessageStore;
  readonly notices: NoticeStore;
  readonly triggers: TriggerStore;
  readonly secrets: TriggerSecrets;
  readonly firings: FiringStore;
  readonly reactor: Reactor;
}

/**
 * Opens it, applies what the journal tells and the tables do not have yet, and begins to let go of
 * what is too old. `undo` closes it. Throws `store_too_new`, and `invalid_request` for limits that
 * are none.
 */
export async function openState(
  path: string,
  options: Pick<HubOptions, "audit" | "retention">,
  log: Log,
  undo: Teardown,
): Promise<HubState> {
  const database = openDatabase(path);
  undo.defer(() => database.close());
  const journal = new SqliteJournal(database);
  undo.defer(() => journal.close());
  const kept = {
    audit: new AuditLog(database, log, options.audit),
    sessions: new SessionStore(database),
    requests: new RequestStore(database),
    policies: new PolicyStore(database),
    defaults: new DefaultsStore(database),
    projects: new ProjectStore(database),
    transcripts: new TranscriptStore(database),
    progress: new ThreadProgress(database),
    messages: new MessageStore(database),
    notices: new NoticeStore(database),
    triggers: new TriggerStore(database),
    secrets: new TriggerSecrets(database),
    firings: new FiringStore(database),
  };
  const reactor = new Reactor({
    ...kept,
    isBusy: (sessionId) => (kept.sessions.get(sessionId)?.activeTurnId ?? null) !== null,
  });
  const projections = new Projections(
    database,
    journal,
    [
      createSessionProjection(kept.sessions),
      createAnnouncedProjection(kept.requests),
      createPolicyProjection(kept.policies),
      createDefaultsProjection(kept.defaults),
      createProjectProjection(kept.projects),
      createTranscriptProjection(kept.transcripts),
      kept.progress,
      createMessageProjection(kept.messages),
      createNoticeProjection(kept.notices),
      reactor,
    ],
    (projection, event, err) =>
      log.error(
        { err, projection, seq: event.seq },
        "An event could not be applied and is passed over",
      ),
  );
  await projections.catchUp();
  const events = new EventLog(journal, projections);
  undo.defer(() => events.settled());

  const retention = new Retention({
    journal,
    limits: toRetentionLimits(options.retention),
    floor: () => ({ seq: projections.applied, at: kept.requests.oldestUnsettledAt() }),
    position: new StoredPosition(database, "retention"),
    now: Date.now,
  });
  const stop = new AbortController();
  const retaining = retain(retention, () => giveBackPages(database), log, stop.signal);
  undo.defer(() => retaining);
  undo.defer(() => stop.abort());
  return { database, journal, events, reactor, ...kept };
}
