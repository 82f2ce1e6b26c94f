import { modulesToPreload } from './preloading';

test.each<[string, string, readonly string[]]>([
  ['a submodule', 'from sklearn.linear_model import Ridge', ['sklearn', 'sklearn.linear_model']],
  ['under another name', 'import matplotlib.pyplot as plt, numpy as np', ['matplotlib', 'matplotlib.pyplot', 'numpy']],
  ['by name', 'from sklearn import metrics, svm', ['sklearn', 'sklearn.metrics', 'sklearn.svm']],
  ['in brackets', 'from sklearn.svm import (\n    SVC,\n)', ['sklearn', 'sklearn.svm']],
  ['classes are no modules', 'from pandas import DataFrame', ['pandas']],
  ['other packages are not asked for', 'import helpers.deep', []]
])('%s', (_, source, expected) => {
  const packages = new Set(['sklearn', 'matplotlib', 'numpy', 'pandas'].filter(name => source.includes(name)));
  expect(modulesToPreload([source], packages)).toEqual(expected);
});
