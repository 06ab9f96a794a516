import { type Finding, failed, fine, warning } from '../finding.ts';

/**
 * What can be said of the settings as they are read. `problems` are the sentences of config.ts, which name variables and
 * hold no values.
 */
export function settingsFindings(
  problems: readonly string[],
  mode: 'evaluation' | 'production',
): readonly Finding[] {
  if (problems.length > 0)
    return problems.map((problem) =>
      failed(problem, 'Set it right in the environment of keyhaven serve, where this reads it too.'),
    );
  if (mode === 'production') return [fine('all can be read')];
  return [
    warning(
      'evaluation mode: the accounts and their password are public',
      'For real keys set KEYHAVEN_OIDC_ISSUER and begin with a new data folder and database.',
    ),
  ];
}
