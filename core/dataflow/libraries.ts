/** Facts about libraries, by dotted path. */

/** Libraries whose functions do not change what they are given, but for the exceptions named where they are called. */
export const PURE_ROOTS: ReadonlySet<string> = new Set(
  (
    'numpy pandas sklearn scipy matplotlib seaborn plotly mpl_toolkits statsmodels xgboost lightgbm catboost imblearn torch tensorflow keras ' +
    'math cmath json os re datetime collections itertools functools random pathlib copy statistics string io csv pickle joblib time typing ' +
    'dataclasses enum abc operator decimal fractions hashlib base64 glob shutil tempfile sys platform textwrap pprint warnings logging uuid ' +
    'contextlib types inspect numbers calendar locale bisect heapq array struct zlib gzip bz2 zipfile tarfile urllib html unicodedata ' +
    'difflib fnmatch secrets timeit traceback gc argparse getpass socket ssl threading multiprocessing concurrent asyncio subprocess sqlite3 ' +
    'tqdm IPython ipywidgets PIL cv2 skimage nltk spacy gensim transformers datasets requests yaml toml tomllib cloudpickle dill psutil ' +
    'networkx sympy numba pyarrow polars dask altair bokeh shap optuna mlflow wandb typing_extensions attr pydantic rich tabulate ' +
    'configparser codecs locale queue weakref zoneinfo dateutil pytz __future__ builtins keyword token tokenize ast dis'
  ).split(' ')
);

/** Functions that set what the notebook shares; `root.*.name` stands for any path between. */
export const OPTION_CALLS: ReadonlyMap<string, string> = new Map([
  ['pandas.set_option', 'pandas.options'],
  ['pandas.reset_option', 'pandas.options'],
  ['pandas.set_eng_float_format', 'pandas.options'],
  ['matplotlib.pyplot.rc', 'matplotlib.rcParams'],
  ['matplotlib.rc', 'matplotlib.rcParams'],
  ['matplotlib.rcdefaults', 'matplotlib.rcParams'],
  ['matplotlib.pyplot.rcdefaults', 'matplotlib.rcParams'],
  ['matplotlib.rcParams.update', 'matplotlib.rcParams'],
  ['matplotlib.pyplot.rcParams.update', 'matplotlib.rcParams'],
  ['matplotlib.style.use', 'matplotlib.rcParams'],
  ['matplotlib.pyplot.style.use', 'matplotlib.rcParams'],
  ['seaborn.set', 'matplotlib.rcParams'],
  ['seaborn.set_theme', 'matplotlib.rcParams'],
  ['seaborn.set_style', 'matplotlib.rcParams'],
  ['seaborn.set_context', 'matplotlib.rcParams'],
  ['seaborn.set_palette', 'matplotlib.rcParams'],
  ['seaborn.set_color_codes', 'matplotlib.rcParams'],
  ['seaborn.reset_orig', 'matplotlib.rcParams'],
  ['matplotlib.use', 'matplotlib.rcParams'],
  ['seaborn.reset_defaults', 'matplotlib.rcParams'],
  ['numpy.set_printoptions', 'numpy.printoptions'],
  ['numpy.seterr', 'numpy.errstate'],
  ['numpy.seterrcall', 'numpy.errstate'],
  ['warnings.filterwarnings', 'warnings'],
  ['warnings.simplefilter', 'warnings'],
  ['warnings.resetwarnings', 'warnings'],
  ['locale.setlocale', 'locale'],
  ['decimal.setcontext', 'decimal'],
  ['decimal.getcontext', 'decimal'],
  ['logging.basicConfig', 'logging'],
  ['logging.disable', 'logging']
]);

/** Functions that set something of the process which no other slot stands for. */
export const PROCESS_CALLS =
  /^(sys\.(setrecursionlimit|set_int_max_str_digits|setswitchinterval)|gc\.(disable|enable|freeze|set_threshold|set_debug)|time\.tzset|socket\.setdefaulttimeout)$/;

export const VIEW_FUNCTIONS: ReadonlySet<string> = new Set(
  'asarray asanyarray ascontiguousarray reshape ravel squeeze transpose swapaxes moveaxis rollaxis expand_dims atleast_1d atleast_2d atleast_3d broadcast_to diagonal real imag split array_split hsplit vsplit as_strided sliding_window_view flip fliplr flipud rot90 nan_to_num_'.split(
    ' '
  )
);

export const UNPICKLES =
  /^((pickle|cloudpickle|dill)\.(loads?|Unpickler)|joblib\.load|pandas\.read_pickle|shelve\.open)$/;

/** Functions whose first argument is a path they read. */
export const READERS =
  /^(pandas\.read_\w+|numpy\.(load|loadtxt|genfromtxt|fromfile|memmap)|joblib\.load|matplotlib\.(pyplot|image)\.imread|PIL\.Image\.open|cv2\.imread|torch\.load|polars\.(read|scan)_\w+|skimage\.io\.imread|pyarrow\.\w+\.read_\w+)$/;

/** Functions with an argument that is a path they write. */
export const WRITERS =
  /^(numpy\.(save|savetxt|savez|savez_compressed)|joblib\.dump|matplotlib\.pyplot\.(savefig|imsave)|matplotlib\.image\.imsave|torch\.save|cv2\.imwrite|skimage\.io\.imsave|os\.(mkdir|makedirs))$/;
