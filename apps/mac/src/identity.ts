import { makeUuid, type Surroundings } from './surroundings.ts';

/** What a Mac says of itself; all of it is its own word. */
export type MacIdentity = {
  readonly udid: string;
  readonly serialNumber: string;
  readonly name: string;
  readonly model: string;
  readonly modelName: string;
  readonly osVersion: string;
  readonly buildVersion: string;
};

const SERIAL_SYMBOLS = 'CDFGHJKLMNPQRTVWXY0123456789';

/** An invented Mac; what is given is kept. */
export function inventIdentity(
  surroundings: Pick<Surroundings, 'randomBytes'>,
  given: Partial<MacIdentity> = {},
): MacIdentity {
  const symbols = [...surroundings.randomBytes(9)].map(
    (byte) => SERIAL_SYMBOLS[byte % SERIAL_SYMBOLS.length],
  );
  return {
    udid: makeUuid(surroundings),
    serialNumber: `Z${symbols.join('')}`,
    name: 'Simulated Mac',
    model: 'Mac16,12',
    modelName: 'MacBook Air',
    osVersion: '15.7.1',
    buildVersion: '24G231',
    ...given,
  };
}
