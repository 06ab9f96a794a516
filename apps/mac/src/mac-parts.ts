import type { BehaviourSlot } from './behaviours/behaviour-slot.ts';
import type { MacRecord } from './mac-record.ts';
import type { Enrollment } from './mac-state.ts';
import { type MdmLine, openLine } from './mdm-line.ts';
import type { Surroundings } from './surroundings.ts';

/** What the rooms of one Mac share. */
export type MacParts = {
  readonly record: MacRecord;
  readonly surroundings: Surroundings;
  readonly behaviour: BehaviourSlot;
  /** The line of an enrollment; one is kept until the enrollment changes. */
  readonly line: (enrollment: Enrollment) => MdmLine;
  readonly trust: string | undefined;
  /** Gets the profile that a re-enrolling Mac installs; null: there is none. */
  readonly reEnroll: () => Promise<Buffer | null>;
};

/** Keeps the line last asked for: reading a private key costs more than a request. */
export function lineKeeper(
  record: MacRecord,
  surroundings: Surroundings,
  trust: string | undefined,
): MacParts['line'] {
  let kept: { readonly certificate: Buffer; readonly serverUrl: string; readonly line: MdmLine } | null =
    null;
  return (enrollment) => {
    if (kept?.certificate === enrollment.certificate && kept.serverUrl === enrollment.serverUrl)
      return kept.line;
    kept?.line.hangUp();
    const line = openLine(enrollment, record.state.habits.signature, surroundings.now, trust);
    kept = { certificate: enrollment.certificate, serverUrl: enrollment.serverUrl, line };
    return line;
  };
}
