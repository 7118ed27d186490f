const FENCE = /^\s{0,3}(```|~~~)/mu;
const STACK =
  /^\s*at .+\(.+:\d+:\d+\)|^Traceback \(most recent call last\)|^\s*File ".+", line \d+|\bpanicked at\b|^Caused by: |\b[A-Z]\w*(Error|Exception): /mu;
const FILE_NAME =
  /(^|[\s`"'(/\\])[\w.-]+\.(ts|tsx|js|jsx|mjs|py|rs|go|java|kt|c|h|cpp|hpp|cs|rb|php|swift|sql|sh|css|scss|html|vue|toml|ipynb)\b/u;
const SYNTAX: readonly RegExp[] = [
  /^\s*(import|from|#include|using|package|require)\b.*[\w"'<;]/mu,
  /^\s*(def|class|fn|func|function|public|private|static|const|let|var|struct|enum|interface|impl)\s+\w+.*[({:=;]/mu,
  /[;{}]\s*$/mu,
  /=>|->|::|===|!==|&&|\|\||\+\+|\+=|:=/u,
  /\b\w+\([^()\n]*\)\s*[;{.:]/u,
  /^\s*(if|for|while|switch|elif|else if)\b.*[:{]\s*$/mu,
  /<\/?[a-z][\w-]*(\s[^<>]*)?>/u,
  /\b(SELECT\b.+\bFROM|INSERT INTO|UPDATE .+ SET|CREATE TABLE)\b/iu,
  /^\s*[$>] (npm|git|cd|sudo|pip|docker|cargo|curl)\b/mu,
  /\w+\[\w*\]|\b[a-z]+_[a-z_]+\(|\b[a-z]+[A-Z]\w*\(/u,
];
const ASKS_FOR_CODE =
  /\b(write|implement|create|fix|debug|refactor|optimi[sz]e|review|explain|generate|complete|port)\b.{0,60}\b(function|method|class|code|script|program|regex(p)?|regular expression|query|sql|unit tests?|api|endpoint|algorithm|component|python|javascript|typescript|java|rust|golang|c\+\+|bash|shell|html|css|react|dockerfile)\b|(写|实现|编写|修复|调试).{0,30}(函数|代码|脚本|程序|算法|类|接口)/iu;

/** How sure it is that a text is about program code, 0 to 1. */
export function codeEvidence(text: string): number {
  if (FENCE.test(text) || STACK.test(text)) return 1;
  let signs = 0;
  for (const sign of SYNTAX) if (sign.test(text)) signs++;
  const asked = ASKS_FOR_CODE.test(text) ? 0.7 : 0;
  return Math.min(1, asked + signs * 0.22 + (FILE_NAME.test(text) ? 0.4 : 0));
}

const LATEX =
  /\\(frac|sqrt|sum|int|lim|cdot|times|le|ge|leq|geq|alpha|beta|theta|pi|infty|begin|mathbb|binom|boxed|left)\b|\$[^$\n]*[\^_=\\+*/-][^$\n]*\$/u;
const SUM = /\d\s*([+*/×÷^]|\s[-−]\s)\s*\(?\s*[\da-z(]|\d\s*=\s*[?x]|[a-z]\s*[\^²³]\s*\d?|\b\d*[xyn]\s*[+=-]\s*\d/iu;
const MATH_WORDS =
  /\b(solve|equation|integral|derivative|differentiate|integrate|matrix|probability|theorem|prove|polynomial|triangle|perimeter|modulo|prime|factorial|logarithm|sine|cosine|hypotenuse|remainder|divisible|arithmetic|algebra|geometry|calculate|compute|average|percent(age)?)\b|方程|积分|导数|概率|证明|计算/iu;
const ASKS_AMOUNT =
  /\bhow (many|much|far|long|old|fast)\b|\bwhat (is|was|are|percent\w*|fraction)\b.{0,60}\b(total|sum|cost|price|profit|average|difference|number|value|amount|percent\w*)\b|多少|几个/iu;
const NUMBER =
  /\d+(?:[.,]\d+)*|\b(?:two|three|four|five|six|seven|eight|nine|ten|twelve|half|twice|third|quarter|dozen)\b/giu;

export const numbersIn = (text: string): number => text.match(NUMBER)?.length ?? 0;

/** How sure it is that a text asks for mathematics, sums and word problems included, 0 to 1. */
export function mathEvidence(text: string): number {
  if (LATEX.test(text)) return 1;
  const numbers = Math.min(4, numbersIn(text));
  const asked = ASKS_AMOUNT.test(text);
  return Math.min(
    1,
    (SUM.test(text) ? 0.6 : 0) + (MATH_WORDS.test(text) ? 0.3 : 0) + (asked && numbers >= 2 ? 0.3 + numbers * 0.1 : 0),
  );
}
