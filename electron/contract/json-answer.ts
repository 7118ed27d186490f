/** An answer that is JSON text already, made on another thread: it is passed on unread, so that no turn waits while it is. */
export class JsonAnswer<T> {
  readonly json: string;
  constructor(json: string) {
    this.json = json;
  }
  read(): T {
    return JSON.parse(this.json) as T;
  }
}
