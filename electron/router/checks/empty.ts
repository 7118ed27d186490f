/** Whether a text shows anything at all: more than white space, control and invisible characters. */
export const hasWords = (text: string): boolean => /[^\s\p{Cc}\p{Cf}\p{Z}]/u.test(text);
