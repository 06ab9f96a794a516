import { Asn1Error } from './asn1-error.ts';
import type { Asn1Node } from './node.ts';
import { TAG } from './tags.ts';
import { tlv } from './write.ts';

const UTC_TIME = /^(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/;
const GENERALIZED_TIME = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/;

/** UTCTime or GeneralizedTime as RFC 5280 4.1.2.5 restricts them: seconds, Zulu, no fraction. */
export function readTime(node: Asn1Node): Date {
  const short = node.tag === TAG.UTC_TIME;
  if (!short && node.tag !== TAG.GENERALIZED_TIME) throw new Asn1Error('unexpected', node.offset);
  const parts = (short ? UTC_TIME : GENERALIZED_TIME).exec(node.content.toString('latin1'));
  if (parts === null) throw new Asn1Error('bad-value', node.offset);
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.slice(1).map(Number);
  const fullYear = short ? year + (year >= 50 ? 1900 : 2000) : year;
  const time = new Date(0);
  time.setUTCFullYear(fullYear, month - 1, day);
  time.setUTCHours(hour, minute, second);
  // 31 February and 25 o'clock would roll over in silence.
  const real = time.getUTCMonth() === month - 1 && time.getUTCDate() === day && time.getUTCHours() === hour;
  if (!real || minute > 59 || second > 59) throw new Asn1Error('bad-value', node.offset);
  return time;
}

export function utcTime(time: Date): Buffer {
  return tlv(TAG.UTC_TIME, Buffer.from(digits(time).slice(2), 'latin1'));
}

export function generalizedTime(time: Date): Buffer {
  return tlv(TAG.GENERALIZED_TIME, Buffer.from(digits(time), 'latin1'));
}

/** The form RFC 5280 4.1.2.5 prescribes for the year. */
export function validityTime(time: Date): Buffer {
  const year = time.getUTCFullYear();
  return year >= 1950 && year < 2050 ? utcTime(time) : generalizedTime(time);
}

function digits(time: Date): string {
  return `${time.toISOString().slice(0, 19).replaceAll(/[-T:]/g, '')}Z`;
}
