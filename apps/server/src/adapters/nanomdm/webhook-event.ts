import { z } from 'zod';

const line = z.string().max(2000);
const ids = z.object({ id: z.string().min(1).max(500), type: line });
const shared = { ids, raw_payload: z.base64(), url_params: z.record(z.string(), z.unknown()).nullish() };
const event = z.object({
  topic: line,
  event_id: line.nullish(),
  checkin_event: z.object(shared).nullish(),
  acknowledge_event: z.object(shared).nullish(),
});

/** What NanoMDM's webhook told: one message of a Mac, with NanoMDM's own words around it. */
export type WebhookEvent = {
  /** `mdm.Authenticate`, `mdm.Connect`, … */
  readonly topic: string;
  /** NanoMDM's trace id of the Mac's request, where it gives one. */
  readonly eventId: string | null;
  /** NanoMDM's id of the enrollment: the UDID for a Mac itself. */
  readonly nanoMdmId: string;
  /** The query of the address that the Mac called. */
  readonly urlParams: Readonly<Record<string, unknown>>;
  /** The message as the Mac sent it. May hold encrypted keys. */
  readonly message: Buffer;
};

/** Reads a webhook's body; null for what is no event about a Mac's message. Nothing in it is believed yet. */
export function readWebhookEvent(body: Buffer): WebhookEvent | null {
  const read = event.safeParse(jsonOf(body));
  const said = read.data?.checkin_event ?? read.data?.acknowledge_event;
  if (!read.success || said === undefined || said === null) return null;
  return {
    topic: read.data.topic,
    eventId: read.data.event_id ?? null,
    nanoMdmId: said.ids.id,
    urlParams: said.url_params ?? {},
    message: Buffer.from(said.raw_payload, 'base64'),
  };
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return null;
  }
}
