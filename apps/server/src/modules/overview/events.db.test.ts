import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hours } from '../../kernel/clock.ts';
import { randomIds } from '../../kernel/id.ts';
import { announce } from '../../platform/changes/changes.ts';
import { transaction } from '../../platform/db/database.ts';
import { endSession } from '../access/access.store.ts';
import type { Person } from '../escrow/escrow-world.fixture.ts';
import { openPortal, type Portal } from './portal.fixture.ts';

let portal: Portal;
beforeAll(async () => {
  portal = await openPortal({ heartbeatMs: 20 });
});
afterAll(async () => {
  expect(portal.faults).toEqual([]);
  await portal.close();
});

const open = (who: Person): Promise<Response> =>
  fetch(`${portal.origin}/api/v1/events`, { headers: { cookie: `keyhaven=${who.token}` } });

/** What an open page hears. */
class Page {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #text = '';
  constructor(answer: Response) {
    if (answer.body === null) throw new Error('no stream');
    this.#reader = answer.body.getReader();
  }

  /** Everything heard until this text has been. */
  async until(text: string): Promise<string> {
    while (!this.#text.includes(text)) {
      const { done, value } = await this.#reader.read();
      if (done) throw new Error('the stream is over');
      this.#text += Buffer.from(value).toString();
    }
    return this.#text;
  }

  /** Resolves when the server ends the stream. */
  async end(): Promise<void> {
    while (!(await this.#reader.read()).done) continue;
  }

  async close(): Promise<void> {
    await this.#reader.cancel();
  }
}

/** A notice to this person, which is heard after everything announced before it. */
async function mark(who: Person): Promise<string> {
  const { person } = await who.actor();
  const notice = randomIds.next();
  await transaction(portal.database, (tx) => announce(tx, { kind: 'notice', person, notice }));
  return notice;
}

/** An open page that hears already: the listener may still be connecting. */
async function openPage(who: Person): Promise<Page> {
  const page = new Page(await open(who));
  const hears = page.until('event: notice').then(() => true);
  const notYet = (): Promise<boolean> => new Promise((resolve) => setTimeout(resolve, 20, false));
  do await mark(who);
  while (!(await Promise.race([hears, notYet()])));
  return page;
}

describe('the event stream', () => {
  it('tells each person of what they may see, in ids only', async () => {
    const emma = await portal.person('Emma');
    const noah = await portal.person('Noah');
    const hugo = await portal.person('Hugo', 'help-desk');
    const [hers, his, its] = [await openPage(emma), await openPage(noah), await openPage(hugo)];
    const mac = await portal.mac(emma);
    await portal.giveKey(mac, 'current');
    await portal.call(emma, 'POST', `/devices/${mac.device}/recovery-key/rotate`, {});
    const event = `event: attempt\ndata: {"deviceId":"${mac.device}","attemptId":"`;
    await hers.until(event);
    await its.until(event);
    expect(await his.until(await mark(noah))).not.toContain(mac.device);
    expect(await its.until(await mark(hugo))).not.toContain('Emma');
    for (const page of [hers, his, its]) await page.close();
  });

  it('tells of a new name, a new ownership and a removal', async () => {
    const emma = await portal.person('Emma');
    const ada = await portal.person('Ada', 'administrator');
    const mac = await portal.mac(emma);
    const page = await openPage(emma);
    const told = async () =>
      (await page.until(await mark(emma))).split(`event: device\ndata: {"deviceId":"${mac.device}"}`).length -
      1;
    expect(await told()).toBe(0);
    for (const [count, body] of [
      [1, { name: 'Studio' }],
      [2, { ownership: 'corporate' }],
    ] as const) {
      await portal.call('name' in body ? emma : ada, 'PATCH', `/devices/${mac.device}`, body);
      expect(await told()).toBe(count);
    }
    await portal.call(emma, 'DELETE', `/devices/${mac.device}`);
    expect(await told()).toBe(3);
    await page.close();
  });

  it('of a claimed Mac in quarantine is silent to the person who claims it', async () => {
    const noah = await portal.person('Noah');
    const eve = await portal.person('Eve');
    const owned = await portal.mac(noah);
    const claimed = await portal.mac(eve, { udid: owned.udid });
    const page = await openPage(eve);
    await transaction(portal.database, (tx) => announce(tx, { kind: 'device', device: claimed.device }));
    expect(await page.until(await mark(eve))).not.toContain(claimed.device);
    await page.close();
  });

  it('is not kept back or stored on the way, and shows that it is alive', async () => {
    const answer = await open(await portal.person('Lea'));
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/event-stream');
    expect(answer.headers.get('cache-control')).toBe('no-store, no-transform');
    expect(answer.headers.get('x-accel-buffering')).toBe('no');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    const page = new Page(answer);
    await page.until(':\n\n:\n\n:\n\n');
    await page.close();
  });

  it('ends with its session, by sign-out or because nobody used it for an hour', async () => {
    const leaving = await portal.person('Lea');
    const page = new Page(await open(leaving));
    const { session } = await leaving.actor();
    await transaction(portal.database, (tx) => endSession(tx, session, portal.clock.now()));
    await page.end();

    const idle = await portal.person('Idle');
    const unused = new Page(await open(idle));
    portal.clock.advance(hours(1) + 1000);
    await unused.end();
    expect((await open(idle)).status).toBe(401);
  });

  it('is open at most ten times a person', async () => {
    const greedy = await portal.person('Max');
    const pages = [];
    for (let count = 0; count < 10; count += 1) pages.push(new Page(await open(greedy)));
    const refused = await open(greedy);
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('30');
    expect((await open(await portal.person('Other'))).status).toBe(200);
    for (const page of pages) await page.close();
    for (let status = 429; status !== 200; ) {
      const again = await open(greedy);
      status = again.status;
      await again.body?.cancel();
    }
  });

  it('ends when the server stops', async () => {
    const other = await openPortal();
    const who = await other.person('Emma');
    const answer = await fetch(`${other.origin}/api/v1/events`, {
      headers: { cookie: `keyhaven=${who.token}` },
    });
    const page = new Page(answer);
    await page.until(':');
    await Promise.all([page.end(), other.close()]);
  });
});
