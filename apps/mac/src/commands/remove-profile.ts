import { textOf } from '../plist-fields.ts';
import { acknowledged, type CommandHandler, errorResult } from './command.ts';

/** Removes by identifier; removing the enrollment profile ends the enrollment after the answer. */
export const removeProfile: CommandHandler = (fields, { state }) => {
  const identifier = textOf(fields, 'Identifier');
  const found = state.profiles.some((profile) => profile.identifier === identifier);
  if (!found) return { result: errorResult('MDMErrorDomain', 12075, 'The profile is not installed.') };
  if (identifier === state.enrollment?.profileIdentifier) return { result: acknowledged(), leaves: true };
  const profiles = state.profiles.filter((profile) => profile.identifier !== identifier);
  return { result: acknowledged(), state: { ...state, profiles } };
};
