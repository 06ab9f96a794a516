import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readWebhookEvent } from './webhook-event.ts';

const told = {
  topic: 'mdm.Connect',
  event_id: 'trace',
  created_at: '2026-11-22T12:00:00Z',
  acknowledge_event: {
    ids: { id: 'UDID-1', type: 'Device' },
    udid: 'UDID-1',
    status: 'Idle',
    raw_payload: Buffer.from('<plist/>').toString('base64'),
    url_params: { enrollment: 'a', proof: 'b' },
  },
};
const read = (event: unknown) => readWebhookEvent(Buffer.from(JSON.stringify(event)));

describe('an event of the webhook', () => {
  test('is read with the message as the Mac sent it', () => {
    expect(read(told)).toEqual({
      topic: 'mdm.Connect',
      eventId: 'trace',
      nanoMdmId: 'UDID-1',
      urlParams: { enrollment: 'a', proof: 'b' },
      message: Buffer.from('<plist/>'),
    });
  });

  test('may leave out its trace and the query', () => {
    const { url_params: _params, ...said } = told.acknowledge_event;
    const event = read({ topic: 'mdm.Authenticate', checkin_event: said });
    expect(event).toMatchObject({ topic: 'mdm.Authenticate', eventId: null, urlParams: {} });
  });

  test.each([
    ['no message', { ...told, acknowledge_event: undefined }],
    ['no id', { ...told, acknowledge_event: { ...told.acknowledge_event, ids: { type: 'Device' } } }],
    ['no base64', { ...told, acknowledge_event: { ...told.acknowledge_event, raw_payload: '<plist/>' } }],
    ['no topic', { ...told, topic: 7 }],
  ])('with %s is none', (_what, event) => {
    expect(read(event)).toBeNull();
  });

  test('is null or an event, whatever comes', () => {
    fc.assert(fc.property(fc.json(), (text) => void readWebhookEvent(Buffer.from(text))));
    fc.assert(fc.property(fc.string(), (text) => readWebhookEvent(Buffer.from(text)) === null));
  });
});
