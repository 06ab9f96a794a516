import { QueryClientProvider } from '@tanstack/react-query';
import { createRoot } from 'react-dom/client';
import { readAnswersInAdvance } from '../api/answers-in-advance.ts';
import { createQueryClient } from '../api/query-client.ts';
import { Announcer } from '../ui/Announcer.tsx';
import { ThemeRoot } from '../ui/ThemeRoot.tsx';
import { loadWords } from '../words/words.ts';
import { App } from './App.tsx';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no root element');

readAnswersInAdvance();
await loadWords();
createRoot(root).render(
  <QueryClientProvider client={createQueryClient()}>
    <ThemeRoot>
      <Announcer>
        <App />
      </Announcer>
    </ThemeRoot>
  </QueryClientProvider>,
);
