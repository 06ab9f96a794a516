import { open, rename } from 'node:fs/promises';
import path from 'node:path';
import { evaluationAccounts } from './identity-provider/accounts.ts';

/** One simulated Mac of the evaluation, and whose it is. */
export type PlannedMac = {
  readonly serialNumber: string;
  readonly udid: string;
  readonly name: string;
  readonly model: string;
  readonly modelName: string;
  readonly ownership: 'personal' | 'corporate';
  readonly owner: string;
  /** Whether its key is stored from the start. */
  readonly stored: boolean;
};

export const plannedMacs: readonly PlannedMac[] = [
  {
    serialNumber: 'ZEVAL00001',
    udid: '5E0D3A4C-0000-4000-8000-0000000000E1',
    name: 'Erin’s MacBook Air',
    model: 'Mac16,12',
    modelName: 'MacBook Air',
    ownership: 'personal',
    owner: 'employee@example.com',
    stored: false,
  },
  {
    serialNumber: 'ZEVAL00002',
    udid: '5E0D3A4C-0000-4000-8000-0000000000E2',
    name: 'Design studio MacBook',
    model: 'Mac16,1',
    modelName: 'MacBook Pro',
    ownership: 'corporate',
    owner: 'employee@example.com',
    stored: true,
  },
  {
    serialNumber: 'ZEVAL00003',
    udid: '5E0D3A4C-0000-4000-8000-0000000000E3',
    name: 'Casey’s Mac mini',
    model: 'Mac16,10',
    modelName: 'Mac mini',
    ownership: 'personal',
    owner: 'colleague@example.com',
    stored: true,
  },
];

/**
 * Replaces evaluation.json: the accounts, and the papers in the drawers of the Macs' owners. By rename, and durable
 * before it returns, because the simulated Mac answers only then.
 */
export async function writeDrawer(
  dataFolder: string,
  url: URL | null,
  keyOf: (udid: string) => string | null,
): Promise<void> {
  const text = JSON.stringify(
    {
      url: url?.origin ?? null,
      accounts: evaluationAccounts.map(({ email, password, role }) => ({ email, password, role })),
      macs: plannedMacs.map(({ serialNumber, udid, name, ownership, owner }) => ({
        serialNumber,
        udid,
        name,
        ownership,
        owner,
        currentRecoveryKey: keyOf(udid),
      })),
    },
    null,
    2,
  );
  const file = path.join(dataFolder, 'evaluation.json');
  const handle = await open(`${file}.next`, 'w', 0o600);
  try {
    await handle.writeFile(`${text}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(`${file}.next`, file);
}
