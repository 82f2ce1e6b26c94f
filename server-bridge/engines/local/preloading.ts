const IMPORT = /^[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import[ \t]+\(?([^#\n)]*)|import[ \t]+([^#\n]+))/gm;

/**
 * Modules that the sources import, submodules too (`sklearn.linear_model` takes longer than `sklearn`), of the given
 * packages. A guess by text: what is missed is imported in the step, what is too much costs its time once.
 */
export function modulesToPreload(sources: Iterable<string>, packages: ReadonlySet<string>): readonly string[] {
  const found = new Set<string>(packages);
  const add = (dotted: string): void => {
    if (packages.has(dotted.split('.', 1)[0]!)) found.add(dotted);
  };
  for (const source of sources) {
    for (const [, from, names, plain] of source.matchAll(IMPORT)) {
      if (from !== undefined) {
        add(from);
        // `from sklearn import metrics`: a name in lower case may be a submodule.
        for (const name of words(names!)) if (!from.includes('.') && /^[a-z]\w*$/.test(name)) add(`${from}.${name}`);
      } else for (const name of words(plain!)) if (/^[\w.]+$/.test(name)) add(name);
    }
  }
  return [...found].sort();
}

function words(list: string): readonly string[] {
  return list.split(',').map(part => part.trim().split(/\s+/)[0]!);
}
