import { QueryClientProvider } from '@tanstack/react-query';
import { createRoot } from 'react-dom/client';
import { createQueryClient } from '../api/query-client.ts';
import { Announcer } from '../ui/Announcer.tsx';
import { ThemeRoot } from '../ui/ThemeRoot.tsx';
import { enConsole } from '../words/en/console.ts';
import { enSettings } from '../words/en/settings.ts';
import { loadWords } from '../words/words.ts';
import { ConsoleApp } from './ConsoleApp.tsx';

const root = document.getElementById('root');
if (root === null) throw new Error('console.html has no root element');

await loadWords({ console: enConsole, settings: enSettings });
createRoot(root).render(
  <QueryClientProvider client={createQueryClient()}>
    <ThemeRoot>
      <Announcer>
        <ConsoleApp />
      </Announcer>
    </ThemeRoot>
  </QueryClientProvider>,
);
