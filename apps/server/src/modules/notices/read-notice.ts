import type { PersonActor } from '../../kernel/actor.ts';
import type { NoticeId } from '../../kernel/id.ts';
import { ok } from '../../kernel/result.ts';
import { done, refuse, type Verb } from '../../kernel/verb.ts';
import { announce } from '../../platform/changes/changes.ts';
import type { Tx } from '../../platform/db/database.ts';
import { findNotice, markRead } from './notices.store.ts';

type Input = { readonly notice: NoticeId };

/** The person has seen it. It is on record too, so that nobody can say that they were never told. */
export const readNotice: Verb<Tx, object, PersonActor, Input, null, null, null> = {
  prepare: async () => ok(null),
  async write({ tx, actor, input, now }) {
    const notice = await findNotice(tx, input.notice, actor.person);
    if (notice === null) return refuse({ kind: 'not-found' });
    await markRead(tx, notice.id, now);
    await announce(tx, { kind: 'notice', person: actor.person, notice: notice.id });
    const about = notice.device === null ? {} : { device: notice.device };
    return done(null, { action: 'notice.read', ...about, detail: { notice: notice.id } });
  },
  after: async () => null,
};
