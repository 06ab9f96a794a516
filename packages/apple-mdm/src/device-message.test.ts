import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseDeviceMessage } from './device-message.ts';
import { writePlist } from './plist.ts';

const checkIn = writePlist({ MessageType: 'CheckOut', Topic: 'topic', UDID: 'U' });
const idle = writePlist({ Status: 'Idle', UDID: 'U' });

describe('one URL serves check-ins and answers', () => {
  it.each([
    'application/x-apple-aspen-mdm-checkin',
    'application/x-apple-aspen-mdm-checkin; charset=UTF-8',
    ' Application/X-Apple-Aspen-MDM-CheckIn;a=b;c',
    undefined,
    '',
    'text/xml',
  ])('3.1-1 a check-in sent as %s is one', (contentType) => {
    expect(parseDeviceMessage(contentType, checkIn)).toMatchObject({
      kind: 'check-in',
      checkIn: { type: 'CheckOut' },
    });
  });

  it.each([
    'application/x-apple-aspen-mdm; charset=UTF-8',
    'application/x-apple-aspen-mdm',
    undefined,
    'text/xml',
  ])('3.1-1 an answer sent as %s is one', (contentType) => {
    expect(parseDeviceMessage(contentType, idle)).toMatchObject({
      kind: 'answer',
      answer: { status: 'Idle' },
    });
  });

  it.each([
    ['application/x-apple-aspen-mdm-checkin', idle, 'missing-key at MessageType'],
    [' Application/X-Apple-Aspen-MDM-CheckIn;a=b', idle, 'missing-key at MessageType'],
    ['application/x-apple-aspen-mdm', checkIn, 'missing-key at Status'],
    ['Application/X-Apple-Aspen-MDM ; charset=UTF-8', checkIn, 'missing-key at Status'],
  ])('a body that is not what %s says is refused', (contentType, body, message) => {
    expect(() => parseDeviceMessage(contentType, body)).toThrow(message);
  });

  it('a body that is neither is refused', () => {
    expect(() => parseDeviceMessage(undefined, writePlist({ UDID: 'U' }))).toThrow('missing-key at Status');
    expect(() => parseDeviceMessage(undefined, Buffer.from('UDID'))).toThrow('property list refused');
  });
});

const reference = process.env['KEYHAVEN_REFERENCE'];

function read(name: string) {
  return parseDeviceMessage(undefined, readFileSync(path.join(reference ?? '', 'vectors/real', name)));
}

describe.runIf(reference !== undefined)('captured bodies', () => {
  it('the signed Idle body', () => {
    expect(read('mdmSignatureBody2.bin')).toMatchObject({ kind: 'answer', answer: { status: 'Idle' } });
  });

  it('an answer that echoes its RequestType', () => {
    expect(read('nanomdm-DeviceInformation.1.plist')).toMatchObject({
      kind: 'answer',
      answer: { status: 'Acknowledged', result: { RequestType: 'DeviceInformation' } },
    });
  });
});
