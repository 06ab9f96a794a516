/** A form in which a recovery key might have leaked. */
export type LeakForm = { readonly form: string; readonly bytes: Buffer };

/** Every form of the key (`ABCD-…`, 24 characters in six groups) that the canary looks for. */
export function leakForms(key: string): readonly LeakForm[] {
  const bare = key.replaceAll('-', '');
  const texts = [
    ['plain', key],
    ['without hyphens', bare],
    ['with spaces', key.replaceAll('-', ' ')],
  ] as const;
  return texts.flatMap(([name, text]) =>
    [
      { form: name, text },
      { form: `${name}, lower case`, text: text.toLowerCase() },
    ].flatMap((cased) => formsOf(cased.form, cased.text)),
  );
}

function formsOf(form: string, text: string): readonly LeakForm[] {
  const bytes = Buffer.from(text, 'latin1');
  const hex = bytes.toString('hex');
  const encoded = encodeURIComponent(text);
  return [
    { form, bytes },
    { form: `${form}, UTF-16LE`, bytes: Buffer.from(text, 'utf16le') },
    { form: `${form}, hex`, bytes: Buffer.from(hex) },
    { form: `${form}, hex in capitals`, bytes: Buffer.from(hex.toUpperCase()) },
    ...[0, 1, 2].map((offset) => ({
      form: `${form}, base64 at offset ${offset}`,
      bytes: Buffer.from(base64Core(bytes, offset)),
    })),
    ...(encoded === text ? [] : [{ form: `${form}, URL-encoded`, bytes: Buffer.from(encoded) }]),
    ...(text.includes('-')
      ? [
          { form: `${form}, hyphens URL-encoded`, bytes: Buffer.from(text.replaceAll('-', '%2D')) },
          { form: `${form}, hyphens escaped`, bytes: Buffer.from(text.replaceAll('-', '\\u002d')) },
        ]
      : []),
    { form: `${form}, escaped throughout`, bytes: Buffer.from(escapedThroughout(text)) },
    { form: `${form}, one character a line`, bytes: Buffer.from(Array.from(text).join('\n')) },
  ];
}

/** The base64 characters that depend on nothing but `bytes`, where `offset` unknown bytes (modulo 3) stand before. */
function base64Core(bytes: Buffer, offset: number): string {
  const text = Buffer.concat([Buffer.alloc(offset), bytes])
    .toString('base64')
    .replace(/=+$/, '');
  const first = [0, 2, 3][offset] ?? 0;
  const whole = Math.floor(((offset + bytes.length) * 8) / 6);
  return text.slice(first, whole);
}

const escapedThroughout = (text: string): string =>
  Array.from(text)
    .map((character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');

/** Which of the keys stand in the bytes, as `number of the key: form`. Never says a key. */
export function scanForKeys(bytes: Buffer, keys: readonly string[]): readonly string[] {
  return keys.flatMap((key, index) =>
    leakForms(key)
      .filter((form) => bytes.includes(form.bytes))
      .map(({ form }) => `key ${index}: ${form}`),
  );
}
