import { createHash } from 'node:crypto';
import type { FastifyReply } from 'fastify';

/** A page that stands without the web's bundle: a title, sentences, one link. Texts are escaped here. */
export type PlainPage = {
  readonly title: string;
  readonly lines: readonly string[];
  readonly link?: { readonly href: string; readonly text: string };
};

const style = `
:root{color-scheme:light dark;--paper:#fff;--ground:#f3f6f6;--ink:#1b2424;--quiet:#4d5c5c;--line:#6f8080;--brand:#0b6e6e;--on-brand:#fff;--wrong:#a4262c}
@media (prefers-color-scheme:dark){:root{--paper:#1d2525;--ground:#111717;--ink:#eef4f4;--quiet:#b4c3c3;--line:#8ea0a0;--brand:#5cc8c8;--on-brand:#062a2a;--wrong:#ff9ea3}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:16px;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,"Segoe UI",sans-serif}
main{width:100%;max-width:400px;padding:32px 24px;background:var(--paper);border-radius:8px;box-shadow:0 2px 12px #0002}
h1{margin:0 0 12px;font-size:24px;line-height:1.25}
p{margin:0 0 12px;color:var(--quiet)}
.wrong{color:var(--wrong)}
label{display:block;margin:16px 0 4px;font-weight:600}
input{width:100%;min-height:44px;padding:8px 12px;font:inherit;color:inherit;background:transparent;border:1px solid var(--line);border-radius:4px}
button,.action{display:block;width:100%;min-height:44px;margin-top:24px;padding:10px 16px;font:inherit;font-weight:600;text-align:center;text-decoration:none;color:var(--on-brand);background:var(--brand);border:0;border-radius:4px;cursor:pointer}
:focus-visible{outline:3px solid var(--brand);outline-offset:2px}
`;

const styleHash = createHash('sha256').update(style).digest('base64');

/** The content security policy of such pages: no script, this one style, forms to this site only. */
export const plainPagePolicy = `default-src 'none'; style-src 'sha256-${styleHash}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`;

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** `text` for the inside of an element or of a quoted attribute. */
export const escapeHtml = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (character) => escapes[character] ?? '');

/** A whole document around `body`, which is HTML of ours. */
export const plainDocument = (title: string, body: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
${body}
</main>
</body>
</html>
`;

/** The document of a plain page. */
export function plainPageDocument({ title, lines, link }: PlainPage): string {
  const paragraphs = lines.map((line) => `<p>${escapeHtml(line)}</p>`).join('\n');
  const action =
    link === undefined
      ? ''
      : `\n<a class="action" href="${escapeHtml(link.href)}">${escapeHtml(link.text)}</a>`;
  return plainDocument(title, `${paragraphs}${action}`);
}

/** Answers with a plain page. */
export const sendPlainPage = (reply: FastifyReply, status: number, page: PlainPage): FastifyReply =>
  reply
    .code(status)
    .type('text/html; charset=utf-8')
    .header('cache-control', 'no-store')
    .header('content-security-policy', plainPagePolicy)
    .send(plainPageDocument(page));
