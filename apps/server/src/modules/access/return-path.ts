const longest = 2000;
// Backslash reads as a slash in browsers; controls and spaces are dropped by them before they read the rest.
// oxlint-disable-next-line no-control-regex -- control characters are what is refused
const neverInAPath = /[\\\u0000-\u0020\u007f-\u00a0\u2028\u2029\ufeff]/;
const leadsBack = /^\/(?:sign-in|sign-out|evaluation-identity)(?:[/?#]|$)/;

/** Where to go after a sign-in: `wanted` if it is a path of this site, else `/`. Never another site. */
export function localReturnPath(wanted: unknown): string {
  if (typeof wanted !== 'string' || wanted.length > longest) return '/';
  if (!wanted.startsWith('/') || wanted.startsWith('//') || neverInAPath.test(wanted)) return '/';
  const base = 'http://site.invalid';
  if (!URL.canParse(wanted, base)) return '/';
  const url = new URL(wanted, base);
  const path = `${url.pathname}${url.search}${url.hash}`;
  // `/..//other.example` is a path until its dots are resolved.
  if (url.origin !== base || path.startsWith('//') || path.length > longest) return '/';
  return leadsBack.test(path) ? '/' : path;
}
