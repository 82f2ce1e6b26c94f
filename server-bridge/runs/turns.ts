/** A long list in slices, with a turn of the event loop between them: whoever goes through it serves others meanwhile. */
export async function* inTurns<T>(all: readonly T[], size: number): AsyncGenerator<readonly T[], void, void> {
  for (let at = 0; at < all.length; at += size) {
    yield all.slice(at, at + size);
    await new Promise(resolve => setImmediate(resolve));
  }
}
