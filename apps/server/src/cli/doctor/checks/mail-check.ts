import type { Check, CheckContext } from '../check.ts';
import { failureCode } from '../failure-code.ts';
import { openSmtpLine, type SmtpLine, type SmtpReply } from '../smtp-line.ts';
import { type MailFacts, mailFindings } from './mail-findings.ts';

type Outcome = MailFacts['outcome'];

/** Whether mail could be handed over. Says hello and signs in; sends nothing. */
export const mailCheck: Check = {
  name: 'mail',
  settings: ['KEYHAVEN_SMTP_URL'],
  look: async (context) => {
    const url = context.config.smtpUrl;
    if (url === null) return mailFindings(null);
    const hasAccount = url.username !== '';
    return mailFindings({ at: url.host, hasAccount, outcome: await talk(url, context) });
  },
};

async function talk(url: URL, context: CheckContext): Promise<Outcome> {
  let line: SmtpLine | null = null;
  try {
    line = await openSmtpLine(url, context);
    return await converse(line, url);
  } catch (error) {
    return { kind: 'no-connection', code: failureCode(error) };
  } finally {
    line?.close();
  }
}

/** RFC 5321 4.1.1.1, RFC 3207, RFC 4954. */
async function converse(line: SmtpLine, url: URL): Promise<Outcome> {
  const greeting = await line.greeting();
  if (greeting.status !== 220) return { kind: 'refused', step: 'greeting', status: greeting.status };
  let hello = await line.say('EHLO keyhaven.invalid');
  if (hello.status !== 250) return { kind: 'refused', step: 'EHLO', status: hello.status };
  const isPlain = url.protocol === 'smtp:';
  if (isPlain && !offers(hello, 'STARTTLS')) {
    return { kind: 'ready', encrypted: false, offersAuth: methodsOf(hello).length > 0, signedIn: false };
  }
  if (isPlain) {
    const start = await line.say('STARTTLS');
    if (start.status !== 220) return { kind: 'refused', step: 'STARTTLS', status: start.status };
    await line.encrypt();
    hello = await line.say('EHLO keyhaven.invalid');
    if (hello.status !== 250) return { kind: 'refused', step: 'EHLO', status: hello.status };
  }
  const ready = { kind: 'ready', encrypted: true, offersAuth: methodsOf(hello).length > 0 } as const;
  if (url.username === '') return { ...ready, signedIn: false };
  const status = await signIn(line, methodsOf(hello), url);
  if (status === null) return { ...ready, signedIn: false };
  await line.say('QUIT');
  return status === 235 ? { ...ready, signedIn: true } : { kind: 'refused', step: 'AUTH', status };
}

/** The status at the end of AUTH; null where no method is known to both. */
async function signIn(line: SmtpLine, methods: readonly string[], url: URL): Promise<number | null> {
  const [name, password] = [url.username, url.password].map((text) => decodeURIComponent(text));
  const encoded = (text = ''): string => Buffer.from(text).toString('base64');
  if (methods.includes('PLAIN')) {
    return (await line.say(`AUTH PLAIN ${encoded(`\0${name}\0${password}`)}`)).status;
  }
  if (!methods.includes('LOGIN')) return null;
  for (const words of ['AUTH LOGIN', encoded(name)]) {
    const { status } = await line.say(words);
    if (status !== 334) return status;
  }
  return (await line.say(encoded(password))).status;
}

const offers = ({ lines }: SmtpReply, keyword: string): boolean =>
  lines.some((each) => each.toUpperCase().split(' ')[0] === keyword);

const methodsOf = ({ lines }: SmtpReply): readonly string[] =>
  lines
    .map((each) => each.toUpperCase().split(/[ =]/))
    .filter(([keyword]) => keyword === 'AUTH')
    .flatMap(([, ...methods]) => methods);
