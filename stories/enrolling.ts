import type { Device, DeviceList } from '@keyhaven/api-contract/device';
import type { CreatedEnrollment, EnrollmentProgress } from '@keyhaven/api-contract/enrollment';
import type { SimulatedMac } from '@keyhaven/mac/mac';
import type { Caller } from './faults/caller.ts';

/** Offers an enrollment and fetches its signed profile, once. */
export async function takeProfile(
  person: Caller,
  body: object = {},
): Promise<{ readonly id: string; readonly profile: Buffer }> {
  // Safe because 201 has this shape; another status has no profile, and the next call says so.
  const { id, profileUrl } = (await person.call('POST', '/api/v1/enrollments', body))
    .body as CreatedEnrollment;
  return { id, profile: await person.bytes(profileUrl) };
}

/** Enrolls the Mac as this person's; answers the enrollment's id. */
export async function enrollAs(person: Caller, mac: SimulatedMac, body: object = {}): Promise<string> {
  const { id, profile } = await takeProfile(person, body);
  await mac.enroll(profile);
  return id;
}

export const progressOf = async (person: Caller, enrollment: string): Promise<EnrollmentProgress> =>
  // Safe because the server answers in the shape of the contract.
  (await person.call('GET', `/api/v1/enrollments/${enrollment}`)).body as EnrollmentProgress;

/** Every Mac that this person sees, of everybody where they may. */
export async function macsSeenBy(person: Caller, scope: 'mine' | 'all' = 'mine'): Promise<readonly Device[]> {
  // Safe as above.
  return ((await person.call('GET', `/api/v1/devices?scope=${scope}&limit=200`)).body as DeviceList).items;
}

/** The one Mac of theirs with this UDID's serial number; throws when there is none. */
export async function macOf(
  person: Caller,
  mac: SimulatedMac,
  scope: 'mine' | 'all' = 'mine',
): Promise<Device> {
  const { serialNumber } = mac.identity;
  const found = (await macsSeenBy(person, scope)).find((device) => device.serialNumber === serialNumber);
  if (found === undefined) throw new Error('this person sees no such Mac');
  return found;
}
