import { connectionWords, isNetworkFailure } from '../connection-words.ts';
import { type Finding, failed, fine, warning } from '../finding.ts';

/** How far the conversation with the mail server came. `at` is host and port, never the whole setting. */
export type MailFacts = {
  readonly at: string;
  /** Whether the setting holds a name and a password. */
  readonly hasAccount: boolean;
  readonly outcome:
    | { readonly kind: 'no-connection'; readonly code: string }
    /** It answered a step with this status, or 0 when it hung up. */
    | {
        readonly kind: 'refused';
        readonly step: 'greeting' | 'EHLO' | 'STARTTLS' | 'AUTH';
        readonly status: number;
      }
    | {
        readonly kind: 'ready';
        readonly encrypted: boolean;
        readonly offersAuth: boolean;
        readonly signedIn: boolean;
      };
};

/** Whether mail could be handed over. Null stands for a server without a mail setting. */
export function mailFindings(facts: MailFacts | null): readonly Finding[] {
  if (facts === null) return [fine('no e-mail: people see notices in the portal only')];
  const { at, outcome, hasAccount } = facts;
  if (outcome.kind === 'no-connection')
    return [
      failed(
        `${at} is not reached: ${connectionWords(outcome.code)}`,
        isNetworkFailure(outcome.code)
          ? 'Compare KEYHAVEN_SMTP_URL with your mail server: smtps:// with port 465, smtp:// with 587.'
          : 'Name it as its certificate does; a root of your own goes into NODE_EXTRA_CA_CERTS.',
      ),
    ];
  if (outcome.kind === 'refused') return [refusedFinding(at, outcome.step, outcome.status)];
  if (!outcome.encrypted)
    return [
      failed(
        `${at} offers no STARTTLS: mail and password would be read on the way`,
        'Turn STARTTLS on there, or use smtps:// with the port for it.',
      ),
    ];
  if (hasAccount && !outcome.signedIn)
    return [
      failed(
        `${at} ${outcome.offersAuth ? 'takes passwords in no way known here (PLAIN, LOGIN)' : 'takes no sign-in'}`,
        'Turn AUTH PLAIN on there, or leave name and password out of KEYHAVEN_SMTP_URL.',
      ),
    ];
  if (!hasAccount && outcome.offersAuth)
    return [
      warning(
        `${at} answers, encrypted, and may want a name and a password`,
        'If it does, put them into KEYHAVEN_SMTP_URL, best by its _FILE.',
      ),
    ];
  return [fine(`${at} answers, encrypted${outcome.signedIn ? ', and takes our name and password' : ''}`)];
}

function refusedFinding(at: string, step: string, status: number): Finding {
  if (step === 'AUTH')
    return failed(
      `${at} does not take our name and password (${status})`,
      'Put the right ones into KEYHAVEN_SMTP_URL; special letters in them are percent-encoded.',
    );
  const what = status === 0 ? 'hung up' : `answered ${status}`;
  return failed(`${at} ${what} at ${step}`, 'See in its log why it talks to this machine so.');
}
