/** Attributes and methods by the kind of object. */
import { type Args, NO_ARGS, consume } from './calls';
import { addElements, elementsOf, path, show, tuple } from './expressions';
import type { Frame } from './frame';
import { call, callValue, classField, isForeign, touch, unknownCall, argValues } from './invoke';
import { drawFromGiven, isGiven, works } from './drawing';
import { SOMEWHERE } from './files';
import { evaluateText } from './dynamic';
import { isDrawn, libraryAttribute, libraryMethodOf } from './library';
import type { Machine, Place } from './machine';
import {
  BYTES,
  NONE,
  NOTHING,
  NUMBER,
  Obj,
  SCALAR,
  STR,
  type Val,
  constText,
  fresh,
  inArray,
  reshaped,
  libPath,
  union,
  unknown
} from './objects';
import {
  ARRAY,
  CHANGING_NAMES,
  CONTAINERS,
  FRAME_SETTERS,
  PLOT_READS,
  PURE_NAMES,
  SERIES_CHANGES,
  VIEWS
} from './tables';

export function loadAttribute(m: Machine, frame: Frame | null, base: Val, attr: string, place: Place): Val {
  return base.length === 1
    ? attribute(m, frame, base[0]!, attr, place)
    : union(base.map(o => attribute(m, frame, o, attr, place)));
}

function attribute(m: Machine, frame: Frame | null, o: Obj, attr: string, place: Place): Val {
  switch (o.kind) {
    case 'lib':
      return libraryAttribute(o, attr);
    case 'instance': {
      if (o.data?.of !== 'instance') return [unknown()];
      const cls = o.data.cls;
      if (attr === '__class__') return [cls];
      if (attr === '__dict__') return [attributesOf(o)];
      const own = o.fields?.get(attr);
      const inClass = classField(cls, attr);
      const described = descriptor(m, frame, o, cls, inClass, place);
      if (described !== null) return described;
      if (inClass !== undefined && own === undefined) {
        return union(
          inClass.map(f => {
            if (f.data?.of === 'function') {
              const fn = f.data.fn;
              if (fn.role === 'property') return call(m, f, { pos: [[o]], kw: new Map(), rest: NOTHING }, place);
              if (fn.role === 'static') return [f];
              return [
                new Obj('method', { of: 'method', self: fn.role === 'classmethod' ? [cls] : [o], name: attr, fn: f })
              ];
            }
            readClass(m, cls, place);
            return [f];
          })
        );
      }
      if (own !== undefined) return own;
      const getter = classField(cls, '__getattr__') ?? classField(cls, '__getattribute__');
      if (getter !== undefined)
        return union(getter.map(f => call(m, f, { pos: [[o], STR], kw: new Map(), rest: NOTHING }, place)));
      if (o.opaque) return [bound(o, attr, m)];
      return o.parts === null ? [unknown()] : [...o.parts.keys()];
    }
    case 'class': {
      if (attr === '__dict__' || attr === '__mro__') return [o];
      const found = classField(o, attr);
      if (found === undefined) return o.opaque || isForeign(o) ? [bound(o, attr, m)] : [unknown()];
      return union(
        found.map(f =>
          f.data?.of === 'function' && f.data.fn.role === 'classmethod'
            ? [new Obj('method', { of: 'method', self: [o], name: attr, fn: f })]
            : [f]
        )
      );
    }
    case 'function':
      if (attr === 'register' && o.fields?.get(attr) === undefined) return [bound(o, attr, m)];
      return o.fields?.get(attr) ?? (attr === '__wrapped__' ? [o] : SCALAR);
    case 'ndarray':
      if (ARRAY.views.has(attr)) return [o];
      if (ARRAY.scalars.has(attr)) return SCALAR;
      return [bound(o, attr, m)];
    case 'frame':
      if (attr === 'loc' || attr === 'iloc' || attr === 'at' || attr === 'iat') return [indexer(o, 'frame')];
      if (attr === 'values') return [shared(o)];
      if (attr === 'T') return [fresh('frame')];
      if (attr === 'columns' || attr === 'index') return [possibly(o, 'index')];
      if (attr === 'shape' || attr === 'size' || attr === 'ndim' || attr === 'empty') return SCALAR;
      if (attr === 'attrs') return [heldPart(o, attr, 'dict')];
      if (attr === 'dtypes') return [fresh('series')];
      if (attr === 'plot') return [bound(o, 'plot', m)];
      if (FRAME_METHODS.has(attr)) return [bound(o, attr, m)];
      return [column(o, attr, m)];
    case 'series':
      if (attr === 'loc' || attr === 'iloc' || attr === 'at' || attr === 'iat') return [indexer(o, 'series')];
      if (attr === 'values' || attr === 'array') return [shared(o)];
      if (attr === 'index') return [possibly(o, 'index')];
      if (attr === 'shape' || attr === 'size' || attr === 'dtype' || attr === 'name' || attr === 'empty') return SCALAR;
      if (attr === 'str' || attr === 'dt' || attr === 'cat') return [fresh('series')];
      return [bound(o, attr, m)];
    case 'index':
      if (attr === 'values') return [fresh('ndarray')];
      return [bound(o, attr, m)];
    case 'method':
      // `df.plot.bar`, `ax.xaxis.label`: an attribute of what could also be called.
      if (o.data?.of === 'method' && o.data.fn === null)
        return [new Obj('method', { of: 'method', self: o.data.self, name: `${o.data.name}.${attr}`, fn: null })];
      return SCALAR;
    case 'none':
    case 'number':
    case 'bool':
    case 'scalar':
      return SCALAR.includes(o) ? [bound(o, attr, m)] : SCALAR;
    case 'path':
      if (attr === 'parent') return path(parent(o));
      if (attr === 'name' || attr === 'stem' || attr === 'suffix') return STR;
      return [bound(o, attr, m)];
    case 'estimator': {
      const own = o.fields?.get(attr);
      if (own !== undefined) return own;
      if (attr.endsWith('_') && !attr.startsWith('_')) {
        const a = fresh('fresh');
        o.hold(a);
        o.setField(attr, [a]);
        return [a];
      }
      return [bound(o, attr, m)];
    }
    default: {
      const own = o.fields?.get(attr);
      if (own !== undefined) return own;
      return [bound(o, attr, m)];
    }
  }
}

/** The object's attributes as a dict: a change of either is one of the other. */
export function attributesOf(o: Obj): Obj {
  const d = fresh('dict', o.opaque);
  for (const v of o.fields?.values() ?? []) d.holdAll(v);
  if (!o.immutable) d.share(o);
  return d;
}

/** An object with `__get__` in the class stands before what the instance has. */
function descriptor(
  m: Machine,
  frame: Frame | null,
  o: Obj,
  cls: Obj,
  inClass: Val | undefined,
  place: Place
): Val | null {
  const out: Val[] = [];
  for (const d of inClass ?? []) {
    if (d.kind !== 'instance' || d.data?.of !== 'instance' || classField(d.data.cls, '__get__') === undefined) continue;
    readClass(m, cls, place);
    out.push(callMethod(m, frame, d, '__get__', [[o], [cls]], place)[0]);
  }
  return out.length === 0 ? null : union(out);
}

/** A class attribute that is state: whoever reads it through an instance reads the class. */
function readClass(m: Machine, cls: Obj, place: Place): void {
  for (const name of cls.names ?? []) if (m.globals.get(name)?.vals.includes(cls)) m.read(name, place);
}

/** An attribute that may be a method or a part; which one, its use tells. */
function bound(o: Obj, attr: string, m: Machine): Obj {
  void m;
  const method = new Obj('method', { of: 'method', self: [o], name: attr, fn: null });
  // A bound method carries its object: a change of one is a change of the other.
  method.hold(o);
  return method;
}

function indexer(o: Obj, kind: string): Obj {
  const i = new Obj('indexer', { of: 'lib', path: kind });
  i.hold(o);
  return i;
}

function possibly(o: Obj, kind: Obj['kind']): Obj {
  const part = fresh(kind);
  o.hold(part, false);
  return part;
}

/** The frame's own memory, where it has one block: each may see what is written to the other. */
function shared(o: Obj): Obj {
  const view = possibly(o, 'ndarray');
  view.hold(o, false);
  return view;
}

/** A part that everyone who asks for it gets. */
function heldPart(o: Obj, attr: string, kind: Obj['kind']): Obj {
  const known = o.fields?.get(attr);
  if (known !== undefined) return known[0]!;
  const part = fresh(kind);
  o.hold(part);
  o.setField(attr, [part]);
  return part;
}

function column(o: Obj, attr: string, m: Machine): Obj {
  const b = bound(o, attr, m);
  const c = fresh('series');
  o.hold(c, false);
  (b.fields ??= new Map()).set('', [c]);
  return b;
}

function parent(o: Obj): string | null {
  const known = constText([o]);
  return known?.includes('/') ? known.slice(0, known.lastIndexOf('/')) : null;
}

/** A method of a notebook's class by name, as syntax and builtins call it. False: there is none. */
export function callMethod(
  m: Machine,
  frame: Frame | null,
  o: Obj,
  name: string,
  args: readonly Val[],
  place: Place,
  full?: Args
): readonly [Val, boolean] {
  if (o.data?.of !== 'instance') return [[unknown()], false];
  const fns = classField(o.data.cls, name);
  if (fns === undefined) return [o.opaque ? [o.inside()] : [fresh('fresh')], false];
  const given: Args = full ?? { pos: args, kw: new Map(), rest: NOTHING };
  const vals = fns.map(f => {
    if (f.data?.of !== 'function') return callValue(m, frame, [f], given, place);
    const self: Val = f.data.fn.role === 'classmethod' ? [(o.data as { cls: Obj }).cls] : [o];
    return call(m, f, f.data.fn.role === 'static' ? given : { ...given, pos: [self, ...given.pos] }, place);
  });
  return [union(vals), true];
}

/** `o.name(args)`. `ways`: how many objects the receiver may be. */
export function methodCall(
  m: Machine,
  frame: Frame | null,
  o: Obj,
  name: string,
  args: Args,
  place: Place,
  ways: number
): Val {
  const sure = ways === 1;
  const change = (surely = sure): void => m.change([o], place, surely);
  switch (o.kind) {
    case 'lib':
      return libraryMethodOf(m, frame, o, name, args, place);
    case 'instance':
    case 'class': {
      const attr = attribute(m, frame, o, name, place);
      if (
        attr.length === 1 &&
        attr[0]!.kind === 'method' &&
        attr[0]!.data?.of === 'method' &&
        attr[0]!.data.fn === null
      ) {
        return foreignMethod(m, frame, o, name, args, place);
      }
      if (o.kind === 'class' && attr.length === 1 && attr[0]!.kind === 'function')
        return callValue(m, frame, attr, args, place);
      return callValue(m, frame, attr, args, place);
    }
    case 'list':
    case 'deque':
    case 'set':
    case 'dict':
    case 'defaultdict':
    case 'bytearray':
      return containerMethod(m, frame, o, name, args, place, change);
    case 'ndarray':
      return arrayMethod(o, name, args, change);
    case 'frame':
    case 'series':
    case 'index':
    case 'groupby':
      return frameMethod(m, frame, o, name, args, place, change);
    case 'indexer':
      return [fresh('fresh')];
    case 'estimator':
      return estimatorMethod(m, o, name, args, place, change);
    case 'rng': {
      change();
      if (name === 'shuffle') for (const a of args.pos.slice(0, 1)) m.change(a, place);
      return name === 'spawn' || name === 'choice' ? [fresh('fresh')] : [fresh('ndarray')];
    }
    case 'iterator':
    case 'generator':
    case 'file':
    case 'buffer': {
      if (o.kind === 'generator' || o.kind === 'iterator') consume(m, [o], place);
      else if (!(o.kind === 'buffer' && name === 'getvalue')) change();
      if (name === 'writerow' || name === 'writerows' || name === 'writeheader') return NONE;
      return name === 'readlines' ? [fresh('list', false)] : STR;
    }
    case 'plot': {
      const last = name.split('.').pop()!;
      const field = o.fields?.get(name);
      if (!PLOT_READS.test(last)) change();
      if (last === 'savefig') fileCall(m, args, true, place);
      if (field !== undefined) return field;
      const out = fresh('plot');
      out.hold(o);
      o.hold(out);
      return [out];
    }
    case 'tuple': {
      if (name !== '_replace' && name !== '_asdict') return NUMBER;
      const t = fresh(name === '_asdict' ? 'dict' : 'tuple', false);
      t.holdAll(o.elements());
      for (const v of args.kw.values()) t.holdAll(v);
      return [t];
    }
    case 'number':
    case 'bool':
    case 'none':
      return NUMBER;
    case 'bytes':
      return name === 'decode' ? STR : BYTES;
    case 'str':
      return stringMethod(m, frame, name, args, place);
    case 'path':
      return pathMethod(m, o, name, args, place);
    case 'view':
      return SCALAR;
    case 'function':
    case 'partial': {
      if (name === 'cache_clear' || name === 'cache_info') return NONE;
      if (name === 'register') return registered(m, o, args, place, change);
      return callValue(m, frame, [o], args, place);
    }
    case 'builtin': {
      // `list.append(l, x)`, `dict.fromkeys(…)`: the method of a built-in type.
      const type = libPath(o);
      const self = args.pos[0];
      if (type === 'dict' && name === 'fromkeys') {
        const d = fresh('dict', false);
        for (const v of args.pos.slice(1)) d.holdAll(v);
        return [d];
      }
      if (self === undefined) return SCALAR;
      const rest = { ...args, pos: args.pos.slice(1) };
      return union(self.map(s => methodCall(m, frame, s, name, rest, place, self.length)));
    }
    default:
      return unknownMethod(m, frame, o, name, args, place, change);
  }
}

/** `f.register(type, impl)`, also as a decorator: a call of `f` may call `impl`. */
function registered(m: Machine, o: Obj, args: Args, place: Place, change: () => void): Val {
  void m;
  void place;
  change();
  for (const v of args.pos)
    for (const f of v) {
      if (!isCallable(f) || f.kind === 'class') continue;
      o.callsToo(f);
    }
  const last = args.pos.at(-1) ?? NOTHING;
  if (last.some(f => f.kind === 'function')) return last;
  return [new Obj('method', { of: 'method', self: [o], name: 'register', fn: null })];
}

function containerMethod(
  m: Machine,
  frame: Frame | null,
  o: Obj,
  name: string,
  args: Args,
  place: Place,
  change: () => void
): Val {
  const table = CONTAINERS[o.kind as keyof typeof CONTAINERS]!;
  const what = table[name];
  if (what === undefined) {
    if (name === 'copy') {
      const c = fresh(o.kind, o.opaque);
      c.holdAll(o.elements());
      if (o.fields !== null) c.fields = new Map(o.fields);
      return [c];
    }
    if (name === 'items') {
      const z = new Obj('zip', { of: 'rows', columns: [SCALAR, o.elements()] });
      z.hold(o);
      return [z];
    }
    if (name === 'values' || name === 'keys') {
      const v = fresh('view', false);
      v.hold(o);
      if (name === 'values') {
        v.holdAll(o.elements());
        if (o.opaque) v.opaque = true;
      }
      return [v];
    }
    if (name === 'get' || name === '__getitem__') return union([o.elements(), ...args.pos.slice(1)]);
    if (name === 'sort') return NONE;
    if (o.kind === 'set') {
      const s = fresh('set', o.opaque);
      s.holdAll(o.elements());
      for (const a of args.pos) addElements(s, a);
      return [s];
    }
    if (name === 'index' || name === 'count' || name.startsWith('is')) return NUMBER;
    if (name === 'most_common' || name === 'elements') return [fresh('list', false)];
    return o.kind === 'bytearray' ? BYTES : [fresh('fresh')];
  }
  if (what === 'append') for (const a of args.pos) o.holdAll(a);
  if (what === 'insert') for (const a of args.pos.slice(1)) o.holdAll(a);
  if (what === 'extend') {
    for (const a of args.pos) {
      for (const x of a) {
        if (
          (o.kind === 'dict' || o.kind === 'defaultdict') &&
          x.kind !== 'zip' &&
          x.kind !== 'generator' &&
          x.kind !== 'iterator'
        )
          addElements(o, [x]);
        else addElements(o, elementsOf(m, [x], place), true);
        if (x.opaque) o.makeOpaque();
      }
    }
    for (const a of args.kw.values()) o.holdAll(a);
    o.forgetFields();
  }
  if (what === 'pop') {
    const key = o.kind === 'dict' && m.maybe === 0 ? constText(args.pos[0] ?? NOTHING) : null;
    const out = (key === null ? undefined : o.takeOut(key)) ?? o.elements();
    change();
    return args.pos.length > 1 ? union([out, ...args.pos.slice(1)]) : out;
  }
  if (what === 'setdefault') {
    for (const a of args.pos.slice(1)) o.holdAll(a);
    o.forgetFields();
    change();
    return args.pos.length > 1 ? union([o.elements(), args.pos[1]!]) : NONE;
  }
  const key = args.kw.get('key');
  if (key !== undefined) callValue(m, frame, key, { pos: [o.elements()], kw: new Map(), rest: NOTHING }, place);
  if (name === 'sort') compareAll(m, frame, o.elements(), place);
  if (what === 'clear') {
    if (m.maybe === 0) o.empty();
    else o.forgetFields();
  }
  change();
  return NONE;
}

/** Sorting compares the elements. */
export function compareAll(m: Machine, frame: Frame | null, vals: Val, place: Place): void {
  for (const e of vals) if (e.kind === 'instance') callMethod(m, frame, e, '__lt__', [vals], place);
}

function arrayMethod(o: Obj, name: string, args: Args, change: () => void): Val {
  if (ARRAY.changes.has(name)) {
    change();
    return NONE;
  }
  if (ARRAY.viewMethods.has(name)) return [name === 'ravel' || name === 'squeeze' ? o : reshaped(o)];
  const out = args.kw.get('out');
  if (out !== undefined) return out;
  if (name === 'tolist') return [fresh('list', false)];
  if (ARRAY.scalarMethods.has(name)) return SCALAR;
  const made = fresh('ndarray');
  made.holdAll(inArray(o.parts?.keys() ?? []), false);
  return [made];
}

function frameMethod(
  m: Machine,
  frame: Frame | null,
  o: Obj,
  name: string,
  args: Args,
  place: Place,
  change: (surely?: boolean) => void
): Val {
  for (const v of argValues(args)) {
    for (const f of v) {
      if (isCallable(f)) touchArg(m, frame, f, o, place);
      else touch(m, [f], place);
    }
  }
  if (name === 'query' || name === 'eval')
    evaluateText(m, frame, args.pos[0] ?? args.kw.get('expr') ?? NOTHING, 'frame', place);
  if (args.flags?.has('inplace')) {
    change();
    return NONE;
  }
  if (o.kind === 'frame' && FRAME_SETTERS.has(name)) {
    change();
    return name === 'pop' ? [fresh('series')] : NONE;
  }
  if (o.kind === 'series' && SERIES_CHANGES.has(name)) {
    change();
    return name === 'pop' ? SCALAR : NONE;
  }
  drawFromGiven(m, args, place);
  if (name === 'sample' && !isGiven(args, 'random_state')) isDrawn(m, 'numpy.random', place);
  if (name === 'copy' || name.startsWith('plot') || name === 'hist' || name === 'boxplot')
    return name === 'copy' ? [fresh(o.kind)] : plotted(m, args, place);
  if (name === 'groupby' || name === 'rolling' || name === 'resample' || name === 'expanding' || name === 'ewm')
    return [lazyView(o)];
  if (name === 'to_numpy') return [shared(o)];
  if (name === 'to_dict') return [fresh('dict', false)];
  if (name === 'tolist' || name === 'to_list') return [fresh('list', false)];
  if (name === 'itertuples' || name === 'iterrows' || name === 'items') {
    const it = fresh('iterator', false);
    if (name !== 'itertuples') it.hold(tuple([SCALAR, [fresh('series')]]));
    return [it];
  }
  if (name.startsWith('to_')) {
    fileCall(m, args, true, place);
    for (const a of args.pos.slice(0, 1))
      for (const x of a) if (x.kind === 'file' || x.kind === 'buffer') m.change([x], place, a.length === 1);
    return STR;
  }
  if (o.kind === 'groupby') {
    if (name === 'size' || name === 'ngroup') return [fresh('series')];
    return [fresh('frame')];
  }
  if (o.kind === 'index') return [fresh('index')];
  if (o.kind === 'series' && REDUCTIONS.has(name)) return SCALAR;
  if (o.kind === 'frame' && (REDUCTIONS.has(name) || name === 'idxmax' || name === 'idxmin' || name === 'value_counts'))
    return [fresh('series')];
  if (o.kind === 'series' && (name === 'unique' || name === 'to_numpy')) return [fresh('ndarray')];
  if (name === 'info') return NONE;
  if (name === 'pipe')
    return callValue(
      m,
      frame,
      args.pos[0] ?? NOTHING,
      { ...args, pos: [[possibly(o, o.kind)], ...args.pos.slice(1)] },
      place
    );
  const made = fresh(
    name === 'to_frame' || name === 'reset_index' || name === 'unstack'
      ? 'frame'
      : name === 'squeeze' || name === 'stack'
        ? 'series'
        : o.kind
  );
  return [made];
}

/** Groups and windows compute when asked: they see what happens to their frame until then. */
function lazyView(o: Obj): Obj {
  const view = fresh('groupby');
  view.hold(o);
  return view;
}

const REDUCTIONS = new Set(
  'mean sum min max std var median count nunique quantile prod skew kurt kurtosis sem any all mad idxmax idxmin corr item first last nlargest_'.split(
    ' '
  )
);
const FRAME_METHODS = new Set(
  'abs add agg aggregate all any append apply applymap asfreq assign astype at_time bfill boxplot clip combine combine_first compare convert_dtypes copy corr corrwith count cov cummax cummin cumprod cumsum describe diff div divide dot drop drop_duplicates droplevel dropna duplicated eq equals eval ewm expanding explode ffill fillna filter first ge get groupby gt head hist idxmax idxmin info insert interpolate isin isna isnull items iterrows itertuples join keys kurt kurtosis last le lt map mask max mean median melt memory_usage merge min mod mode mul multiply ne nlargest notna notnull nsmallest nunique pct_change pipe pivot pivot_table pop pow prod product quantile query rank reindex rename rename_axis reorder_levels replace resample reset_index rolling round sample select_dtypes sem set_axis set_index shift skew sort_index sort_values squeeze stack std sub subtract sum swaplevel tail take to_clipboard to_csv to_dict to_excel to_feather to_hdf to_html to_json to_latex to_markdown to_numpy to_parquet to_period to_pickle to_records to_sql to_stata to_string to_timestamp to_xarray transform transpose truediv truncate tz_convert tz_localize unstack update value_counts var where xs'.split(
    ' '
  )
);

function plotted(m: Machine, args: Args, place: Place): Val {
  const ax = args.kw.get('ax');
  if (ax === undefined) return [fresh('plot')];
  m.change(ax, place);
  return ax;
}

function isCallable(o: Obj): boolean {
  return (
    o.kind === 'function' || o.kind === 'partial' || o.kind === 'method' || o.kind === 'instance' || o.kind === 'class'
  );
}

function touchArg(m: Machine, frame: Frame | null, f: Obj, self: Obj, place: Place): void {
  void self;
  if (f.kind === 'method' || f.kind === 'class')
    callValue(m, frame, [f], { pos: [[fresh('series')]], kw: new Map(), rest: NOTHING }, place);
  else touch(m, [f], place);
}

function estimatorMethod(m: Machine, o: Obj, name: string, args: Args, place: Place, change: () => void): Val {
  // Estimators and functions of the notebook inside it are called by it.
  for (const p of o.parts?.keys() ?? []) touch(m, [p], place, 1);
  if (
    name === 'fit' ||
    name === 'partial_fit' ||
    name === 'fit_transform' ||
    name === 'fit_predict' ||
    name === 'set_params' ||
    name === 'fit_resample' ||
    name === 'load_state_dict' ||
    name === 'train' ||
    name === 'eval' ||
    name === 'compile' ||
    name === 'add' ||
    name === 'to' ||
    name === 'step' ||
    name === 'zero_grad'
  ) {
    if (name.startsWith('fit') || name === 'partial_fit') works(m, o, place);
    if (o.data?.of === 'lib' && /(^|\.)(Pipeline|make_pipeline|ImbPipeline)$/.test(o.data.path)) fitParts(m, o, place);
    change();
    if (name === 'set_params') for (const v of argValues(args)) o.holdAll(v);
    return name === 'fit_transform' || name === 'fit_predict' ? [fresh('ndarray')] : [o];
  }
  // A splitter; a mixture that makes up data.
  if (name === 'split' || name === 'sample') works(m, o, place);
  if (name === 'get_params' || name === 'named_steps') return [o];
  if (name === 'score') return NUMBER;
  return [fresh('ndarray')];
}

/** A pipeline fits its own steps in place, not copies of them. */
function fitParts(m: Machine, o: Obj, place: Place): void {
  for (const p of o.parts?.keys() ?? []) {
    if (p.kind === 'estimator' || p.kind === 'instance') m.change([p], place);
    if (p.kind === 'list' || p.kind === 'tuple') fitParts(m, p, place);
  }
}

function stringMethod(m: Machine, frame: Frame | null, name: string, args: Args, place: Place): Val {
  if (name === 'join') {
    for (const a of args.pos) {
      m.inOrder(a, place);
      elementsOf(m, a);
    }
  }
  if (name === 'format' || name === 'format_map') {
    for (const v of argValues(args))
      for (const x of v) if (x.kind === 'instance') show(m, frame, x, '__format__', place);
    return STR;
  }
  if (name === 'split' || name === 'rsplit' || name === 'splitlines' || name === 'partition')
    return [fresh('list', false)];
  if (name === 'encode') return BYTES;
  if (/^(is|starts|ends|find|index|count|rfind)/.test(name)) return NUMBER;
  return STR;
}

function pathMethod(m: Machine, o: Obj, name: string, args: Args, place: Place): Val {
  const known = constText([o]);
  const use = (write: boolean): void => {
    if (known !== null || write) m.files.push({ path: known ?? SOMEWHERE, write, block: m.block, at: place });
  };
  const list = (folder: string | null): void => {
    m.files.push({ path: folder ?? SOMEWHERE, write: false, block: m.block, at: place });
  };
  switch (name) {
    case 'write_text':
    case 'write_bytes':
    case 'touch':
    case 'unlink':
      use(true);
      return NUMBER;
    case 'exists':
    case 'is_file':
    case 'stat':
      use(false);
      return SCALAR;
    case 'read_text':
    case 'read_bytes':
      use(false);
      return name === 'read_text' ? STR : BYTES;
    case 'open': {
      const mode = constText(args.pos[0] ?? args.kw.get('mode') ?? NOTHING) ?? 'r';
      use(/[wax+]/.test(mode));
      return [fresh('file', false)];
    }
    case 'joinpath':
    case 'with_suffix':
    case 'with_name': {
      const part = constText(args.pos[0] ?? NOTHING);
      return path(name === 'joinpath' && known !== null && part !== null ? `${known}/${part}` : null);
    }
    case 'resolve':
    case 'absolute':
    case 'expanduser':
      return path(name === 'expanduser' ? known : known);
    case 'glob':
    case 'iterdir':
    case 'rglob':
    case 'walk':
      list(known === null ? null : `${known}/`);
      return [fresh('iterator', false)];
    default:
      return SCALAR;
  }
}

/** The first argument names a file. */
export function fileCall(m: Machine, args: Args, write: boolean, place: Place, at = 0): void {
  const given = args.pos[at] ?? NOTHING;
  const known = constText(given);
  if (known !== null) {
    if (!/^[a-z]+:\/\//.test(known)) m.files.push({ path: known, write, block: m.block, at: place });
  } else if (write && given.some(o => o.kind === 'str' || o.kind === 'path'))
    m.files.push({ path: SOMEWHERE, write, block: m.block, at: place });
}

/** A method of an instance whose class, or a base of it, is not the notebook's. */
function foreignMethod(m: Machine, frame: Frame | null, o: Obj, name: string, args: Args, place: Place): Val {
  if (name === 'fit_transform' || name === 'fit_predict') {
    callMethod(m, frame, o, 'fit', args.pos, place);
    return callMethod(m, frame, o, name === 'fit_predict' ? 'predict' : 'transform', args.pos.slice(0, 1), place)[0];
  }
  if (PURE_NAMES.has(name) || name === 'parameters' || name === 'get_params') {
    touch(m, [o], place);
    return [o.inside()];
  }
  touch(m, [o], place);
  m.change([o], place, CHANGING_NAMES.has(name));
  if (name === 'super') return [o];
  return [o.inside()];
}

function unknownMethod(
  m: Machine,
  frame: Frame | null,
  o: Obj,
  name: string,
  args: Args,
  place: Place,
  change: (surely?: boolean) => void
): Val {
  if (libPath(o) === 'contextlib.ExitStack') return exitStack(m, frame, name, args, place);
  for (const v of argValues(args)) touch(m, v, place);
  drawFromGiven(m, args, place);
  // A frozen distribution of SciPy.
  if (name === 'rvs' && !isGiven(args, 'random_state')) isDrawn(m, 'numpy.random', place);
  touch(m, [o], place, 1);
  if (args.flags?.has('inplace')) {
    change();
    return NONE;
  }
  if (CHANGING_NAMES.has(name)) {
    change();
    for (const v of argValues(args)) o.holdAll(v);
    o.makeOpaque();
    return name === 'fit' || name === 'partial_fit' ? [o] : [o.inside()];
  }
  if (name === 'items') return [new Obj('zip', { of: 'rows', columns: [SCALAR, o.elements()] })];
  if (VIEWS.has(name)) return o.elements().length > 0 ? union([o.elements(), [o.inside()]]) : [o.inside()];
  if (
    PURE_NAMES.has(name) ||
    name.startsWith('get_') ||
    name.startsWith('is_') ||
    name.startsWith('to_') ||
    name.startsWith('predict') ||
    o.kind === 'fresh'
  ) {
    if (name.startsWith('to_')) fileCall(m, args, true, place);
    return [fresh('fresh')];
  }
  return unknownCall(m, [[o], ...argValues(args)], place);
}

/** What it is given is left, or called, when the stack is. */
function exitStack(m: Machine, frame: Frame | null, name: string, args: Args, place: Place): Val {
  const what = args.pos[0] ?? NOTHING;
  if (name === 'callback' || name === 'push_async_callback')
    callValue(m, frame, what, { ...args, pos: args.pos.slice(1) }, place);
  if (name === 'push' || name === 'push_async_exit') for (const o of what) leave(m, frame, o, place);
  if (name !== 'enter_context' && name !== 'enter_async_context') return what;
  return union(
    what.map(o => {
      if (o.kind === 'instance') {
        const [entered] = callMethod(m, frame, o, name === 'enter_context' ? '__enter__' : '__aenter__', [], place);
        leave(m, frame, o, place);
        return entered;
      }
      return o.kind === 'generator' ? elementsOf(m, [o], place) : [o];
    })
  );
}

function leave(m: Machine, frame: Frame | null, o: Obj, place: Place): void {
  if (o.kind !== 'instance') callValue(m, frame, [o], NO_ARGS, place);
  else for (const name of ['__exit__', '__aexit__']) callMethod(m, frame, o, name, [NONE, NONE, NONE], place);
}
