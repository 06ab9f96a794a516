import { readFileSync } from 'node:fs';

/** Of the environment: variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads settings and collects what is wrong with them, in sentences that never repeat a value. */
export type Reader = {
  readonly refuse: (problem: string) => void;
  readonly text: (name: string) => string | null;
  readonly required: (name: string) => string;
  readonly integer: (name: string, otherwise: number, least: number, most: number) => number;
  readonly url: (name: string, otherwise: string) => URL;
  readonly mailUrl: (name: string) => URL | null;
};

/** Reads one variable, or the file that `…_FILE` names; collects problems and goes on with a stand-in. */
export function reader(environment: Environment, problems: string[]): Reader {
  function text(name: string): string | null {
    const file = environment[`${name}_FILE`];
    if (file !== undefined && file !== '') {
      try {
        return readFileSync(file, 'utf8').trim();
      } catch {
        problems.push(`The file that ${name}_FILE names cannot be read.`);
        return null;
      }
    }
    const value = environment[name];
    return value === undefined || value === '' ? null : value;
  }
  return {
    text,
    refuse: (problem) => void problems.push(problem),
    required: (name) => {
      const value = text(name);
      if (value === null) problems.push(`${name} is missing.`);
      return value ?? '';
    },
    integer: (name, otherwise, least, most) => {
      const value = text(name);
      if (value === null) return otherwise;
      const number = /^\d{1,6}$/.test(value) ? Number(value) : Number.NaN;
      if (number >= least && number <= most) return number;
      problems.push(`${name} must be a whole number from ${least} to ${most}.`);
      return otherwise;
    },
    url: (name, otherwise) => {
      const value = text(name) ?? otherwise;
      const url = URL.canParse(value) ? new URL(value) : null;
      if (url?.protocol === 'https:' || url?.protocol === 'http:') return url;
      problems.push(`${name} must be an address such as https://keys.example.com.`);
      return new URL(otherwise);
    },
    mailUrl: (name) => {
      const value = text(name);
      if (value === null) return null;
      const url = URL.canParse(value) ? new URL(value) : null;
      if (url !== null && url.hostname !== '' && /^smtps?:$/.test(url.protocol)) return url;
      problems.push(
        `${name} must be an address such as smtps://mail.example.com or smtp://name:password@host:587.`,
      );
      return null;
    },
  };
}
