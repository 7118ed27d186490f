import type { SeedConversation } from './script.ts';
import { say } from './script.ts';

/** The turns that did not go well: stopped, failed, cut off, degraded. */
export const TROUBLE: readonly SeedConversation[] = [
  {
    title: 'Summarise this long report',
    daysAgo: 0,
    hour: 11.6,
    folder: 'Work',
    turns: [
      say(
        'Summarise the 40 pages I paste next. '.concat('The committee met again and agreed on little. '.repeat(160)),
        '',
        {
          model: 'starter',
          end: 'failed',
          fault: 'context_length',
        },
      ),
      say(
        'Then only this paragraph: the committee agreed to meet monthly, publish minutes within a week, and rotate the chair.',
        'The committee will meet every month, publish its minutes within a week, and take turns at the chair.',
        { model: 'qwen', rating: 'up' },
      ),
    ],
  },
  {
    title: 'Acme was down this morning',
    daysAgo: 1,
    hour: 9.1,
    turns: [
      say(
        'Explain the difference between latency and throughput to a new colleague.',
        'Latency is how long one thing takes; throughput is how many get done in an hour. A lorry full of hard disks has splendid throughput and terrible latency.',
        {
          model: 'qwen',
          degraded: 'Acme Big answered "overloaded" twice, so the local model took over.',
          rating: 'up',
        },
      ),
      say(
        'And jitter?',
        'Jitter is how much the latency changes from one time to the next. A train that always takes 40 minutes is easier to plan with than one that takes 20 or 60.',
        { model: 'small', degraded: 'Acme Big asked us to wait 30 seconds, so Acme Small answered.' },
      ),
    ],
  },
  {
    title: 'A thousand names for a boat',
    daysAgo: 2,
    hour: 21.7,
    turns: [
      say(
        'List names for a small sailing boat until I stop you.',
        Array.from(
          [
            'Petrel',
            'Second Wind',
            'Thistle',
            'Marguerite',
            'Slow Tuesday',
            'Kittiwake',
            'Halyard',
            'Bluebell',
            'Windfall',
            'Driftwood',
            'Plover',
            'Ember',
          ],
          (name, index) => `${index + 1}. ${name}`,
        ).join('\n'),
        { model: 'qwen', end: 'stopped' },
      ),
      say('Second Wind it is. ⛵', 'A fine name: it suits a boat that has had an owner before you.', {
        model: 'qwen',
        rating: 'up',
      }),
    ],
  },
  {
    title: 'Model file went missing',
    daysAgo: 4,
    hour: 8.4,
    route: 'qwen',
    turns: [
      say('Good morning! What can you do offline?', '', { model: 'qwen', end: 'failed', fault: 'model_file_corrupt' }),
      say(
        'Good morning! What can you do offline?',
        'Good morning! I can answer short questions, do small sums, explain this app and write a short poem.',
        {
          model: 'starter',
          degraded: 'The file of Qwen2.5 1.5B Instruct did not match its checksum.',
        },
      ),
    ],
  },
  {
    title: 'Everything about coffee',
    daysAgo: 5,
    hour: 9.2,
    turns: [
      say(
        'Write everything you know about coffee.',
        'Coffee is the seed of a small evergreen tree. It is picked as a red cherry, freed of its fruit by washing or by drying in the sun, and roasted until the sugars brown. What follows depends on grind, water and time: a coarse grind wants minutes, a fine one seconds. Water just off the boil, about 93 °C, dissolves sweetness before bitterness. Too short tastes sour, too long tastes of',
        {
          model: 'qwen',
          end: 'length',
          rating: 'down',
          reason: 'incomplete',
          note: 'Cut off in the middle of a sentence.',
        },
      ),
    ],
  },
  {
    title: 'Untitled experiment',
    daysAgo: 6,
    hour: 14.4,
    systemPrompt: 'Answer as a lighthouse keeper in 1890, in at most two sentences.',
    turns: [
      say(
        'How was the night?',
        'Wind from the northwest and not a sail in sight. I trimmed the wick at two and read until the oil ran low.',
        {
          model: 'qwen',
          rating: 'up',
        },
      ),
      say(
        'How was the night?',
        'Wind from the northwest and not a sail in sight. I trimmed the wick at two and read until the oil ran low.',
        {
          model: 'qwen',
          cached: true,
        },
      ),
      say('What do you eat?', 'aaaa the the the the', {
        model: 'starter',
        rating: 'down',
        reason: 'wrong',
        note: 'Nonsense.',
      }),
    ],
  },
];
