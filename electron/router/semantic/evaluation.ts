/** Two questions; `same` = one answer serves both. */
export interface EvaluationPair {
  readonly one: string;
  readonly other: string;
  readonly same: boolean;
}

/** Two ways to ask the same of a subject, and a question that reads like them and is another. */
const WAYS: readonly (readonly [one: string, other: string, trap: string])[] = [
  ['what is {} used for?', 'what do people use {} for?', 'what is {} made from?'],
  ['explain {} in simple words', 'can you explain {} simply?', 'explain the history of {} in simple words'],
  ['how does {} work?', 'in what way does {} work?', 'how much does {} cost?'],
  ['give me a short definition of {}', 'define {} briefly', 'give me a short example of {}'],
  ['who invented {}?', 'by whom was {} invented?', 'when was {} invented?'],
  ['why is {} important?', 'what makes {} important?', 'why is {} dangerous?'],
  ['what are the benefits of {}?', 'what benefits does {} have?', 'what are the risks of {}?'],
  ['is {} hard to understand?', 'how hard is {} to understand?', 'how hard is {} to maintain?'],
  ['when did people hear of {}?', 'when was it that people heard of {}?', 'where did people write of {}?'],
  ['what is the main idea behind {}?', 'which main idea is behind {}?', 'who had the main idea behind {}?'],
  ['how do i get started with {}?', 'what is a good way to begin with {}?', 'how do i get rid of {}?'],
];
const SUBJECTS = [
  'photosynthesis',
  'a heat pump',
  'compound interest',
  'the printing press',
  'a binary search tree',
  'yoga',
  'sourdough bread',
  'a relational database',
  'vaccination',
  'solar power',
  'a telescope',
  'double-entry bookkeeping',
];

const ask = (way: string, subject: string): string => way.replace('{}', subject);

/** 132 pairs that mean the same and 264 that only read alike: another subject, or another question about the same one. */
export const EVALUATION: readonly EvaluationPair[] = WAYS.flatMap(([one, other, trap]) =>
  SUBJECTS.flatMap((subject, i) => {
    const next = SUBJECTS[(i + 1) % SUBJECTS.length] ?? subject;
    return [
      { one: ask(one, subject), other: ask(other, subject), same: true },
      { one: ask(one, subject), other: ask(one, next), same: false },
      { one: ask(one, subject), other: ask(trap, subject), same: false },
    ];
  }),
);
