/** What is known of methods by name, for objects of a known kind and of an unknown one. */

type Effect = 'append' | 'insert' | 'extend' | 'pop' | 'setdefault' | 'change' | 'clear';

/** Methods that change a built-in container, and what becomes of their arguments; all others only read it. */
export const CONTAINERS: Record<
  'list' | 'deque' | 'set' | 'dict' | 'defaultdict' | 'bytearray',
  Record<string, Effect>
> = {
  list: {
    append: 'append',
    insert: 'insert',
    extend: 'extend',
    pop: 'pop',
    remove: 'change',
    clear: 'clear',
    sort: 'change',
    reverse: 'change',
    __setitem__: 'insert',
    __delitem__: 'change',
    __iadd__: 'extend'
  },
  deque: {
    append: 'append',
    appendleft: 'append',
    insert: 'insert',
    extend: 'extend',
    extendleft: 'extend',
    pop: 'pop',
    popleft: 'pop',
    remove: 'change',
    clear: 'clear',
    rotate: 'change',
    reverse: 'change'
  },
  set: {
    add: 'append',
    discard: 'change',
    remove: 'change',
    pop: 'pop',
    clear: 'clear',
    update: 'extend',
    intersection_update: 'change',
    difference_update: 'change',
    symmetric_difference_update: 'extend'
  },
  dict: {
    update: 'extend',
    pop: 'pop',
    popitem: 'pop',
    setdefault: 'setdefault',
    clear: 'clear',
    subtract: 'change',
    move_to_end: 'change',
    __setitem__: 'insert',
    __delitem__: 'change'
  },
  defaultdict: { update: 'extend', pop: 'pop', popitem: 'pop', setdefault: 'setdefault', clear: 'clear' },
  bytearray: {
    append: 'change',
    extend: 'change',
    insert: 'change',
    pop: 'pop',
    remove: 'change',
    clear: 'clear',
    reverse: 'change'
  }
};

export const ARRAY = {
  changes: new Set(
    'sort fill resize put itemset partition setflags setfield byteswap_ append extend pop insert remove reverse'.split(
      ' '
    )
  ),
  viewMethods: new Set('reshape ravel view squeeze transpose swapaxes diagonal newbyteorder __array__'.split(' ')),
  scalarMethods: new Set('item any all tobytes tofile dump'.split(' ')),
  views: new Set('T mT real imag flat base data'.split(' ')),
  scalars: new Set('shape dtype size ndim nbytes itemsize strides flags'.split(' '))
};

export const FRAME_SETTERS = new Set(['insert', 'pop', 'update', 'isetitem']);
export const SERIES_CHANGES = new Set(['pop', 'update']);

/** Methods of figures and axes that only look. */
export const PLOT_READS = /^(get_|savefig$|show$|contains|format_|to_|has_|is_|print_)/;

/** Of an object of unknown kind these certainly change it, in every library that has them. */
export const CHANGING_NAMES = new Set(
  (
    'append appendleft extend extendleft insert add discard remove pop popleft popitem clear update setdefault sort reverse ' +
    'fill resize put itemset partition fit partial_fit fit_transform fit_predict set_params write writelines writerow ' +
    'writerows push enqueue dequeue put_nowait load_state_dict zero_grad backward step train eval seek read readline readlines ' +
    'set_index_ register subtract difference_update intersection_update symmetric_difference_update move_to_end rotate'
  ).split(' ')
);

/** Of an object of unknown kind these give a part of it. */
export const VIEWS = new Set('get values keys setdefault __getitem__ reshape ravel view squeeze transpose'.split(' '));

/** Of an object of unknown kind these only read it. */
export const PURE_NAMES = new Set(
  (
    'copy deepcopy mean sum std var min max median mode count index head tail describe info sample astype round abs cumsum cumprod ' +
    'groupby agg aggregate merge join concat sort_values sort_index reset_index set_index rename drop dropna fillna drop_duplicates ' +
    'value_counts unique nunique isna isnull notna notnull isin apply map transform pivot pivot_table melt stack unstack query filter ' +
    'assign where mask replace clip rank shift diff rolling resample corr cov plot hist boxplot tolist to_numpy to_list item dot ' +
    'predict predict_proba predict_log_proba decision_function score score_samples inverse_transform kneighbors get_params ' +
    'split rsplit strip lstrip rstrip lower upper title capitalize startswith endswith find rfind format join encode decode ' +
    'isdigit isalpha splitlines partition_ zfill center ljust rjust items iterrows itertuples group groups match search findall ' +
    'total_seconds strftime isoformat date time timestamp weekday year month day exists is_file is_dir as_posix ' +
    'argmax argmin argsort any all nonzero flatten numpy cpu detach size dim shape numel pdf cdf ppf rvs interval savefig getvalue ' +
    'keys_ quantile nlargest nsmallest tobytes most_common elements union intersection difference issubset issuperset isdisjoint'
  ).split(' ')
);
