import type { Actor } from '../../kernel/actor.ts';
import type { DeviceId } from '../../kernel/id.ts';
import type { Note } from '../../kernel/note.ts';
import type { Refusal } from '../../kernel/refusal.ts';
import { ok, type Result } from '../../kernel/result.ts';
import { type Done, type Refused, refuse, type Verb, type WriteContext } from '../../kernel/verb.ts';
import type { Database, Tx } from '../../platform/db/database.ts';
import type { Device } from './device.ts';
import { findDevice, lockDevice } from './devices.store.ts';
import { gate, type May } from './gate.ts';

/** What every verb about a Mac is asked with. */
export type DeviceInput = { readonly device: DeviceId };
/** What every verb about a Mac can read before its transaction. */
export type DevicePorts = { readonly database: Database };

type Parts<Ports, Who extends Actor, Input, Prepared, Written, Value> = {
  /** Who may do it. Checked before `prepare`, and again on the locked Mac before `write`. */
  readonly may: May;
  /** The note of a try that the gate refused, where such tries must be on record. */
  readonly noteRefusal?: (refusal: Refusal, device: DeviceId) => Note;
  readonly prepare: (context: {
    readonly ports: Ports;
    readonly actor: Who;
    readonly input: Input;
    readonly device: Device;
    readonly ids: WriteContext<Tx, Who, Input, Prepared>['ids'];
  }) => Promise<Result<Prepared, Refusal>>;
  readonly write: (
    context: WriteContext<Tx, Who, Input, Prepared> & { readonly device: Device },
  ) => Promise<Done<Written> | Refused>;
  readonly after: (context: {
    readonly ports: Ports;
    readonly actor: Who;
    readonly written: Written;
  }) => Promise<Value>;
};

type Gated<Prepared> =
  | { readonly passed: true; readonly prepared: Prepared }
  | { readonly passed: false; readonly refusal: Refusal };

/** A verb about one Mac. `write` cannot be reached but through the gate, on the locked Mac. */
export function deviceVerb<
  Ports extends DevicePorts,
  Who extends Actor,
  Input extends DeviceInput,
  Prepared,
  Written,
  Value,
>(
  parts: Parts<Ports, Who, Input, Prepared, Written, Value>,
): Verb<Tx, Ports, Who, Input, Gated<Prepared>, Written, Value> {
  const refuseAtGate = (refusal: Refusal, device: DeviceId): Refused =>
    refuse(refusal, parts.noteRefusal?.(refusal, device) ?? null);
  return {
    // A refusal of the gate goes on into `write`, because only there it can be put on record.
    async prepare({ ports, actor, input, ids }) {
      const seen = gate(await findDevice(ports.database, input.device), actor, parts.may);
      if (!seen.ok) return ok({ passed: false, refusal: seen.refusal });
      const prepared = await parts.prepare({ ports, actor, input, ids, device: seen.value });
      return prepared.ok ? ok({ passed: true, prepared: prepared.value }) : prepared;
    },
    async write({ prepared, ...context }) {
      if (!prepared.passed) return refuseAtGate(prepared.refusal, context.input.device);
      const device = gate(await lockDevice(context.tx, context.input.device), context.actor, parts.may);
      if (!device.ok) return refuseAtGate(device.refusal, context.input.device);
      return parts.write({ ...context, prepared: prepared.prepared, device: device.value });
    },
    after: parts.after,
  };
}
