import { type Finding, failed, fine } from '../finding.ts';

export type ModeFacts = {
  /** As the settings have it: `evaluation` or `production`. */
  readonly configured: string;
  /** As the data folder and the database were begun; null where they were not or cannot be asked. */
  readonly folder: string | null;
  readonly database: string | null;
};

/** Whether evaluation and real data are kept apart: the server does not start on the other's (installation.ts). */
export function modeFindings({ configured, folder, database }: ModeFacts): readonly Finding[] {
  const findings = [
    ...judge('the data folder', folder, configured, 'KEYHAVEN_DATA'),
    ...judge('the database', database, configured, 'KEYHAVEN_DATABASE_URL'),
  ];
  if (findings.length > 0) return findings;
  return [fine(folder === null && database === null ? `${configured}; not begun yet` : configured)];
}

function judge(what: string, begun: string | null, configured: string, setting: string): readonly Finding[] {
  if (begun === null || begun === configured) return [];
  return [
    begun === 'production'
      ? failed(
          `${what} belongs to a real installation, and the settings are those of an evaluation`,
          `Set KEYHAVEN_OIDC_ISSUER, or choose another with ${setting}.`,
        )
      : failed(
          `${what} was begun in evaluation mode, whose passwords are public`,
          `Choose another with ${setting}.`,
        ),
  ];
}
