/** NanoMDM's queue of one id (reference/peers.md 5.2): first in, first out, but for what said NotNow. */
export class StandInQueue {
  readonly #entries: { readonly uuid: string; readonly body: Buffer; notNow: boolean }[] = [];

  get uuids(): readonly string[] {
    return this.#entries.map(({ uuid }) => uuid);
  }

  add(uuid: string, body: Buffer): void {
    this.#entries.push({ uuid, body, notNow: false });
  }

  clear(): void {
    this.#entries.splice(0);
  }

  /** Keeps what the Mac said of a command, and returns the next one, or null. */
  after(status: string, uuid: string | null): Buffer | null {
    const at = this.#entries.findIndex((entry) => entry.uuid === uuid);
    const answered = this.#entries[at];
    if (answered !== undefined && status === 'NotNow') answered.notNow = true;
    else if (answered !== undefined) this.#entries.splice(at, 1);
    // While the Mac keeps saying NotNow, what it put off is skipped; at its next other word it is offered again.
    const next = this.#entries.find((entry) => status !== 'NotNow' || !entry.notNow);
    return next?.body ?? null;
  }
}
