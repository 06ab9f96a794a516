import type { enConsole } from './en/console.ts';
import type { enEnroll } from './en/enroll.ts';
import type { enHelp } from './en/help.ts';
import type { en } from './en/portal.ts';
import type { enSettings } from './en/settings.ts';

declare module 'i18next' {
  interface CustomTypeOptions {
    readonly defaultNS: 'translation';
    readonly resources: {
      translation: typeof en;
      help: typeof enHelp;
      console: typeof enConsole;
      enroll: typeof enEnroll;
      settings: typeof enSettings;
    };
  }
}
