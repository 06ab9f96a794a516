/** How a state looks beside its word: each tone has an icon and a colour, and never stands without the word. */
export type Tone = 'good' | 'busy' | 'warning' | 'bad' | 'neutral';
