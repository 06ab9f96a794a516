import type { MdmcertDownloadCall } from '@keyhaven/api-contract/push-certificate';

/**
 * The call to mdmcert.download as a command for a terminal. The body goes in by a quoted here-document, in which the
 * shell reads nothing, on one line, which cannot be the line that ends it.
 */
export const mdmcertCommand = ({ url, body }: MdmcertDownloadCall): string =>
  `curl -H 'Content-Type: application/json' -d @- '${url}' <<'END'\n${JSON.stringify(body)}\nEND\n`;
