/** Characters that XML 1.0 (section 2.2) does not allow, and lone surrogates, which have no UTF-8 form. */
// oxlint-disable-next-line no-control-regex -- finding control characters is what this is for
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/u;

/** The position (UTF-16 units) of the first character that may not stand in XML 1.0, or -1. */
export function findForbiddenCharacter(text: string): number {
  return text.search(forbidden);
}
