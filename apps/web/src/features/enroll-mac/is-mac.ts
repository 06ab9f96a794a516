/** Whether this browser says that it runs on a Mac. An iPad says so too, but has a touch screen, which no Mac has. */
export const isMac = ({
  userAgent,
  maxTouchPoints,
}: Pick<Navigator, 'userAgent' | 'maxTouchPoints'>): boolean =>
  userAgent.includes('Macintosh') && maxTouchPoints === 0;

export type MacOs = 'newest' | 'middle' | 'oldest';
