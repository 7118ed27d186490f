/** What is made of a source, made once for each and kept as long as the source is: sources that change are other objects. */
export function onceFor<S extends object, T>(make: (source: S) => T): (source: S) => T {
  const made = new WeakMap<S, { readonly value: T }>();
  return (source) => {
    const known = made.get(source);
    if (known) return known.value;
    const value = make(source);
    made.set(source, { value });
    return value;
  };
}
