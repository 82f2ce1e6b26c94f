/**
 * Who draws from NumPy's global generator without naming it: estimators and splitters that were given no `random_state`,
 * and whatever holds one of them. Names as an experiment found them: each estimator of scikit-learn 1.9 fitted once, the
 * generator's state compared.
 */
import type { Args } from './calls';
import { isDrawn } from './library';
import type { Machine, Place } from './machine';
import { isKind, type Obj, type Val } from './objects';

const SLOT = 'numpy.random';

/** They draw when they fit, unless given a `random_state`; some, as `SVR`, take none. */
const ESTIMATORS =
  /^((Halving)?RandomizedSearchCV|HalvingRandomSearchCV|HalvingGridSearchCV|(Random|Isolation)Forest\w*|RandomTreesEmbedding|ExtraTree\w*|DecisionTree\w*|(Hist)?GradientBoosting\w*|(AdaBoost|Bagging|MLP|PassiveAggressive|OutputCode)(Classifier|Regressor)|SGD\w*|(Bisecting|MiniBatch)?KMeans|MiniBatch\w+|(Bayesian)?GaussianMixture|AffinityPropagation|Spectral(Biclustering|Clustering|Coclustering|Embedding)|(Nu|Linear)?SV[CR]|OneClassSVM|(MultiTask)?(Lasso|ElasticNet)(CV)?|GraphicalLasso(CV)?|BernoulliRBM|DictionaryLearning|NMF|FastICA|TruncatedSVD|LatentDirichletAllocation|MDS|EllipticEnvelope|MinCovDet|RANSACRegressor|TheilSenRegressor|IterativeImputer|Nystroem|PolynomialCountSketch|RBFSampler|SkewedChi2Sampler|(Gaussian|Sparse)RandomProjection|\w*SMOTE\w*|ADASYN|Random(Over|Under)Sampler)$/;

/** They draw by some of their solvers only. */
const BY_SOLVER = /^(LogisticRegression|LogisticRegressionCV|Ridge|RidgeClassifier)$/;
const DRAWING_SOLVERS: ReadonlySet<string> = new Set(['liblinear', 'sag', 'saga']);

/** They draw when they split. */
const SPLITTERS = /^(\w*ShuffleSplit|Repeated\w*KFold)$/;

/** Functions that draw unless given a `random_state`. */
const FUNCTIONS =
  /^(train_test_split|shuffle|resample|permutation_importance|permutation_test_score|make_(biclusters|blobs|checkerboard|circles|classification|friedman\d|gaussian_quantiles|hastie_10_2|low_rank_matrix|moons|multilabel_classification|regression|s_curve|sparse_coded_signal|sparse_spd_matrix|sparse_uncorrelated|spd_matrix|swiss_roll)|mutual_info_(classif|regression)|k_means|kmeans_plusplus|mini_batch_k_means|spectral_clustering|affinity_propagation|fastica|dict_learning\w*|ransac|randomized_svd|randomized_range_finder|sample_without_replacement)$/;

/** Functions that fit copies of an estimator. */
const FITTING = /^(cross_val\w*|cross_validate|learning_curve|validation_curve|permutation_test_score)$/;

/** Given as something else than None. */
export function isGiven(args: Args, name: string): boolean {
  if (args.flags?.has(name)) return true;
  const val = args.kw.get(name);
  return val !== undefined && val.length > 0 && !isKind(val, 'none', 'bool');
}

/** What a constructor of scikit-learn or its kin makes draws from this slot when it works, null when from none. */
export function drawsOfMade(name: string, args: Args, solver: string | null): string | null {
  if (isGiven(args, 'random_state')) return null;
  if (ESTIMATORS.test(name) || SPLITTERS.test(name)) return SLOT;
  if (/KFold$/.test(name)) return isGiven(args, 'shuffle') ? SLOT : null;
  return BY_SOLVER.test(name) && solver !== null && DRAWING_SOLVERS.has(solver) ? SLOT : null;
}

/** An estimator, or one that it holds at any depth, draws when it works: a pipeline draws where one of its steps does. */
export function drawsOf(o: Obj, depth = 0): string | null {
  if (o.draws !== null) return o.draws;
  if (depth > 4 || o.parts === null || !HOLDERS.has(o.kind)) return null;
  for (const part of o.parts.keys()) {
    const found = drawsOf(part, depth + 1);
    if (found !== null) return found;
  }
  return null;
}

const HOLDERS: ReadonlySet<Obj['kind']> = new Set(['estimator', 'list', 'tuple', 'dict']);

/** It works: what it holds draws from the global generator or from one that it was given. */
export function works(m: Machine, o: Obj, place: Place): void {
  const slot = drawsOf(o);
  if (slot !== null) isDrawn(m, slot, place);
  moveGenerators(m, o, place, 0);
}

function moveGenerators(m: Machine, o: Obj, place: Place, depth: number): void {
  if (depth > 4 || o.parts === null || !HOLDERS.has(o.kind)) return;
  for (const part of o.parts.keys()) {
    if (part.kind === 'rng') m.change([part], place);
    else moveGenerators(m, part, place, depth + 1);
  }
}

/** Keywords by which a generator is handed over. */
const GENERATOR_KEYWORDS = ['random_state', 'rng', 'seed', 'generator'];

/** A call that was given a generator draws from it. */
export function drawFromGiven(m: Machine, args: Args, place: Place): void {
  for (const name of GENERATOR_KEYWORDS) {
    const given = args.kw.get(name) ?? [];
    const rngs = given.filter(o => o.kind === 'rng');
    if (rngs.length > 0) m.change(rngs, place, rngs.length === given.length);
  }
}

/** A function of scikit-learn or its kin. */
export function functionDraws(m: Machine, name: string, args: Args, place: Place): void {
  drawFromGiven(m, args, place);
  if (FUNCTIONS.test(name) && !isGiven(args, 'random_state')) isDrawn(m, SLOT, place);
  if (FITTING.test(name))
    for (const v of [...args.pos, ...args.kw.values()] as Val[]) for (const o of v) works(m, o, place);
}
