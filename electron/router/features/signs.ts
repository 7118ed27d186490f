import type { Sample } from './words.ts';

// Lines are indented with blanks and tabs, never \s: that would run over empty lines and cost the square of them.
const FENCE = /^[ \t]{0,3}(?:```|~~~)/m;
const STACK =
  /^[ \t]*at [^\n]{1,200}:\d+:\d+\)?|^Traceback \(most recent call last\)|^[ \t]*File "[^"\n]{1,200}", line \d|\bpanicked at\b|^Caused by: |\b[A-Z][A-Za-z]{0,40}(?:Error|Exception): /m;
const FILE_NAME =
  /\w\.(?:ts|tsx|js|jsx|mjs|py|rs|go|java|kt|cpp|hpp|cs|rb|php|swift|sql|sh|css|scss|html|vue|toml|ipynb)\b/;
const SYNTAX: readonly RegExp[] = [
  /^[ \t]*(?:import|from|#include|using|package|require)\b[^\n]*["'<;.]/m,
  /^[ \t]*(?:export |async |pub )*(?:def|class|fn|func|function|public|private|static|const|let|var|struct|enum|interface|impl) \w[^\n]*[({:=;]/m,
  /[;{}][ \t]*$/m,
  /=>|->|::|===|!==|&&|\|\||\+\+|\+=|:=/,
  /\w\([^()\n]{0,80}\)[ \t]?[;{.:]/,
  /^[ \t]*(?:if|for|while|switch|elif|else if)\b[^\n]*[:{][ \t]*$/m,
  /<\/?[a-z][a-z0-9-]{0,20}(?: [^<>\n]{0,80})?>/,
  /\bselect\b[^;]{1,200}\bfrom\b [a-z_."]+ ?(?:where|join|limit|order|group|;|$)|\binsert into\b|\bcreate table\b/m,
  /^[ \t]*[$>] (?:npm|git|cd|sudo|pip|docker|cargo|curl)\b/m,
  /\w\[\w{0,20}\]|[a-z]_[a-z]{1,20}\(|[a-z][A-Z][A-Za-z]{0,20}\(/,
];
const DOES =
  /\b(?:write|implement|create|fix|debug|refactor|optimi[sz]e|review|explain|generate|complete|port)\b|写|实现|修复|调试/;
const CODE_WORDS = new Set(
  'function functions method class code script program regex regexp query sql api endpoint algorithm component python javascript typescript java rust golang bash shell html css react dockerfile compiler'.split(
    ' ',
  ),
);
const CODE_WIDE = /函数|代码|脚本|程序|算法|关数|関数|コード/;

/** How sure it is that a text is about program code, 0 to 1. */
export function codeEvidence({ text, lower, words, wide }: Sample): number {
  if (FENCE.test(text) || STACK.test(text)) return 1;
  let signs = 0;
  for (const sign of SYNTAX) if (sign.test(text)) signs++;
  const named = words.some((word) => CODE_WORDS.has(word)) || (wide && CODE_WIDE.test(lower));
  const asked = named && DOES.test(lower) ? 0.7 : 0;
  return Math.min(1, asked + signs * 0.22 + (FILE_NAME.test(text) ? 0.4 : 0));
}

const LATEX =
  /\\(?:frac|sqrt|sum|int|lim|cdot|times|le|ge|leq|geq|alpha|beta|theta|pi|infty|begin|mathbb|binom|boxed|left)\b|\$[^$\n]{0,100}[\^_=\\+*/-][^$\n]{0,100}\$/;
const SUM = /\d ?[+*/×÷^] ?\(?[\da-z(]|\d [-−] \(?[\da-z(]|\d ?= ?[?x]|\b[a-z] ?[\^²³]|\b\d{0,4}[xyn] ?[+=-] ?\d/;
const MATH_WORDS = new Set(
  'solve equation equations integral derivative differentiate integrate matrix probability theorem prove polynomial triangle perimeter modulo prime factorial logarithm sine cosine hypotenuse remainder divisible arithmetic algebra geometry calculate compute average percent percentage'.split(
    ' ',
  ),
);
const MATH_WIDE = /方程|积分|导数|概率|证明|计算|多少/;
const ASKS_AMOUNT =
  /\bhow (?:many|much|far|long|old|fast)\b|\bwhat (?:is|was|are|percent|percentage|fraction)\b[^?]{0,60}\b(?:total|sum|cost|price|profit|average|difference|number|value|amount|percent|percentage)\b|多少|几个/;
const NUMBER = /\d+(?:[.,]\d+)*/g;
const NUMBER_WORDS = new Set(
  'two three four five six seven eight nine ten twelve half twice third quarter dozen'.split(' '),
);

/** How sure it is that a text asks for mathematics, sums and word problems included, 0 to 1. */
export function mathEvidence({ lower, words, wide }: Sample): number {
  if (LATEX.test(lower)) return 1;
  const named = words.some((word) => MATH_WORDS.has(word)) || (wide && MATH_WIDE.test(lower));
  let word = 0;
  if (ASKS_AMOUNT.test(lower)) {
    const numbers = lower.match(NUMBER)?.length ?? 0;
    const spelled = words.reduce((sum, one) => sum + Number(NUMBER_WORDS.has(one)), 0);
    if (numbers + spelled >= 2) word = 0.3 + Math.min(4, numbers + spelled) * 0.1;
  }
  return Math.min(1, (SUM.test(lower) ? 0.6 : 0) + (named ? 0.3 : 0) + word);
}
