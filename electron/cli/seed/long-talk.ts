import type { Chance } from './chance.ts';
import type { SeedTurn } from './script.ts';

interface Topic {
  readonly name: string;
  readonly what: string;
  readonly why: string;
  readonly example: string;
  readonly trap: string;
  readonly code?: string;
  readonly formula?: string;
}

const TOPICS: readonly [Topic, ...Topic[]] = [
  {
    name: 'a hash map',
    what: 'a table that finds a value by computing where its key must be',
    why: 'looking something up takes the same time with ten entries as with ten million',
    example: 'counting how often each word occurs in a book',
    trap: 'keys that change after they were put in can never be found again',
    code: 'const counts = new Map<string, number>();\nfor (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);',
  },
  {
    name: 'binary search',
    what: 'halving a sorted list until one entry is left',
    why: 'a million entries take at most twenty looks',
    example: 'finding a name in a telephone book by opening it in the middle',
    trap: 'on a list that is not sorted it answers quickly and wrongly',
    formula: 'T(n) = T(n/2) + O(1) = O(\\log n)',
  },
  {
    name: 'back pressure',
    what: 'a slow reader telling a fast writer to wait',
    why: 'without it the difference piles up in memory until there is none left',
    example: 'a sink whose tap closes when the water is high',
    trap: 'a queue without a limit only moves the problem to a later day',
    code: "if (!stream.write(chunk)) await once(stream, 'drain');",
  },
  {
    name: 'idempotence',
    what: 'doing something twice leaves things as doing it once',
    why: 'a lost answer can then be asked for again without harm',
    example: 'pressing the button of a lift that is already lit',
    trap: '"add one" is not idempotent, "set to five" is',
  },
  {
    name: 'the median',
    what: 'the value in the middle when everything is put in order',
    why: 'one millionaire in a village changes the mean, not the median',
    example: 'house prices, waiting times, salaries',
    trap: 'medians of groups cannot be averaged into the median of all',
    formula: '\\tilde{x} = x_{(\\lceil n/2 \\rceil)}',
  },
  {
    name: 'compound interest',
    what: 'interest that earns interest itself',
    why: 'time counts for more than the rate',
    example: 'at 7 % a sum doubles in about ten years',
    trap: 'fees compound just as faithfully',
    formula: 'A = P\\,(1 + r)^{t}',
  },
  {
    name: 'crop rotation',
    what: 'planting another family in each bed every year',
    why: 'pests of last year find nothing to eat, and the soil is used evenly',
    example: 'beans, then cabbage, then carrots, then potatoes',
    trap: 'tomatoes and potatoes are one family, so they must not follow each other',
  },
  {
    name: 'sharpening a knife',
    what: 'grinding both sides at one steady angle until they meet in an edge',
    why: 'a sharp knife slips less, so it cuts you less',
    example: 'twenty strokes a side on the coarse stone, ten on the fine one',
    trap: 'changing the angle in the middle rounds the edge off',
  },
  {
    name: 'the subjunctive in Spanish',
    what: 'the form of the verb for wishes, doubts and things not yet real',
    why: '"cuando vienes" and "cuando vengas" mean different things',
    example: 'Espero que llueva: I hope that it rains',
    trap: 'after "creo que" no subjunctive, after "no creo que" yes',
  },
  {
    name: 'a time zone',
    what: 'a region that agreed on one clock, and on when to change it',
    why: 'an offset such as +02:00 says what is, a zone says what will be',
    example: 'a meeting at nine in Lisbon every Monday, winter and summer',
    trap: 'one hour a year happens twice and another not at all',
    code: "new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Lisbon', timeStyle: 'short' }).format(when);",
  },
  {
    name: 'a write-ahead log',
    what: 'writing down what is going to change before changing it',
    why: 'after a crash the log says what was finished and what was not',
    example: 'a cook who pins every order to the board before lighting the stove',
    trap: 'a log that is not forced to the disk protects nothing',
  },
  {
    name: 'Simpson’s paradox',
    what: 'a trend that holds in every group and turns round in the whole',
    why: 'the groups differ in size, and the size decides',
    example: 'a treatment better for light and for heavy cases, yet worse overall',
    trap: 'whether to split depends on what causes what, which numbers alone do not say',
  },
];

const OPENINGS: readonly [(topic: Topic, day: number) => string, ...((topic: Topic, day: number) => string)[]] = [
  (topic) => `What is ${topic.name}, in one sentence?`,
  (topic) => `Why does ${topic.name} matter?`,
  (topic, day) => `Lesson ${day}: explain ${topic.name} with an example.`,
  (topic) => `Where do people go wrong with ${topic.name}?`,
  (topic) => `Give me the three things to remember about ${topic.name}.`,
  (topic, day) => `I forgot what you said about ${topic.name} (day ${day}). Once more, please?`,
  (topic) => `Make a small table about ${topic.name}.`,
  (topic) => `还有一个问题:${topic.name} 用中文怎么解释?`,
];

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

function answerTo(topic: Topic, form: number): string {
  switch (form) {
    case 0:
      return `It is ${topic.what}.`;
    case 1:
      return `Because ${topic.why}. Think of ${topic.example}.`;
    case 2:
      return [
        `**${sentence(topic.name).slice(0, -1)}** is ${topic.what}.`,
        `For example: ${topic.example}.`,
        topic.code === undefined ? `The reason to use it: ${topic.why}.` : `\`\`\`ts\n${topic.code}\n\`\`\``,
        topic.formula === undefined ? '' : `$$${topic.formula}$$`,
      ]
        .filter((part) => part !== '')
        .join('\n\n');
    case 3:
      return `${sentence(topic.trap)} It is easy to miss, because on most days nothing bad happens.`;
    case 4:
      return `1. It is ${topic.what}.\n2. It helps because ${topic.why}.\n3. Beware: ${topic.trap}.`;
    case 5:
      return `Of course. ${sentence(topic.name).slice(0, -1)} is ${topic.what}; remember ${topic.example}. 🙂`;
    case 6:
      return `| | |\n|---|---|\n| What | ${topic.what} |\n| Why | ${topic.why} |\n| Example | ${topic.example} |\n| Beware | ${topic.trap} |`;
    default:
      return `我的中文有限,先用英文说明:${topic.what}. 例子:${topic.example}.`;
  }
}

/** A talk that went on for months: as many turns as asked for, no two neighbours alike. */
export function longTalk(turns: number, chance: Chance): SeedTurn[] {
  let last = -1;
  return Array.from({ length: turns }, (_, index) => {
    let choice = Math.floor(chance.next() * TOPICS.length);
    if (choice === last) choice = (choice + 1) % TOPICS.length;
    last = choice;
    const topic = TOPICS[choice] ?? TOPICS[0];
    const form = Math.floor(chance.next() * OPENINGS.length);
    const opening = OPENINGS[form] ?? OPENINGS[0];
    const model = chance.next() < 0.8 ? ('qwen' as const) : ('small' as const);
    return { ask: opening(topic, index + 1), answers: [{ text: answerTo(topic, form), model }] };
  });
}
