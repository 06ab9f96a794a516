import { createHmac } from 'node:crypto';

/** What becomes of the next event that fits, on its way to the webhook. */
export type Mishap = {
  readonly fits: (event: StandInEvent) => boolean;
  readonly does: 'drop' | 'double' | 'hold';
};

export type StandInEvent = {
  readonly topic: string;
  readonly event_id: string;
  readonly created_at: string;
  readonly checkin_event?: EventBody;
  readonly acknowledge_event?: EventBody & { readonly status: string; readonly command_uuid?: string };
};
export type EventBody = {
  readonly ids: { readonly id: string; readonly type: string; readonly parent_id?: string };
  readonly udid?: string;
  readonly raw_payload: string;
  readonly url_params: Readonly<Record<string, string>>;
  readonly token_update_tally?: number;
};

/** Sends events as NanoMDM does: once, whatever is answered, and in no promised order. */
export class Webhook {
  readonly mishaps: Mishap[] = [];
  readonly statuses: number[] = [];
  readonly sent: StandInEvent[] = [];
  readonly dropped: StandInEvent[] = [];
  readonly #url: () => URL;
  readonly #key: string;
  readonly #underWay = new Set<Promise<void>>();
  #held: StandInEvent[] = [];

  constructor(url: () => URL, key: string) {
    this.#url = url;
    this.#key = key;
  }

  /** Not awaited by whoever answers the Mac. */
  tell(event: StandInEvent): void {
    const sending = this.#deliver(event).finally(() => this.#underWay.delete(sending));
    this.#underWay.add(sending);
  }

  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  async #deliver(event: StandInEvent): Promise<void> {
    const at = this.mishaps.findIndex(({ fits }) => fits(event));
    const [mishap] = at === -1 ? [] : this.mishaps.splice(at, 1);
    if (mishap?.does === 'drop') {
      this.dropped.push(event);
      return;
    }
    if (mishap?.does === 'hold') {
      this.#held.push(event);
      return;
    }
    await this.post(event);
    if (mishap?.does === 'double') await this.post(event);
    const held = this.#held;
    this.#held = [];
    for (const late of held) await this.post(late);
  }

  async post(event: StandInEvent): Promise<void> {
    const body = JSON.stringify(event);
    this.sent.push(event);
    const signature = createHmac('sha256', this.#key).update(body).digest('base64');
    const headers = {
      'content-type': 'application/json; charset=utf-8',
      'x-hmac-signature': signature,
    };
    const response = await fetch(this.#url(), { method: 'POST', headers, body }).catch(() => null);
    this.statuses.push(response?.status ?? 0);
    await response?.arrayBuffer();
  }
}
