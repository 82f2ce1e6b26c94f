/** Modules and what they hold: known libraries by dotted path, and the state of theirs that a notebook shares. */
import { type Args, consume } from './calls';
import { builtinCall } from './builtins';
import { addElements, elementsOf, optional, path, text, tuple } from './expressions';
import type { Frame } from './frame';
import { argValues, callValue, touch, unknownCall } from './invoke';
import type { Machine, Place } from './machine';
import { drawFromGiven, drawsOf, drawsOfMade, functionDraws } from './drawing';
import { evaluateText } from './dynamic';
import { ANYWHERE, fileAnywhere, folderOf, SOMEWHERE } from './files';
import { fileCall, methodCall } from './methods';
import {
  BOOL,
  NONE,
  NOTHING,
  NUMBER,
  Obj,
  SCALAR,
  STR,
  type Val,
  constText,
  fresh,
  isKind,
  libPath,
  reshaped,
  stays,
  union,
  unknown
} from './objects';
import { OPTION_CALLS, PROCESS_CALLS, PURE_ROOTS, READERS, UNPICKLES, VIEW_FUNCTIONS, WRITERS } from './libraries';
import { shellFiles } from './shell';
import { maybe } from './statements';

const paths = new Map<string, Obj>();

export function lib(dotted: string): Obj {
  let o = paths.get(dotted);
  if (o === undefined) {
    if (paths.size > 50_000) paths.clear();
    o = new Obj('lib', { of: 'lib', path: dotted });
    paths.set(dotted, o);
  }
  return o;
}

/** What an import binds; `collections.deque` and its like are told apart when they are called. */
export function libraryModule(dotted: string): Obj {
  return lib(CANONICAL.get(dotted) ?? dotted);
}

const CANONICAL = new Map([
  ['matplotlib.pylab', 'matplotlib.pyplot'],
  ['pylab', 'matplotlib.pyplot']
]);

export function noteImport(m: Machine, dotted: string): void {
  if (!dotted.startsWith('.')) m.imports.add(dotted.split('.', 1)[0]!);
}

export function libraryAttribute(o: Obj, attr: string): Val {
  const p = libPath(o)!;
  if (p === 'typing' && attr === 'TYPE_CHECKING') return BOOL;
  if (p === 'sys' && (attr === 'stdout' || attr === 'stderr')) return [STREAM];
  if (/^(numpy|math)\.?$/.test(p) && (attr === 'pi' || attr === 'e' || attr === 'inf' || attr === 'nan')) return NUMBER;
  return [lib(`${p}.${attr}`)];
}

const STREAM = new Obj('scalar');

// Ambient state

export function ambientChange(m: Machine, slot: string, place: Place): void {
  m.ambient.push({ slot, use: 'change', block: m.block, at: place, possible: m.maybe > 0 });
}

export function isDrawn(m: Machine, slot: string, place: Place): void {
  m.ambient.push({ slot, use: 'draw', block: m.block, at: place, possible: m.maybe > 0 });
}

function isSeeded(m: Machine, slot: string, place: Place): void {
  m.ambient.push({ slot, use: m.maybe > 0 ? 'draw' : 'set', block: m.block, at: place, possible: m.maybe > 0 });
}

/** Slots of the libraries' own settings, by the path that is stored into or called. */
const STORED: readonly (readonly [RegExp, string])[] = [
  [/^os\.environ/, 'environ'],
  [/^sys\.path/, 'sys.path'],
  [/^pandas\.options/, 'pandas.options'],
  [/^matplotlib(\.pyplot)?\.rcParams/, 'matplotlib.rcParams'],
  [/^warnings\.filters/, 'warnings'],
  [/^decimal\./, 'decimal']
];

/** A store into a module: a setting that the notebook shares, or a change of the module that cannot travel. */
export function storeLibrary(m: Machine, dotted: string, place: Place): void {
  for (const [pattern, slot] of STORED) {
    if (pattern.test(dotted)) {
      ambientChange(m, slot, place);
      return;
    }
  }
  m.moduleChanges.push({ path: dotted, block: m.block, at: place, statement: m.statement });
}

// Calls

/** `module.f(args)`: the method of a library object. */
export function libraryMethodOf(m: Machine, frame: Frame | null, o: Obj, name: string, args: Args, place: Place): Val {
  return callLibrary(m, frame, lib(`${libPath(o)}.${name}`), args, place);
}

export function callLibrary(m: Machine, frame: Frame | null, f: Obj, args: Args, place: Place): Val {
  const p = libPath(f)!;
  if (f.kind === 'builtin') return builtinCall(m, frame, p, args, place, null);
  const special = specialCall(m, frame, p, args, place);
  if (special !== null) return special;
  const root = p.split('.', 1)[0]!;
  const last = p.slice(p.lastIndexOf('.') + 1);
  const a = args.pos[0] ?? NOTHING;

  const option = OPTION_CALLS.get(p) ?? OPTION_CALLS.get(`${root}.*.${last}`);
  if (option !== undefined) {
    ambientChange(m, option, place);
    return NONE;
  }
  if (/^logging\.(logger|root)\.(setLevel|addHandler|removeHandler|addFilter|removeFilter)$/.test(p)) {
    ambientChange(m, 'logging', place);
    return NONE;
  }
  if (PROCESS_CALLS.test(p)) {
    ambientChange(m, 'process', place);
    return NONE;
  }
  if (/^scipy\.stats\..*\brvs$/.test(p) && !args.flags?.has('random_state')) isDrawn(m, 'numpy.random', place);
  if (!PURE_ROOTS.has(root) || m.context.isLocal(root)) return unknownCall(m, argValues(args), place);

  for (const v of argValues(args)) touch(m, v, place);
  const out = args.kw.get('out');
  if (out !== undefined && !isKind(out, 'none')) {
    m.change(out, place);
    return out;
  }
  if (READERS.test(p)) fileCall(m, args, false, place);
  if (UNPICKLES.test(p)) readDefinitions(m, place);
  if (WRITERS.test(p)) fileCall(m, args, true, place, root === 'joblib' || root === 'torch' ? 1 : 0);
  for (const v of argValues(args)) {
    for (const o of v) {
      if (o.kind === 'generator' || o.kind === 'iterator') consume(m, [o], place);
      else if (o.kind === 'file' || o.kind === 'buffer') m.change([o], place, v.length === 1);
    }
  }

  switch (root) {
    case 'numpy':
      return numpyCall(m, p, last, args, place);
    case 'pandas':
      return pandasCall(p, last, args);
    case 'sklearn':
    case 'xgboost':
    case 'lightgbm':
    case 'catboost':
    case 'imblearn':
    case 'statsmodels':
      return sklearnCall(m, p, last, args, place);
    case 'matplotlib':
    case 'seaborn':
    case 'plotly':
    case 'mpl_toolkits':
      return plotCall(m, p, last, args, place);
    case 'torch':
    case 'tensorflow':
    case 'keras':
      return deepCall(m, p, last, args, place);
    default:
      break;
  }
  drawFromGiven(m, args, place);
  if (/^[A-Z]/.test(last)) {
    // A constructor keeps what it is given.
    const o = fresh('unknown');
    for (const v of argValues(args)) for (const x of v) o.hold(x);
    return [o];
  }
  void a;
  return [fresh('fresh')];
}

function numpyCall(m: Machine, p: string, last: string, args: Args, place: Place): Val {
  const a = args.pos[0] ?? NOTHING;
  if (p.startsWith('numpy.random.')) {
    if (
      last === 'default_rng' ||
      last === 'RandomState' ||
      last === 'Generator' ||
      last === 'SeedSequence' ||
      last === 'PCG64' ||
      last === 'MT19937' ||
      last === 'Philox'
    ) {
      const rng = fresh('rng');
      for (const o of a) if (o.kind === 'rng') return [o];
      if (argValues(args).every(v => v.length === 0 || isKind(v, 'none'))) m.uncacheable.add('unseeded');
      return [rng];
    }
    if (last === 'seed' || last === 'set_state') isSeeded(m, 'numpy.random', place);
    else if (last !== 'get_state') isDrawn(m, 'numpy.random', place);
    if (last === 'shuffle') m.change(a, place);
    return last === 'seed' || last === 'shuffle' ? NONE : [fresh('ndarray')];
  }
  const third = UFUNC_2.test(last) ? args.pos[2] : UFUNC_1.test(last) ? args.pos[1] : undefined;
  if (third !== undefined && !isKind(third, 'none')) {
    m.change(third, place);
    return third;
  }
  if (last === 'nan_to_num' && args.kw.has('copy') && !args.flags?.has('copy')) {
    m.change(a, place);
    return a;
  }
  if (last === 'frombuffer') {
    const view = fresh('ndarray');
    for (const o of a) if (!o.immutable) view.share(o);
    return [view];
  }
  if (last === 'at') {
    m.change(a, place);
    return NONE;
  }
  if (
    last === 'fill_diagonal' ||
    last === 'put' ||
    last === 'place' ||
    last === 'putmask' ||
    last === 'copyto' ||
    last === 'put_along_axis' ||
    last === 'shuffle'
  ) {
    m.change(a, place);
    return NONE;
  }
  if (VIEW_FUNCTIONS.has(last)) {
    return union(
      a.map(o => {
        if (o.kind === 'ndarray') return [/^(as|ravel|squeeze)/.test(last) ? o : reshaped(o)];
        const v = fresh('ndarray');
        if (!o.immutable && o.kind !== 'list' && o.kind !== 'tuple') o.hold(v, false);
        return [v];
      })
    );
  }
  if (last === 'nditer' || last === 'ndenumerate') {
    const it = fresh('iterator', false);
    it.holdAll(a);
    return [it];
  }
  if (/^(u?int|float|bool|complex|str)(\d+|_)?$/.test(last) || last === 'isscalar' || last === 'dtype') return SCALAR;
  if (
    /^(sum|mean|std|var|median|percentile|quantile|corrcoef|dot|trapz|trapezoid|prod|min|max|amin|amax|argmax|argmin|allclose|array_equal|isclose)$/.test(
      last
    ) &&
    !args.kw.has('axis')
  )
    return last === 'corrcoef' || last === 'dot' ? [fresh('ndarray')] : [fresh('fresh', false)];
  if (last === 'vectorize' || last === 'frompyfunc' || last === 'poly1d')
    return [new Obj('partial', { of: 'partial', func: a, args: [] })];
  if (last === 'unique' || last === 'meshgrid' || last === 'where' || last === 'linalg.eig') return [fresh('ndarray')];
  if (last === 'arange' || last === 'linspace' || last === 'logspace') return [flatArray()];
  if (/^(zeros|ones|empty|full)$/.test(last)) return [isKind(a, 'number') ? flatArray() : fresh('ndarray')];
  if (last === 'array') {
    const arr =
      a.length === 1 && a[0]!.kind === 'list' && !a[0]!.opaque && a[0]!.parts === null && !a[0]!.many
        ? flatArray()
        : fresh('ndarray');
    // An array of objects holds the very objects.
    for (const o of a) for (const e of o.parts?.keys() ?? []) if (e.kind === 'instance') arr.hold(e, false);
    return [arr];
  }
  return [fresh('ndarray')];
}

const UFUNC_2 =
  /^(add|subtract|multiply|divide|true_divide|floor_divide|power|float_power|mod|remainder|fmod|maximum|minimum|fmax|fmin|matmul|arctan2|hypot|logaddexp|bitwise_(and|or|xor)|logical_(and|or|xor)|left_shift|right_shift|greater|greater_equal|less|less_equal|equal|not_equal|copysign|heaviside|gcd|lcm)$/;
const UFUNC_1 =
  /^(negative|positive|absolute|fabs|sqrt|square|cbrt|exp|exp2|expm1|log|log2|log10|log1p|sin|cos|tan|sinh|cosh|tanh|arcsin|arccos|arctan|floor|ceil|trunc|rint|sign|reciprocal|conj|conjugate|logical_not|invert|isnan|isinf|isfinite)$/;

/** An array of one dimension. */
function flatArray(): Obj {
  const a = new Obj('ndarray', { of: 'lib', path: 'flat' });
  a.opaque = true;
  return a;
}

function defaultDict(m: Machine, args: Args, place: Place): Obj {
  const factory = args.pos[0] ?? NOTHING;
  const own = factory.some(o => !(o.kind === 'builtin' || o.kind === 'none'));
  const d = new Obj('defaultdict', own ? { of: 'partial', func: factory, args: [] } : null);
  if (own) d.holdAll(factory);
  d.opaque = !own && factory.some(o => o.kind === 'builtin' && /^(list|dict|set)$/.test(libPath(o) ?? ''));
  for (const v of args.pos.slice(1)) for (const o of v) addElements(d, [o]);
  for (const v of args.kw.values()) d.holdAll(v);
  void m;
  void place;
  return d;
}

function pandasCall(p: string, last: string, args: Args): Val {
  const a = args.pos[0] ?? NOTHING;
  if (
    last === 'Series' ||
    last === 'to_numeric' ||
    last === 'to_datetime' ||
    last === 'to_timedelta' ||
    last === 'cut' ||
    last === 'qcut'
  ) {
    const s = fresh('series');
    if (last === 'Series') for (const o of a) if (o.kind === 'ndarray') o.hold(s, false);
    return [s];
  }
  if (last === 'DataFrame') {
    const d = fresh('frame');
    for (const o of a) if (o.kind === 'ndarray') o.hold(d, false);
    return [d];
  }
  if (last === 'date_range' || last === 'Index' || last === 'MultiIndex' || p.includes('MultiIndex.'))
    return [fresh('index')];
  if (last === 'Timestamp' || last === 'Timedelta' || last === 'isna' || last === 'isnull' || last === 'notna')
    return last.startsWith('T') ? SCALAR : [fresh('series')];
  if (last === 'option_context') return [fresh('fresh')];
  if (last === 'unique' || last === 'factorize') return [fresh('ndarray')];
  if (last === 'ExcelWriter' || last === 'HDFStore') return [fresh('file')];
  return [fresh('frame')];
}

function sklearnCall(m: Machine, p: string, last: string, args: Args, place: Place): Val {
  const a = args.pos[0] ?? NOTHING;
  if (
    /^[A-Z]/.test(last) ||
    last === 'make_pipeline' ||
    last === 'make_column_transformer' ||
    last === 'clone' ||
    last === 'make_union'
  ) {
    const o = new Obj('estimator', { of: 'lib', path: p });
    o.opaque = true;
    if (last === 'clone') for (const x of a) o.draws ??= drawsOf(x);
    else for (const v of argValues(args)) for (const x of v) if (!x.immutable) o.hold(x);
    o.draws ??= drawsOfMade(last, args, constText(args.kw.get('solver') ?? NOTHING));
    return [o];
  }
  functionDraws(m, last, args, place);
  if (last === 'train_test_split') {
    const split = args.pos.flatMap(v =>
      [0, 1].map(() =>
        union(
          v.map(o => [
            fresh(
              o.kind === 'frame' || o.kind === 'series' || o.kind === 'ndarray'
                ? o.kind
                : o.kind === 'list'
                  ? 'list'
                  : 'fresh'
            )
          ])
        )
      )
    );
    return args.rest.length > 0 ? [fresh('fresh')] : [tuple(split)];
  }
  if (
    /^make_/.test(last) &&
    a.some(o => o.kind === 'function' || o.kind === 'partial' || o.kind === 'method' || o.kind === 'instance')
  ) {
    const made = fresh('fresh');
    for (const v of argValues(args)) made.holdAll(v);
    return [made];
  }
  if (/^load_/.test(last) || /^fetch_/.test(last)) {
    if (args.flags?.has('return_X_y'))
      return [
        tuple([
          [fresh(args.flags.has('as_frame') ? 'frame' : 'ndarray')],
          [fresh(args.flags.has('as_frame') ? 'series' : 'ndarray')]
        ])
      ];
    return [fresh('unknown')];
  }
  return [fresh('fresh')];
}

function plotCall(m: Machine, p: string, last: string, args: Args, place: Place): Val {
  const ax = args.kw.get('ax');
  if (ax !== undefined && !isKind(ax, 'none')) {
    m.change(ax, place);
    return ax;
  }
  if (last === 'savefig') fileCall(m, args, true, place);
  if (last === 'subplots' || last === 'subplot_mosaic') {
    const fig = fresh('plot');
    const axes = fresh('plot');
    fig.hold(axes);
    axes.hold(fig);
    return [tuple([[fig], [axes]])];
  }
  if (/^(rc_context|context|axes_style|plotting_context|color_palette)$/.test(last)) return [fresh('fresh')];
  void p;
  return [fresh('plot')];
}

function deepCall(m: Machine, p: string, last: string, args: Args, place: Place): Val {
  if (p === 'torch.manual_seed' || p === 'tensorflow.random.set_seed' || p === 'keras.utils.set_random_seed') {
    isSeeded(m, 'torch.random', place);
    return NONE;
  }
  if (
    /^(rand|randn|randint|randperm|normal|bernoulli|multinomial|dropout|rand_like|randn_like)$/.test(last) ||
    /nn\.(Linear|Conv\w*|LSTM|GRU|RNN|Embedding|Transformer\w*|MultiheadAttention|Bilinear)$/.test(p)
  )
    isDrawn(m, 'torch.random', place);
  if (/^(from_numpy|as_tensor)$/.test(last)) return args.pos[0] ?? [unknown()];
  if (/^[A-Z]/.test(last)) {
    const o = fresh('unknown');
    for (const v of argValues(args)) for (const x of v) o.hold(x);
    return [o];
  }
  return [fresh('fresh')];
}

const HEAP = /^heapq\.(heappush|heappop|heapify|heapreplace|heappushpop|_heapify_max)$/;
const BISECT = /^bisect\.insort/;

function specialCall(m: Machine, frame: Frame | null, p: string, args: Args, place: Place): Val | null {
  const a = args.pos[0] ?? NOTHING;
  const run = (f: Val, given: readonly Val[]): Val =>
    maybe(m, () => optional(m, () => callValue(m, frame, f, { pos: given, kw: new Map(), rest: NOTHING }, place)));
  if (HEAP.test(p) || BISECT.test(p)) {
    m.change(a, place);
    for (const o of a) for (const v of args.pos.slice(1)) o.holdAll(v);
    return union(a.map(o => o.elements()));
  }
  switch (p) {
    case 'random.seed':
    case 'random.setstate':
      isSeeded(m, 'random', place);
      if (a.length === 0) m.uncacheable.add('unseeded');
      return NONE;
    case 'random.Random':
    case 'random.SystemRandom':
      return [fresh('rng')];
    case 'random.shuffle':
      isDrawn(m, 'random', place);
      m.change(a, place);
      return NONE;
    case 'random.choice':
      isDrawn(m, 'random', place);
      return elementsOf(m, a, place);
    case 'random.sample':
    case 'random.choices': {
      isDrawn(m, 'random', place);
      const l = fresh('list', false);
      l.holdAll(elementsOf(m, a, place));
      return [l];
    }
    case 'copy.copy': {
      return union(
        a.map(o => {
          if (o.immutable) return [o];
          const c = new Obj(o.kind, o.data);
          c.opaque = false;
          c.holdAll(o.elements());
          c.draws = drawsOf(o);
          if (o.fields !== null) c.fields = new Map(o.fields);
          return [c];
        })
      );
    }
    case 'copy.deepcopy': {
      return union(
        a.map(o => {
          if (o.immutable) return [o];
          const c = new Obj(o.kind, o.data?.of === 'items' || o.data?.of === 'rows' ? null : o.data);
          c.opaque = true;
          c.draws = drawsOf(o);
          return [c];
        })
      );
    }
    case 'collections.deque': {
      const d = fresh('deque', false);
      for (const o of elementsOf(m, a, place)) d.hold(o);
      return [d];
    }
    case 'collections.defaultdict':
      return [defaultDict(m, args, place)];
    case 'collections.OrderedDict':
    case 'collections.Counter': {
      const d = fresh('dict', false);
      if (p.endsWith('Counter')) elementsOf(m, a, place);
      else for (const o of a) addElements(d, [o]);
      return [d];
    }
    case 'collections.ChainMap': {
      const d = fresh('dict', false);
      for (const v of args.pos) d.holdAll(v);
      // It writes to the first of its maps.
      for (const o of a) o.hold(d);
      return [d];
    }
    case 'collections.namedtuple':
    case 'typing.NamedTuple':
      return [lib('collections.namedtuple()')];
    case 'collections.namedtuple()': {
      const t = fresh('tuple', false);
      for (const v of argValues(args)) t.holdAll(v);
      return [t];
    }
    case 'array.array':
      return [fresh('ndarray')];
    case 'io.StringIO':
    case 'io.BytesIO':
      return [fresh('buffer', false)];
    case 'csv.writer':
    case 'csv.DictWriter':
    case 'csv.reader':
    case 'csv.DictReader': {
      const it = fresh('iterator', false);
      it.drawFrom(a);
      it.hold(fresh(p === 'csv.DictReader' ? 'dict' : 'list', false));
      return [it];
    }
    case 'json.dump':
    case 'pickle.dump':
    case 'yaml.dump':
    case 'marshal.dump':
    case 'cloudpickle.dump':
    case 'dill.dump':
      m.change(args.pos[1] ?? NOTHING, place);
      return NONE;
    case 'json.load':
    case 'pickle.load':
    case 'dill.load':
    case 'cloudpickle.load':
      m.change(a, place);
      return [unknown()];
    case 'functools.partial':
    case 'functools.partialmethod': {
      const f = new Obj('partial', { of: 'partial', func: a, args: args.pos.slice(1) });
      for (const v of args.pos.slice(1)) f.holdAll(v);
      for (const v of args.kw.values()) f.holdAll(v);
      f.holdAll(a);
      return [f];
    }
    case 'functools.reduce': {
      const elements = elementsOf(m, args.pos[1] ?? NOTHING, place);
      return run(a, [union([args.pos[2] ?? NOTHING, elements]), elements]);
    }
    case 'functools.cmp_to_key':
    case 'functools.lru_cache':
    case 'functools.cache':
    case 'functools.singledispatch':
    case 'functools.total_ordering':
    case 'functools.singledispatchmethod':
      return a.some(o => o.kind === 'function' || o.kind === 'class') ? a : [lib('functools.wraps()')];
    case 'functools.wraps':
      return [lib('functools.wraps()')];
    case 'functools.wraps()':
    case 'functools.update_wrapper':
      return a;
    case 'itertools.tee':
      return [
        tuple(
          [0, 1].map(() => {
            const it = fresh('iterator', false);
            for (const o of a) for (const e of o.elements()) it.hold(e);
            it.drawFrom(a.filter(o => o.kind === 'iterator' || o.kind === 'generator'));
            return [it];
          })
        )
      ];
    case 'itertools.chain':
    case 'itertools.cycle':
    case 'itertools.islice':
    case 'itertools.zip_longest':
    case 'itertools.chain.from_iterable':
    case 'itertools.groupby':
    case 'itertools.takewhile':
    case 'itertools.dropwhile':
    case 'itertools.starmap':
    case 'itertools.accumulate':
    case 'itertools.product':
    case 'itertools.permutations':
    case 'itertools.combinations':
    case 'itertools.repeat':
    case 'itertools.count':
    case 'itertools.filterfalse':
    case 'itertools.pairwise':
    case 'itertools.batched': {
      const it = fresh('iterator', false);
      const given = argValues(args);
      for (const v of given) {
        for (const o of v) {
          if (o.kind === 'function' || o.kind === 'partial' || o.kind === 'method') {
            const rest = given.filter(x => x !== v).map(x => union(x.map(y => y.elements())));
            it.holdAll(run([o], rest));
          } else if (o.kind === 'iterator' || o.kind === 'generator' || o.kind === 'file') it.hold(o);
          else for (const e of o.elements()) it.hold(e);
        }
      }
      return [it];
    }
    case 'operator.setitem':
    case 'operator.delitem':
    case 'operator.iadd':
    case 'operator.iconcat':
    case 'operator.ior':
    case 'operator.imul':
    case 'operator.isub':
      m.change(a, place);
      if (p === 'operator.setitem') for (const o of a) o.holdAll(args.pos[2] ?? NOTHING);
      return a;
    case 'operator.itemgetter':
    case 'operator.attrgetter':
    case 'operator.methodcaller': {
      const method = constText(a);
      if (p === 'operator.methodcaller' && method !== null)
        return [new Obj('partial', { of: 'partial', func: [lib(`operator.call.${method}`)], args: args.pos.slice(1) })];
      return [lib('operator.getter()')];
    }
    case 'operator.getter()':
      return union(a.map(o => o.elements()));
    case 'operator.getitem':
      return union(a.map(o => o.elements()));
    case 'contextlib.suppress': {
      const c = fresh('fresh');
      c.draws = 'suppress';
      return [c];
    }
    case 'contextlib.redirect_stdout':
    case 'contextlib.redirect_stderr':
    case 'contextlib.closing':
    case 'contextlib.nullcontext':
      if (p.includes('redirect')) m.change(a, place);
      return a;
    case 'contextlib.ExitStack':
    case 'contextlib.AsyncExitStack':
      return [new Obj('fresh', { of: 'lib', path: 'contextlib.ExitStack' })];
    case 'dataclasses.field': {
      const factory = args.kw.get('default_factory');
      if (factory === undefined) return args.kw.get('default') ?? SCALAR;
      return [new Obj('method', { of: 'method', self: factory, name: 'default_factory', fn: null })];
    }
    case 'dataclasses.replace': {
      return union(
        a.map(o => {
          const c = new Obj(o.kind, o.data);
          if (o.fields !== null) c.fields = new Map(o.fields);
          for (const v of c.fields?.values() ?? []) c.holdAll(v);
          for (const [k, v] of args.kw) {
            (c.fields ??= new Map()).set(k, v);
            c.holdAll(v);
          }
          return [c];
        })
      );
    }
    case 'dataclasses.asdict':
      return [fresh('dict', false)];
    case 'pathlib.Path':
    case 'pathlib.PurePath':
    case 'pathlib.PosixPath': {
      const parts = args.pos.map(constText);
      return path(parts.length > 0 && parts.every(t => t !== null) ? parts.join('/') : null);
    }
    case 'os.path.exists':
    case 'os.path.isfile':
    case 'os.path.getsize':
    case 'os.path.getmtime':
    case 'os.stat':
      fileCall(m, args, false, place);
      return SCALAR;
    case 'os.path.join': {
      const parts = args.pos.map(constText);
      return parts.every(t => t !== null) ? text(parts.join('/')) : STR;
    }
    case 'os.listdir':
    case 'os.scandir':
    case 'os.walk':
    case 'glob.glob':
    case 'glob.iglob': {
      const known = args.pos.length === 0 ? '.' : constText(a);
      const folder = known === null ? SOMEWHERE : p.startsWith('glob') ? folderOf(known) : `${known}/`;
      m.files.push({ path: folder, write: false, block: m.block, at: place });
      return [fresh(p === 'os.listdir' || p === 'glob.glob' ? 'list' : 'iterator', false)];
    }
    case 'shutil.rmtree':
    case 'shutil.copytree':
    case 'shutil.unpack_archive':
    case 'shutil.make_archive': {
      const [from, to] = [constText(a), constText(args.pos[1] ?? NOTHING)];
      const use = (path: string | null, write: boolean): void =>
        void m.files.push({ path: path === null ? ANYWHERE : `${path}/`, write, block: m.block, at: place });
      if (p === 'shutil.rmtree') use(from, true);
      else if (p === 'shutil.copytree') {
        use(from, false);
        use(to, true);
      } else fileAnywhere(m, place);
      return STR;
    }
    case 'os.remove':
    case 'os.unlink':
    case 'os.rename':
    case 'os.replace':
    case 'shutil.copy':
    case 'shutil.copyfile':
    case 'shutil.move': {
      const known = constText(a);
      if (known !== null) m.files.push({ path: known, write: !p.includes('copy'), block: m.block, at: place });
      const to = constText(args.pos[1] ?? NOTHING);
      if (to !== null) m.files.push({ path: to, write: true, block: m.block, at: place });
      return STR;
    }
    case 'os.system':
    case 'os.popen':
    case 'subprocess.run':
    case 'subprocess.call':
    case 'subprocess.check_call':
    case 'subprocess.check_output':
    case 'subprocess.Popen':
      m.uncacheable.add('shell');
      shellFiles(m, constText(a), place);
      return [fresh('fresh')];
    case 'os.chdir':
      ambientChange(m, 'cwd', place);
      return NONE;
    case 'os.putenv':
    case 'os.unsetenv':
    case 'os.environ.setdefault':
    case 'os.environ.update':
    case 'os.environ.pop':
    case 'os.environ.clear':
      ambientChange(m, 'environ', place);
      return STR;
    case 'sys.path.append':
    case 'sys.path.insert':
    case 'sys.path.extend':
    case 'sys.path.remove':
      ambientChange(m, 'sys.path', place);
      return NONE;
    case 'time.time':
    case 'time.time_ns':
    case 'time.perf_counter':
    case 'time.monotonic':
    case 'datetime.datetime.now':
    case 'datetime.datetime.utcnow':
    case 'datetime.datetime.today':
    case 'datetime.date.today':
    case 'pandas.Timestamp.now':
    case 'uuid.uuid4':
    case 'uuid.uuid1':
    case 'os.urandom':
      if (!p.startsWith('time.perf') && !p.startsWith('time.mono')) m.uncacheable.add('clock');
      return SCALAR;
    case 'IPython.display.display':
      return builtinCall(m, frame, 'display', args, place, null);
    case 'gc.collect':
      return NUMBER;
    case 'threading.Lock':
    case 'threading.RLock':
    case 'threading.Condition':
    case 'threading.Event':
    case 'threading.Semaphore':
    case 'threading.BoundedSemaphore':
    case 'threading.Barrier':
    case 'multiprocessing.Lock':
    case 'multiprocessing.RLock':
      return [stays('a lock')];
    case 'socket.socket':
    case 'socket.create_connection':
      return [stays('a socket')];
    case 'concurrent.futures.ThreadPoolExecutor':
    case 'concurrent.futures.ProcessPoolExecutor':
    case 'multiprocessing.Pool':
      return [stays('a pool of workers')];
    case 'sqlite3.connect': {
      const known = constText(a);
      if (known !== null && known !== ':memory:') m.files.push({ path: known, write: true, block: m.block, at: place });
      return [stays('a database connection', 'iterator')];
    }
    case 'pandas.eval':
      evaluateText(m, frame, a, 'pandas.eval', place);
      return [fresh('series')];
    case 'logging.getLogger':
      return [lib('logging.logger')];
    default:
      break;
  }
  if (p.startsWith('operator.call.')) {
    const self = args.pos.at(-1) ?? NOTHING;
    return union(
      self.map(o =>
        methodCall(
          m,
          frame,
          o,
          p.slice('operator.call.'.length),
          { ...args, pos: args.pos.slice(0, -1) },
          place,
          self.length
        )
      )
    );
  }
  if (p.startsWith('random.') && p.split('.').length === 2) {
    if (p !== 'random.getstate') isDrawn(m, 'random', place);
    return NUMBER;
  }
  return null;
}

/** A decorator applied to what it decorates. */
export function decorate(m: Machine, frame: Frame | null, by: Val, val: Val, place: Place): Val {
  const out: Val[] = [];
  for (const d of by) {
    if (
      d.kind === 'function' ||
      d.kind === 'class' ||
      d.kind === 'partial' ||
      d.kind === 'method' ||
      d.kind === 'instance'
    ) {
      const made = callValue(m, frame, [d], { pos: [val], kw: new Map(), rest: NOTHING }, place);
      // A registry may give back nothing of use; the function stays callable through what it was.
      out.push(made);
    } else out.push(val);
  }
  return out.length === 0 ? val : union(out);
}

/** What a pickle holds is found by its name when it is loaded: any function or class of the notebook. */
function readDefinitions(m: Machine, place: Place): void {
  for (const name of [...m.globals.names()]) {
    const vals = m.globals.get(name)?.vals ?? [];
    if (vals.length > 0 && vals.every(o => o.kind === 'function' || o.kind === 'class')) m.read(name, place);
  }
}
