import { createHash, timingSafeEqual } from 'node:crypto';
import type { Role } from '../../kernel/permission.ts';

/** An account of the built-in identity provider. Evaluation only: its password is printed at start. */
export type EvaluationAccount = {
  readonly subject: string;
  readonly email: string;
  readonly password: string;
  readonly name: string;
  readonly role: Role | 'employee';
};

const account = (subject: string, name: string, role: EvaluationAccount['role']): EvaluationAccount => ({
  subject,
  email: `${subject}@example.com`,
  password: 'keyhaven',
  name,
  role,
});

/** The accounts that contract.md names. */
export const evaluationAccounts: readonly EvaluationAccount[] = [
  account('employee', 'Erin Employee', 'employee'),
  account('colleague', 'Casey Colleague', 'employee'),
  account('helpdesk', 'Harper Helpdesk', 'help-desk'),
  account('admin', 'Ada Administrator', 'administrator'),
  account('admin2', 'Alan Administrator', 'administrator'),
  account('auditor', 'Audrey Auditor', 'auditor'),
];

/** The groups claim carries the role's own name. */
export const evaluationRolesOfGroups: ReadonlyMap<string, Role> = new Map([
  ['administrator', 'administrator'],
  ['help-desk', 'help-desk'],
  ['auditor', 'auditor'],
]);

const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();

/** The account of this e-mail and password, or null. Takes as long for an unknown e-mail as for a wrong password. */
export function findAccount(email: string, password: string): EvaluationAccount | null {
  const wanted = email.trim().toLowerCase();
  const known = evaluationAccounts.find((one) => one.email === wanted) ?? null;
  const fits = timingSafeEqual(digestOf(password), digestOf(known?.password ?? 'keyhaven'));
  return fits ? known : null;
}
